package model

import (
	"maps"
	"slices"
)

// field is one thing that a client may change of its instance without saying
// the rest again: how to compare it and how to copy it. Its name is the JSON
// name.
type field struct {
	name  string
	equal func(a, b *Instance) bool
	set   func(dst, src *Instance)
}

// fields lists every field but the key, which never changes, and the override,
// which is no client's to change.
var fields = []field{
	plain("hostName", func(in *Instance) *string { return &in.HostName }),
	plain("address", func(in *Instance) *string { return &in.Address }),
	plain("appGroup", func(in *Instance) *string { return &in.AppGroup }),
	plain("asg", func(in *Instance) *string { return &in.ASG }),
	plain("vip", func(in *Instance) *string { return &in.VIP }),
	plain("secureVip", func(in *Instance) *string { return &in.SecureVIP }),
	{"ports",
		func(a, b *Instance) bool {
			return slices.EqualFunc(a.Ports, b.Ports, func(p, q Port) bool {
				return p.Name == q.Name && p.Number == q.Number && p.Secure == q.Secure && slices.Equal(p.Labels, q.Labels)
			})
		},
		func(dst, src *Instance) { dst.Ports = src.Clone().Ports }},
	plain("status", func(in *Instance) *Status { return &in.Status }),
	plain("homePageUrl", func(in *Instance) *string { return &in.HomePageURL }),
	plain("statusPageUrl", func(in *Instance) *string { return &in.StatusPageURL }),
	plain("healthCheckUrl", func(in *Instance) *string { return &in.HealthCheckURL }),
	plain("secureHealthCheckUrl", func(in *Instance) *string { return &in.SecureHealthCheckURL }),
	{"metadata",
		func(a, b *Instance) bool { return maps.Equal(a.Metadata, b.Metadata) },
		func(dst, src *Instance) { dst.Metadata = maps.Clone(src.Metadata) }},
	plain("lease", func(in *Instance) *Lease { return &in.Lease }),
	plain("lastChangedMs", func(in *Instance) *int64 { return &in.LastChangedMs }),
	{"dataCenter",
		func(a, b *Instance) bool { return a.DataCenter.equal(b.DataCenter) },
		func(dst, src *Instance) { dst.DataCenter = src.DataCenter.clone() }},
	{"eureka1",
		func(a, b *Instance) bool { return maps.Equal(a.Eureka1, b.Eureka1) },
		func(dst, src *Instance) { dst.Eureka1 = maps.Clone(src.Eureka1) }},
}

// plain makes the field of a comparable value.
func plain[T comparable](name string, at func(*Instance) *T) field {
	return field{
		name:  name,
		equal: func(a, b *Instance) bool { return *at(a) == *at(b) },
		set:   func(dst, src *Instance) { *at(dst) = *at(src) },
	}
}

func (d DataCenter) equal(other DataCenter) bool {
	if d.Kind != other.Kind || d.Name != other.Name || !slices.Equal(d.Addresses, other.Addresses) {
		return false
	}
	a, b := d.AWS, other.AWS
	if a == nil || b == nil {
		return a == b
	}
	return a.Region == b.Region && a.Zone == b.Zone && a.AMI == b.AMI && a.InstanceID == b.InstanceID &&
		a.InstanceType == b.InstanceType && a.VPC == b.VPC && a.Account == b.Account &&
		a.PublicAddress == b.PublicAddress && a.PublicHost == b.PublicHost &&
		a.PrivateAddress == b.PrivateAddress && maps.Equal(a.Other, b.Other)
}
