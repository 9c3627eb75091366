package wire

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"heureka/model"

	"google.golang.org/protobuf/encoding/protowire"
)

// Instance, as protocol buffers would have it:
//
//	message Instance {
//	  string app = 1; string id = 2; string host_name = 3; string address = 4;
//	  string app_group = 5; string asg = 6; string vip = 7; string secure_vip = 8;
//	  repeated Port ports = 9; string status = 10; string home_page_url = 11;
//	  string status_page_url = 12; string health_check_url = 13;
//	  string secure_health_check_url = 14; map<string, string> metadata = 15;
//	  uint64 renewal_ms = 16; uint64 duration_ms = 17; uint64 last_changed_ms = 18;
//	  DataCenter data_center = 19; string override = 20; map<string, string> eureka1 = 21;
//	}
//	message Port { string name = 1; uint32 number = 2; bool secure = 3; repeated string labels = 4; }
//	message DataCenter { string kind = 1; string name = 2; repeated Address addresses = 3; Aws aws = 4; }
//	message Address { string label = 1; string ip = 2; string host = 3; }
//	message Aws {
//	  string region = 1; string zone = 2; string ami = 3; string instance_id = 4;
//	  string instance_type = 5; string vpc = 6; string account = 7; string public_address = 8;
//	  string public_host = 9; string private_address = 10; map<string, string> other = 11;
//	}

// appendInstance appends the fields of an instance.
func appendInstance(b []byte, in *model.Instance) []byte {
	for i, text := range []string{in.App, in.ID, in.HostName, in.Address, in.AppGroup, in.ASG, in.VIP, in.SecureVIP} {
		b = appendText(b, protowire.Number(1+i), text)
	}
	for _, p := range in.Ports {
		b = appendMessage(b, 9, func(b []byte) []byte {
			b = appendText(b, 1, p.Name)
			b = appendNumber(b, 2, uint64(p.Number))
			b = appendFlag(b, 3, p.Secure)
			for _, label := range p.Labels {
				b = appendBytes(b, 4, []byte(label))
			}
			return b
		})
	}
	for i, text := range []string{string(in.Status), in.HomePageURL, in.StatusPageURL, in.HealthCheckURL, in.SecureHealthCheckURL} {
		b = appendText(b, protowire.Number(10+i), text)
	}
	b = appendTable(b, 15, in.Metadata)
	b = appendNumber(b, 16, uint64(in.Lease.RenewalMs))
	b = appendNumber(b, 17, uint64(in.Lease.DurationMs))
	b = appendNumber(b, 18, uint64(in.LastChangedMs))
	b = appendMessage(b, 19, func(b []byte) []byte { return appendDataCenter(b, in.DataCenter) })
	b = appendText(b, 20, string(in.Override))
	return appendTable(b, 21, in.Eureka1)
}

func appendDataCenter(b []byte, d model.DataCenter) []byte {
	b = appendText(b, 1, string(d.Kind))
	b = appendText(b, 2, d.Name)
	for _, a := range d.Addresses {
		b = appendMessage(b, 3, func(b []byte) []byte {
			b = appendText(b, 1, a.Label)
			b = appendText(b, 2, a.IP)
			return appendText(b, 3, a.Host)
		})
	}
	if d.AWS == nil {
		return b
	}
	return appendMessage(b, 4, func(b []byte) []byte {
		for i, text := range awsTexts(d.AWS) {
			b = appendText(b, protowire.Number(1+i), *text)
		}
		return appendTable(b, 11, d.AWS.Other)
	})
}

// awsTexts lists the texts of AWS by field number, from 1 on.
func awsTexts(a *model.AWS) []*string {
	return []*string{&a.Region, &a.Zone, &a.AMI, &a.InstanceID, &a.InstanceType, &a.VPC, &a.Account,
		&a.PublicAddress, &a.PublicHost, &a.PrivateAddress}
}

// appendTable appends a map in the order of its keys, so that equal maps are
// equal bytes.
func appendTable(b []byte, field protowire.Number, table map[string]string) []byte {
	if len(table) == 0 {
		return b
	}
	for _, key := range slices.Sorted(maps.Keys(table)) {
		b = appendMessage(b, field, func(b []byte) []byte {
			b = appendText(b, 1, key)
			return appendText(b, 2, table[key])
		})
	}
	return b
}

// readInstance reads what appendInstance wrote, and makes it canonical.
func readInstance(message []byte) (*model.Instance, error) {
	in := new(model.Instance)
	if err := readInstanceInto(in, message); err != nil {
		return nil, err
	}
	return in.Canonical(), nil
}

// readInstanceInto reads what appendInstance wrote as it is said.
func readInstanceInto(in *model.Instance, message []byte) error {
	return readFields(message, func(field protowire.Number, v value) error {
		if text := instanceText(in, field); text != nil {
			*text = v.text()
			return nil
		}
		switch field {
		case 9:
			p, err := readPort(v.bytes)
			in.Ports = append(in.Ports, p)
			return err
		case 10:
			in.Status = model.ParseStatus(v.text())
		case 15:
			return readTable(&in.Metadata, v.bytes)
		case 16:
			in.Lease.RenewalMs = int64(v.number)
		case 17:
			in.Lease.DurationMs = int64(v.number)
		case 18:
			in.LastChangedMs = int64(v.number)
		case 19:
			return readDataCenter(&in.DataCenter, v.bytes)
		case 20:
			in.Override = model.ParseStatus(v.text())
		case 21:
			return readTable(&in.Eureka1, v.bytes)
		}
		return nil
	})
}

// instanceText returns where the text with that number is kept; nil if the field
// is no text, or needs more than to be kept.
func instanceText(in *model.Instance, field protowire.Number) *string {
	switch field {
	case 1:
		return &in.App
	case 2:
		return &in.ID
	case 3:
		return &in.HostName
	case 4:
		return &in.Address
	case 5:
		return &in.AppGroup
	case 6:
		return &in.ASG
	case 7:
		return &in.VIP
	case 8:
		return &in.SecureVIP
	case 11:
		return &in.HomePageURL
	case 12:
		return &in.StatusPageURL
	case 13:
		return &in.HealthCheckURL
	case 14:
		return &in.SecureHealthCheckURL
	default:
		return nil
	}
}

func readPort(message []byte) (p model.Port, err error) {
	err = readFields(message, func(field protowire.Number, v value) error {
		switch field {
		case 1:
			p.Name = v.text()
		case 2:
			if v.number > math.MaxUint16 {
				return fmt.Errorf("%d is no port's number", v.number)
			}
			p.Number = uint16(v.number)
		case 3:
			p.Secure = v.flag()
		case 4:
			p.Labels = append(p.Labels, v.text())
		}
		return nil
	})
	return p, err
}

func readDataCenter(d *model.DataCenter, message []byte) error {
	return readFields(message, func(field protowire.Number, v value) error {
		switch field {
		case 1:
			d.Kind = model.DataCenterKind(v.text())
		case 2:
			d.Name = v.text()
		case 3:
			var a model.Address
			err := readTexts(v.bytes, []*string{&a.Label, &a.IP, &a.Host})
			d.Addresses = append(d.Addresses, a)
			return err
		case 4:
			d.AWS = new(model.AWS)
			return readAWS(d.AWS, v.bytes)
		}
		return nil
	})
}

func readAWS(a *model.AWS, message []byte) error {
	texts := awsTexts(a)
	return readFields(message, func(field protowire.Number, v value) error {
		if field == 11 {
			return readTable(&a.Other, v.bytes)
		}
		if i := int(field) - 1; i < len(texts) {
			*texts[i] = v.text()
		}
		return nil
	})
}

// readTexts reads a message of texts only, numbered from 1 on.
func readTexts(message []byte, texts []*string) error {
	return readFields(message, func(field protowire.Number, v value) error {
		if i := int(field) - 1; i < len(texts) {
			*texts[i] = v.text()
		}
		return nil
	})
}

func readTable(table *map[string]string, message []byte) error {
	var key, text string
	if err := readTexts(message, []*string{&key, &text}); err != nil {
		return err
	}
	if *table == nil {
		*table = make(map[string]string)
	}
	(*table)[key] = text
	return nil
}
