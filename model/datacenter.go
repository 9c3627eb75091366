package model

import (
	"maps"
	"slices"
)

// DataCenterKind tells which of the two forms of data centre information an
// instance carries.
type DataCenterKind string

// The kinds. The empty kind means that the client said nothing.
const (
	DataCenterBasic DataCenterKind = "basic"
	DataCenterAWS   DataCenterKind = "aws"
)

// DataCenter says where an instance runs and under which addresses it is
// reached there.
type DataCenter struct {
	Kind DataCenterKind `json:"kind,omitempty"`
	Name string         `json:"name,omitempty"`
	// Addresses are the instance's network addresses, several where it has
	// several network interfaces. Ports refer to them by label.
	Addresses []Address `json:"addresses,omitempty"`
	// AWS is set when Kind is DataCenterAWS.
	AWS *AWS `json:"aws,omitempty"`
}

// Address is one labelled network address.
type Address struct {
	Label string `json:"label,omitempty"` // such as "public", "private", "storage"
	IP    string `json:"ip"`              // IPv4 or IPv6
	Host  string `json:"host,omitempty"`
}

// AWS is what Amazon's metadata service says of an instance.
type AWS struct {
	Region         string            `json:"region,omitempty"`
	Zone           string            `json:"zone,omitempty"`
	AMI            string            `json:"ami,omitempty"`
	InstanceID     string            `json:"instanceId,omitempty"`
	InstanceType   string            `json:"instanceType,omitempty"`
	VPC            string            `json:"vpc,omitempty"`
	Account        string            `json:"account,omitempty"`
	PublicAddress  string            `json:"publicAddress,omitempty"`
	PublicHost     string            `json:"publicHost,omitempty"`
	PrivateAddress string            `json:"privateAddress,omitempty"`
	Other          map[string]string `json:"other,omitempty"` // any other key
}

func (d DataCenter) clone() DataCenter {
	d.Addresses = slices.Clone(d.Addresses)
	if d.AWS != nil {
		aws := *d.AWS
		aws.Other = maps.Clone(aws.Other)
		d.AWS = &aws
	}
	return d
}

func (d *DataCenter) canonical() {
	if len(d.Addresses) == 0 {
		d.Addresses = nil
	}
	if d.AWS != nil && len(d.AWS.Other) == 0 {
		d.AWS.Other = nil
	}
}
