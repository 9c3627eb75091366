package model

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits bounds what one instance may hold. All sizes are in bytes.
type Limits struct {
	Text     int // each name, id, address and URL
	List     int // elements of vip and secure vip, ports, labels of one port, addresses
	Metadata int // all keys and values of metadata, of AWS.Other, or of Eureka1, together
	Instance int // all of it, as Size estimates: one must fit a replication message
	LeaseMs  int64
}

// DefaultLimits are generous: the largest instances seen in the field are a tenth.
func DefaultLimits() Limits {
	return Limits{Text: 2048, List: 64, Metadata: 32 << 10, Instance: 128 << 10, LeaseMs: 24 * 60 * 60 * 1000}
}

// InvalidError tells which field of an instance can't be accepted, and why.
type InvalidError struct {
	Field  string // JSON name, such as "metadata"
	Reason string
}

func (e *InvalidError) Error() string { return fmt.Sprintf("%s %s", e.Field, e.Reason) }

// Validate reports the first thing about the instance that can't be accepted,
// as an *InvalidError.
func (in *Instance) Validate(l Limits) error {
	if err := in.Key().Validate(l); err != nil {
		return err
	}
	if in.Override != "" {
		return &InvalidError{"override", "is an operator's word, which a client can't say"}
	}
	v := validator{limits: l}
	v.text("hostName", in.HostName)
	v.text("address", in.Address)
	v.text("appGroup", in.AppGroup)
	v.text("asg", in.ASG)
	v.text("vip", in.VIP)
	v.list("vip", strings.Count(in.VIP, ",")+1)
	v.text("secureVip", in.SecureVIP)
	v.list("secureVip", strings.Count(in.SecureVIP, ",")+1)
	v.text("homePageUrl", in.HomePageURL)
	v.text("statusPageUrl", in.StatusPageURL)
	v.text("healthCheckUrl", in.HealthCheckURL)
	v.text("secureHealthCheckUrl", in.SecureHealthCheckURL)
	v.list("ports", len(in.Ports))
	for _, p := range in.Ports {
		v.text("ports", p.Name)
		v.list("ports", len(p.Labels))
		for _, label := range p.Labels {
			v.text("ports", label)
		}
	}
	v.table("metadata", in.Metadata)
	v.lease("lease", in.Lease.RenewalMs)
	v.lease("lease", in.Lease.DurationMs)
	v.dataCenter(in.DataCenter)
	v.table("eureka1", in.Eureka1)
	if size := in.Size(); size > l.Instance {
		v.fail("instance", "is about %d bytes, %d are allowed", size, l.Instance)
	}
	if v.err == nil {
		return nil
	}
	return v.err
}

// Validate reports the first thing about a key that no instance can have, as an
// *InvalidError.
func (k Key) Validate(l Limits) error {
	if k.App == "" {
		return &InvalidError{"app", "is missing"}
	}
	if k.ID == "" {
		return &InvalidError{"id", "is missing"}
	}
	v := validator{limits: l}
	v.text("app", k.App)
	v.text("id", k.ID)
	if v.err == nil {
		return nil
	}
	return v.err
}

// ValidText reports whether a text has only printable characters: no control
// characters, no line breaks, valid UTF-8.
func ValidText(text string) bool {
	for i := range len(text) {
		if c := text[i]; c >= utf8.RuneSelf {
			return validRunes(text[i:])
		} else if c < ' ' || c == 0x7f {
			return false
		}
	}
	return true
}

// validRunes is ValidText of any text; few have others than ASCII.
func validRunes(text string) bool {
	if !utf8.ValidString(text) {
		return false
	}
	for _, r := range text {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return false
		}
	}
	return true
}

// validator remembers the first fault it meets.
type validator struct {
	limits Limits
	err    *InvalidError
}

func (v *validator) fail(field, format string, args ...any) {
	if v.err == nil {
		v.err = &InvalidError{field, fmt.Sprintf(format, args...)}
	}
}

func (v *validator) text(field, text string) {
	if len(text) > v.limits.Text {
		v.fail(field, "is %d bytes long, %d are allowed", len(text), v.limits.Text)
	} else if !ValidText(text) {
		v.fail(field, "has control characters or isn't UTF-8")
	}
}

func (v *validator) list(field string, n int) {
	if n > v.limits.List {
		v.fail(field, "has %d elements, %d are allowed", n, v.limits.List)
	}
}

func (v *validator) table(field string, m map[string]string) {
	size := 0
	for key, value := range m {
		size += len(key) + len(value)
		if key == "" || !ValidText(key) {
			v.fail(field, "has a key that is empty or has control characters")
		}
		if !utf8.ValidString(value) {
			v.fail(field, "has a value that isn't UTF-8")
		}
	}
	if size > v.limits.Metadata {
		v.fail(field, "is %d bytes in all, %d are allowed", size, v.limits.Metadata)
	}
}

func (v *validator) lease(field string, ms int64) {
	if ms < 0 || ms > v.limits.LeaseMs {
		v.fail(field, "has a time of %d ms, 0 to %d are allowed", ms, v.limits.LeaseMs)
	}
}

func (v *validator) dataCenter(d DataCenter) {
	switch {
	case d.Kind != "" && d.Kind != DataCenterBasic && d.Kind != DataCenterAWS:
		v.fail("dataCenter", "has the unknown kind %.40q", string(d.Kind))
	case d.AWS != nil && d.Kind != DataCenterAWS:
		v.fail("dataCenter", "has an aws part but isn't of kind aws")
	}
	v.text("dataCenter", d.Name)
	v.list("dataCenter", len(d.Addresses))
	for _, a := range d.Addresses {
		v.text("dataCenter", a.Label)
		v.text("dataCenter", a.Host)
		v.text("dataCenter", a.IP) // the zone of an IPv6 address may be any text
		if _, err := netip.ParseAddr(a.IP); err != nil {
			v.fail("dataCenter", "has an address that is neither IPv4 nor IPv6: %.60q", a.IP)
		}
	}
	if aws := d.AWS; aws != nil {
		for _, text := range []string{aws.Region, aws.Zone, aws.AMI, aws.InstanceID, aws.InstanceType, aws.VPC,
			aws.Account, aws.PublicAddress, aws.PublicHost, aws.PrivateAddress} {
			v.text("dataCenter", text)
		}
		v.table("dataCenter", aws.Other)
	}
}

// Size estimates the bytes that the instance takes when it is encoded, for
// cutting batches; it is at most a few times off.
func (in *Instance) Size() int {
	size := 256 + len(in.App) + len(in.ID) + len(in.HostName) + len(in.Address) + len(in.AppGroup) + len(in.ASG) +
		len(in.VIP) + len(in.SecureVIP) + len(in.HomePageURL) + len(in.StatusPageURL) + len(in.HealthCheckURL) +
		len(in.SecureHealthCheckURL) + 64*len(in.Ports) + 64*len(in.DataCenter.Addresses)
	for _, p := range in.Ports {
		size += len(p.Name)
		for _, label := range p.Labels {
			size += 4 + len(label)
		}
	}
	for _, a := range in.DataCenter.Addresses {
		size += len(a.Label) + len(a.IP) + len(a.Host)
	}
	for k, v := range in.Metadata {
		size += 8 + len(k) + len(v)
	}
	for k, v := range in.Eureka1 {
		size += 8 + len(k) + len(v)
	}
	if aws := in.DataCenter.AWS; aws != nil {
		size += len(aws.Region) + len(aws.Zone) + len(aws.AMI) + len(aws.InstanceID) + len(aws.InstanceType) + len(aws.VPC) +
			len(aws.Account) + len(aws.PublicAddress) + len(aws.PublicHost) + len(aws.PrivateAddress)
		for k, v := range aws.Other {
			size += 8 + len(k) + len(v)
		}
	}
	return size
}
