package dialect_test

import (
	"cmp"
	"flag"
	"math/rand/v2"
	"slices"
	"strings"

	"heureka/eureka1/dialect"
	"heureka/model"
)

var seed = flag.Uint64("seed", 1, "of the generated instances")

// chance generates what a test needs, from a seed.
type chance struct{ *rand.Rand }

func newChance(stream uint64) chance { return chance{rand.New(rand.NewPCG(*seed, stream))} }

// text returns a text that isn't empty, some with characters that documents write
// otherwise.
func (c chance) text() string {
	return []string{"a", "B-7", "x y", `q"\/`, "<&>'", "é😀", "_$", "1.5", "null", "~{}[]"}[c.IntN(10)] + string(rune('a'+c.IntN(26)))
}

// some returns a text, or none.
func (c chance) some() string {
	if c.IntN(3) == 0 {
		return ""
	}
	return c.text()
}

func (c chance) status() model.Status { return model.Statuses()[c.IntN(5)] }

func (c chance) pairs() (table []dialect.Pair) {
	for range c.IntN(4) {
		table = append(table, dialect.Pair{Key: c.text(), Value: c.some()})
	}
	return table
}

// info returns what some Eureka client might say, and some server might show.
func (c chance) info() dialect.Info {
	i := dialect.Info{
		InstanceID: c.some(), HostName: c.text(), App: c.text(), IPAddr: c.text(), SID: []string{"", "na", "unknown", "7"}[c.IntN(4)],
		Status: c.status(), Overridden: model.StatusUnknown,
		Port: c.port(80, 7001), SecurePort: c.port(443, 7002), CountryID: c.Int32N(3),
		DataCenter: dialect.DataCenter{Given: true, Name: []string{"MyOwn", "Netflix", "Amazon"}[c.IntN(3)]},
		Lease: dialect.Lease{
			RenewalSecs: c.Int32N(100) - 20, DurationSecs: c.Int32N(100) - 20,
			RegisteredMs: c.Int64N(9), RenewedMs: c.Int64N(9), EvictedMs: c.Int64N(9), ServedMs: c.Int64N(9),
		},
		Metadata: c.pairs(), AppGroup: c.some(), HomePageURL: c.some(), StatusPageURL: c.some(), HealthCheckURL: c.some(),
		SecureHealthCheckURL: c.some(), VIP: c.some(), SecureVIP: c.some(), Coordinating: c.IntN(4) == 0,
		LastUpdatedMs: c.Int64N(9), LastDirtyMs: c.Int64N(9), Action: dialect.Action(c.IntN(4)), ASG: c.some(),
	}
	if i.DataCenter.Name == "Amazon" {
		i.DataCenter.Metadata = c.pairs()
		for _, key := range []string{"instance-id", "ami-id", "instance-type", "local-ipv4", "local-hostname", "availability-zone",
			"public-hostname", "public-ipv4", "vpc-id", "accountId", "mac", "ipv6", "region"} {
			if c.IntN(2) == 0 {
				i.DataCenter.Metadata = append(i.DataCenter.Metadata, dialect.Pair{Key: key, Value: c.some()})
			}
		}
	}
	if c.IntN(3) == 0 { // what a server shows of it
		if i.Overridden = c.status(); i.Overridden != model.StatusUnknown && i.Status != model.StatusDown && i.Status != model.StatusStarting {
			i.Status = i.Overridden
		}
	}
	return i
}

func (c chance) port(usual ...int32) dialect.Port {
	return dialect.Port{Number: append(usual, 0, 8080, 65535)[c.IntN(5)], Enabled: c.IntN(2) == 0}
}

// usual returns the info as it comes back: what means the same is written the same.
func usual(i dialect.Info) dialect.Info {
	if i.InstanceID = i.EffectiveID(); i.SID == "na" || i.SID == "unknown" {
		i.SID = ""
	}
	i.App, i.AppGroup = strings.ToUpper(i.App), strings.ToUpper(i.AppGroup)
	if i.Lease.RenewalSecs <= 0 {
		i.Lease.RenewalSecs = 30
	}
	if i.Lease.DurationSecs <= 0 {
		i.Lease.DurationSecs = 90
	}
	if i.LastDirtyMs == 0 {
		i.LastDirtyMs = i.LastUpdatedMs
	}
	i.Metadata = last(i.Metadata)
	amazon := last(i.DataCenter.Metadata)
	amazon = slices.DeleteFunc(amazon, func(p dialect.Pair) bool { return p.Value == "" })
	if i.DataCenter.Name == "Amazon" && !slices.ContainsFunc(amazon, func(p dialect.Pair) bool { return p.Key == "instance-id" }) {
		amazon = last(append(amazon, dialect.Pair{Key: "instance-id", Value: i.InstanceID}))
	}
	i.DataCenter.Metadata = amazon
	return i
}

// last returns a table by key, of what comes twice the last.
func last(table []dialect.Pair) []dialect.Pair {
	byKey := make(map[string]string)
	for _, p := range table {
		byKey[p.Key] = p.Value
	}
	var out []dialect.Pair
	for key, value := range byKey {
		out = append(out, dialect.Pair{Key: key, Value: value})
	}
	slices.SortFunc(out, func(a, b dialect.Pair) int { return cmp.Compare(a.Key, b.Key) })
	return out
}

// shownAs returns what the server that shows the info knows of it.
func shownAs(i *dialect.Info) dialect.Shown {
	return dialect.Shown{
		RegisteredMs: i.Lease.RegisteredMs, RenewedMs: i.Lease.RenewedMs, EvictedMs: i.Lease.EvictedMs, ServedMs: i.Lease.ServedMs,
		UpdatedMs: i.LastUpdatedMs, Action: i.Action,
	}
}

// instance returns an instance that some client of Heureka's own might register.
func (c chance) instance() *model.Instance {
	in := &model.Instance{
		App: strings.ToUpper(c.text()), ID: c.text(), HostName: c.text(), Address: c.text(), AppGroup: strings.ToUpper(c.some()), ASG: c.some(),
		VIP: c.text(), SecureVIP: c.some(), Status: c.status(),
		HomePageURL: c.some(), StatusPageURL: c.some(), HealthCheckURL: c.some(), SecureHealthCheckURL: c.some(),
		Lease:         model.Lease{RenewalMs: 1000 * (1 + c.Int64N(9)), DurationMs: 1000 * (1 + c.Int64N(9))},
		LastChangedMs: 1 + c.Int64N(9), DataCenter: c.center(),
	}
	for range c.IntN(4) {
		port := model.Port{Name: c.some(), Number: uint16(c.IntN(65536)), Secure: c.IntN(2) == 0}
		if c.IntN(2) == 0 {
			port.Name = ""
		}
		if c.IntN(4) == 0 {
			port.Labels = []string{"public", c.text()}
		}
		in.Ports = append(in.Ports, port)
	}
	for range c.IntN(3) {
		if in.Metadata == nil {
			in.Metadata = make(map[string]string)
		}
		in.Metadata[c.text()] = c.some()
	}
	return in.Canonical()
}

func (c chance) center() model.DataCenter {
	d := model.DataCenter{Kind: model.DataCenterBasic, Name: []string{"MyOwn", "Netflix", "Amazon", "Frankfurt"}[c.IntN(4)]}
	if c.IntN(2) == 0 {
		d = model.DataCenter{Kind: model.DataCenterAWS, Name: "Amazon", AWS: &model.AWS{
			Region: c.some(), Zone: c.some(), AMI: c.some(), InstanceID: c.text(), InstanceType: c.some(), VPC: c.some(), Account: c.some(),
			PublicAddress: c.some(), PublicHost: c.some(), PrivateAddress: c.some(),
		}}
		if c.IntN(2) == 0 {
			d.AWS.Other = map[string]string{"mac": c.text(), "local-hostname": c.text(), "Z" + c.text(): c.text()}
		}
		if c.IntN(4) == 0 {
			d.Name = "the cloud"
		}
	}
	if c.IntN(3) == 0 {
		d.Addresses = []model.Address{{Label: "public", IP: "203.0.113.1", Host: c.some()}, {Label: "storage", IP: "fe80::1"}}
	}
	return d
}
