package model

import (
	"slices"

	"heureka/internal/proto"
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

// AppendProto appends the instance as a protocol buffer. Equal canonical instances
// are equal bytes.
func (in *Instance) AppendProto(b []byte) []byte {
	for i, text := range [...]string{in.App, in.ID, in.HostName, in.Address, in.AppGroup, in.ASG, in.VIP, in.SecureVIP} {
		b = proto.AppendText(b, proto.Number(1+i), text)
	}
	for i := range in.Ports {
		b = in.Ports[i].appendProto(b)
	}
	for i, text := range [...]string{string(in.Status), in.HomePageURL, in.StatusPageURL, in.HealthCheckURL, in.SecureHealthCheckURL} {
		b = proto.AppendText(b, proto.Number(10+i), text)
	}
	b = appendTable(b, 15, in.Metadata)
	b = proto.AppendNumber(b, 16, uint64(in.Lease.RenewalMs))
	b = proto.AppendNumber(b, 17, uint64(in.Lease.DurationMs))
	b = proto.AppendNumber(b, 18, uint64(in.LastChangedMs))
	b = in.DataCenter.appendProto(b)
	b = proto.AppendText(b, 20, string(in.Override))
	return appendTable(b, 21, in.Eureka1)
}

func (p *Port) appendProto(b []byte) []byte {
	b, at := proto.Open(b, 9)
	b = proto.AppendText(b, 1, p.Name)
	b = proto.AppendNumber(b, 2, uint64(p.Number))
	b = proto.AppendFlag(b, 3, p.Secure)
	for _, label := range p.Labels {
		b = proto.AppendElement(b, 4, label)
	}
	return proto.Close(b, at)
}

func (d *DataCenter) appendProto(b []byte) []byte {
	b, at := proto.Open(b, 19)
	b = proto.AppendText(b, 1, string(d.Kind))
	b = proto.AppendText(b, 2, d.Name)
	for i := range d.Addresses {
		b = d.Addresses[i].appendProto(b)
	}
	if d.AWS != nil {
		b = d.AWS.appendProto(b)
	}
	return proto.Close(b, at)
}

func (a *Address) appendProto(b []byte) []byte {
	b, at := proto.Open(b, 3)
	b = proto.AppendText(b, 1, a.Label)
	b = proto.AppendText(b, 2, a.IP)
	b = proto.AppendText(b, 3, a.Host)
	return proto.Close(b, at)
}

func (a *AWS) appendProto(b []byte) []byte {
	b, at := proto.Open(b, 4)
	for i, text := range a.texts() {
		b = proto.AppendText(b, proto.Number(1+i), *text)
	}
	b = appendTable(b, 11, a.Other)
	return proto.Close(b, at)
}

// texts lists the texts of AWS by field number, from 1 on.
func (a *AWS) texts() [10]*string {
	return [...]*string{&a.Region, &a.Zone, &a.AMI, &a.InstanceID, &a.InstanceType, &a.VPC, &a.Account,
		&a.PublicAddress, &a.PublicHost, &a.PrivateAddress}
}

// appendTable appends a map in the order of its keys, so that equal maps are
// equal bytes.
func appendTable(b []byte, field proto.Number, table map[string]string) []byte {
	if len(table) == 0 {
		return b
	}
	var room [16]string // enough for most
	keys := room[:0]
	for key := range table {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		var at int
		b, at = proto.Open(b, field)
		b = proto.AppendText(b, 1, key)
		b = proto.AppendText(b, 2, table[key])
		b = proto.Close(b, at)
	}
	return b
}
