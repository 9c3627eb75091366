package model

import (
	"iter"
	"maps"
	"slices"
	"strings"
	"time"
)

// Instance is one registered instance of an application, everything that its
// client says about it. An absent field and an empty one are the same thing.
//
// The JSON names are those of docs/protocol.md. A new field also wants a line
// in the table of fields (field.go), one in Hash and one in the wire formats; tests hold
// them together.
type Instance struct {
	App string `json:"app"` // see FoldApp
	ID  string `json:"id"`

	HostName string `json:"hostName,omitempty"`
	Address  string `json:"address,omitempty"` // the IP address that most callers want
	AppGroup string `json:"appGroup,omitempty"`
	ASG      string `json:"asg,omitempty"` // auto scaling group

	VIP       string `json:"vip,omitempty"`       // comma-separated list, as Eureka writes it
	SecureVIP string `json:"secureVip,omitempty"` // likewise

	Ports  []Port `json:"ports,omitempty"`
	Status Status `json:"status,omitempty"`
	// Override is the status that an operator put over the client's own, empty if
	// there is none. The registry sets it, see Overridden; clients never do.
	Override Status `json:"override,omitempty"`

	HomePageURL          string `json:"homePageUrl,omitempty"`
	StatusPageURL        string `json:"statusPageUrl,omitempty"`
	HealthCheckURL       string `json:"healthCheckUrl,omitempty"`
	SecureHealthCheckURL string `json:"secureHealthCheckUrl,omitempty"`

	Metadata map[string]string `json:"metadata,omitempty"`
	Lease    Lease             `json:"lease,omitzero"`

	// LastChangedMs is when the client last changed this by its own clock, in
	// Unix milliseconds; 0 when it didn't say. Heureka orders nothing by it.
	LastChangedMs int64 `json:"lastChangedMs,omitempty"`

	DataCenter DataCenter `json:"dataCenter,omitzero"`

	// Eureka1 holds, by Eureka's names, what a Eureka 1 client said that nothing
	// above can hold and that isn't what most say, such as the number of a port that
	// is switched off. It is shown to Eureka 1 clients only; no other reader needs it.
	Eureka1 map[string]string `json:"eureka1,omitempty"`
}

// Port is one named port of an instance.
type Port struct {
	Name   string `json:"name,omitempty"`
	Number uint16 `json:"number"`
	Secure bool   `json:"secure,omitempty"`
	// Labels names the addresses of the data centre on which the port listens;
	// none means on all of them.
	Labels []string `json:"labels,omitempty"`
}

// Lease holds the times that a client asks for. Zero means the node's default.
type Lease struct {
	RenewalMs  int64 `json:"renewalMs,omitempty"`  // how often the client renews
	DurationMs int64 `json:"durationMs,omitempty"` // how long it may be silent
}

// Renewal returns how often the client renews.
func (l Lease) Renewal() time.Duration { return time.Duration(l.RenewalMs) * time.Millisecond }

// Duration returns how long the client may be silent before its lease ends.
func (l Lease) Duration() time.Duration { return time.Duration(l.DurationMs) * time.Millisecond }

// Key returns the instance's key.
func (in *Instance) Key() Key { return NewKey(in.App, in.ID) }

// VIPs yields the elements of the vip list.
func (in *Instance) VIPs() iter.Seq[string] { return elements(in.VIP) }

// SecureVIPs yields the elements of the secure vip list.
func (in *Instance) SecureVIPs() iter.Seq[string] { return elements(in.SecureVIP) }

// elements yields the distinct, trimmed, non-empty elements of a comma-separated list.
func elements(list string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if list == "" {
			return
		}
		if strings.IndexByte(list, ',') < 0 {
			if e := strings.TrimSpace(list); e != "" {
				yield(e)
			}
			return
		}
		var seen []string
		for e := range strings.SplitSeq(list, ",") {
			e = strings.TrimSpace(e)
			if e == "" || slices.Contains(seen, e) {
				continue
			}
			seen = append(seen, e)
			if !yield(e) {
				return
			}
		}
	}
}

// Clone returns a deep copy, which its caller may change.
func (in *Instance) Clone() *Instance {
	out := *in
	out.Ports = slices.Clone(in.Ports)
	for i := range out.Ports {
		out.Ports[i].Labels = slices.Clone(out.Ports[i].Labels)
	}
	out.Metadata = maps.Clone(in.Metadata)
	out.DataCenter = in.DataCenter.clone()
	out.Eureka1 = maps.Clone(in.Eureka1)
	return &out
}

// Canonical brings an instance that came from outside into the form in which
// everything else expects it: the application folded, an unknown or missing
// status UNKNOWN, empty collections nil. It changes its receiver.
func (in *Instance) Canonical() *Instance {
	in.App = FoldApp(in.App)
	in.Status = ParseStatus(string(in.Status))
	if len(in.Ports) == 0 {
		in.Ports = nil
	}
	for i := range in.Ports {
		if len(in.Ports[i].Labels) == 0 {
			in.Ports[i].Labels = nil
		}
	}
	if len(in.Metadata) == 0 {
		in.Metadata = nil
	}
	if len(in.Eureka1) == 0 {
		in.Eureka1 = nil
	}
	in.DataCenter.canonical()
	return in
}

// Overridden returns the instance as it is shown under an operator's override:
// a copy, or the instance itself where there is none. A client that says that it
// is starting or down is believed, whatever the override: nothing makes it serve.
func (in *Instance) Overridden(status Status) *Instance {
	if status == "" {
		return in
	}
	out := *in
	out.Override = status
	if in.Status != StatusStarting && in.Status != StatusDown {
		out.Status = status
	}
	return &out
}

// Equal reports whether both say the same, lists compared in order.
func (in *Instance) Equal(other *Instance) bool {
	if in.Key() != other.Key() || in.Override != other.Override {
		return false
	}
	for _, f := range fields {
		if !f.equal(in, other) {
			return false
		}
	}
	return true
}
