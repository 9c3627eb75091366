package model

import (
	"fmt"
	"math"

	"heureka/internal/proto"
)

// ReadProto reads into the instance what AppendProto wrote, field by field, as it
// is said: the result isn't canonical. Its texts share the message. Fields that
// this release doesn't know are skipped.
func (in *Instance) ReadProto(message string) error {
	r := proto.Read(message)
	for r.Next() {
		if text := in.text(r.Field); text != nil {
			*text = r.Text
			continue
		}
		if err := in.readField(&r); err != nil {
			return err
		}
	}
	return r.Err()
}

// text returns where the text with that number is kept; nil if the field is no
// text, or needs more than to be kept.
func (in *Instance) text(field proto.Number) *string {
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

// readField reads what is no text.
func (in *Instance) readField(r *proto.Reader) error {
	switch r.Field {
	case 9:
		p, err := readPort(r.Text)
		in.Ports = append(in.Ports, p)
		return err
	case 10:
		in.Status = ParseStatus(r.Text)
	case 15:
		return readTable(&in.Metadata, r.Text)
	case 16:
		in.Lease.RenewalMs = int64(r.Number)
	case 17:
		in.Lease.DurationMs = int64(r.Number)
	case 18:
		in.LastChangedMs = int64(r.Number)
	case 19:
		return in.DataCenter.readProto(r.Text)
	case 20:
		in.Override = ParseStatus(r.Text)
	case 21:
		return readTable(&in.Eureka1, r.Text)
	}
	return nil
}

func readPort(message string) (p Port, err error) {
	r := proto.Read(message)
	for r.Next() {
		switch r.Field {
		case 1:
			p.Name = r.Text
		case 2:
			if r.Number > math.MaxUint16 {
				return p, fmt.Errorf("%d is no port's number", r.Number)
			}
			p.Number = uint16(r.Number)
		case 3:
			p.Secure = r.Flag()
		case 4:
			p.Labels = append(p.Labels, r.Text)
		}
	}
	return p, r.Err()
}

func (d *DataCenter) readProto(message string) error {
	r := proto.Read(message)
	for r.Next() {
		switch r.Field {
		case 1:
			d.Kind = DataCenterKind(r.Text)
		case 2:
			d.Name = r.Text
		case 3:
			var a Address
			if err := readTexts(r.Text, &a.Label, &a.IP, &a.Host); err != nil {
				return err
			}
			d.Addresses = append(d.Addresses, a)
		case 4:
			d.AWS = new(AWS)
			if err := d.AWS.readProto(r.Text); err != nil {
				return err
			}
		}
	}
	return r.Err()
}

func (a *AWS) readProto(message string) error {
	texts := a.texts()
	r := proto.Read(message)
	for r.Next() {
		if i := int(r.Field) - 1; i < len(texts) {
			*texts[i] = r.Text
		} else if r.Field == 11 {
			if err := readTable(&a.Other, r.Text); err != nil {
				return err
			}
		}
	}
	return r.Err()
}

// readTexts reads a message of texts only, numbered from 1 on.
func readTexts(message string, texts ...*string) error {
	r := proto.Read(message)
	for r.Next() {
		if i := int(r.Field) - 1; i < len(texts) {
			*texts[i] = r.Text
		}
	}
	return r.Err()
}

func readTable(table *map[string]string, message string) error {
	var key, text string
	if err := readTexts(message, &key, &text); err != nil {
		return err
	}
	if *table == nil {
		*table = make(map[string]string)
	}
	(*table)[key] = text
	return nil
}
