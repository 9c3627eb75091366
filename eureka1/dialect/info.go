package dialect

import "heureka/model"

// Info is Eureka's InstanceInfo: one instance in Eureka's words, as a document has
// it. The zero Info isn't what an empty document says, see newInfo.
type Info struct {
	InstanceID string // "" where the client leaves it to its other names, see EffectiveID
	HostName   string
	App        string
	IPAddr     string
	SID        string // obsolete; "", "na" and "unknown" are the same

	Status     model.Status
	Overridden model.Status // StatusUnknown: not overridden

	Port       Port
	SecurePort Port
	CountryID  int32
	DataCenter DataCenter
	Lease      Lease
	Metadata   []Pair

	AppGroup                                                         string
	HomePageURL, StatusPageURL, HealthCheckURL, SecureHealthCheckURL string
	VIP, SecureVIP                                                   string // comma-separated lists
	Coordinating                                                     bool   // the entry of a Eureka server for itself

	LastUpdatedMs int64 // by the server's clock; 0: not said
	LastDirtyMs   int64 // by the client's; 0: not said
	Action        Action
	ASG           string
}

// Port is one of the two ports of an instance.
type Port struct {
	Number  int32
	Enabled bool
}

// Pair is one entry of a table, whose order documents keep.
type Pair struct{ Key, Value string }

// DataCenter is where an instance runs.
type DataCenter struct {
	Given    bool   // whether there was anything of it
	Name     string // see the constants below
	Metadata []Pair // Amazon's only
}

// The names of data centres. There are no others.
const (
	MyOwn   = "MyOwn"
	Netflix = "Netflix"
	Amazon  = "Amazon"
)

// Lease is what a client asks for and what the server knows of its lease; times are
// Unix milliseconds, 0 where nothing is known.
type Lease struct {
	RenewalSecs, DurationSecs                    int32
	RegisteredMs, RenewedMs, EvictedMs, ServedMs int64
}

// The values that Eureka takes for what a client leaves out.
const (
	defaultPort         = 7001 // enabled
	defaultSecurePort   = 7002 // not enabled
	defaultCountryID    = 1
	defaultRenewalSecs  = 30
	defaultDurationSecs = 90
)

// newInfo returns what a document without any field says.
func newInfo() Info {
	return Info{
		Status: model.StatusUp, Overridden: model.StatusUnknown,
		Port: Port{defaultPort, true}, SecurePort: Port{defaultSecurePort, false}, CountryID: defaultCountryID,
	}
}

// EffectiveID returns what identifies the instance within its application, and
// stands in every path: its own id, or else Amazon's, or else its host's name.
func (i *Info) EffectiveID() string {
	if i.InstanceID != "" {
		return i.InstanceID
	}
	if i.DataCenter.Name == Amazon {
		if id := valueOf(i.DataCenter.Metadata, "instance-id"); id != "" {
			return id
		}
	}
	return i.HostName
}

// valueOf returns the value of a key, "" if it isn't there.
func valueOf(table []Pair, key string) string {
	for _, p := range table {
		if p.Key == key {
			return p.Value
		}
	}
	return ""
}
