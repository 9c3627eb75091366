package dialect

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"heureka/model"
)

// InfoOf returns an instance in Eureka's words, such as clients can read: what they
// can't do without and it doesn't have stands in for something that it has.
func InfoOf(in *model.Instance, shown Shown) Info {
	i := Info{
		InstanceID: in.ID, HostName: cmp.Or(in.HostName, in.Address), App: in.App, IPAddr: cmp.Or(in.Address, in.HostName),
		SID: in.Eureka1[keySID], Status: model.ParseStatus(string(in.Status)), Overridden: model.ParseStatus(string(in.Override)),
		CountryID: defaultCountryID, Lease: leaseOf(in.Lease, shown), Metadata: metadataOf(in),
		AppGroup: in.AppGroup, HomePageURL: in.HomePageURL, StatusPageURL: in.StatusPageURL,
		HealthCheckURL: in.HealthCheckURL, SecureHealthCheckURL: in.SecureHealthCheckURL,
		VIP: VIP(in), SecureVIP: in.SecureVIP, ASG: in.ASG,
		LastUpdatedMs: shown.UpdatedMs, LastDirtyMs: LastDirtyMs(in, shown), Action: shown.Action,
	}
	i.Port, i.SecurePort = portsOf(in.Ports, in.Eureka1)
	i.DataCenter = dataCenterOf(&in.DataCenter)
	if n, ok := remembered(in.Eureka1, keyCountryID); ok {
		i.CountryID = n
	}
	i.Coordinating = in.Eureka1[keyCoordinating] == "true"
	return i
}

// VIP returns the vips that an instance is shown with and found by. One that has
// none goes by the name of its application, as most Eureka clients ask for no other,
// unless a Eureka client left them out itself.
func VIP(in *model.Instance) string {
	if in.VIP != "" {
		return in.VIP
	}
	if _, none := in.Eureka1[keyVIP]; none {
		return ""
	}
	return strings.ToLower(in.App)
}

func leaseOf(l model.Lease, shown Shown) Lease {
	return Lease{
		RenewalSecs: seconds(l.RenewalMs, defaultRenewalSecs), DurationSecs: seconds(l.DurationMs, defaultDurationSecs),
		RegisteredMs: shown.RegisteredMs, RenewedMs: shown.RenewedMs, EvictedMs: shown.EvictedMs, ServedMs: shown.ServedMs,
	}
}

// seconds rounds up, as no lease is 0 seconds long.
func seconds(ms int64, unsaid int32) int32 {
	if ms <= 0 {
		return unsaid
	}
	return int32(min((ms-1)/1000+1, math.MaxInt32))
}

// portsOf returns the first port of either kind. One that isn't there is switched
// off and has the number that the client said, if it was one of Eureka's.
func portsOf(ports []model.Port, eureka1 map[string]string) (plain, secure Port) {
	plain, secure = Port{Number: usualPort}, Port{Number: usualSecurePort}
	if n, ok := remembered(eureka1, keyPort); ok {
		plain.Number = n
	}
	if n, ok := remembered(eureka1, keySecurePort); ok {
		secure.Number = n
	}
	for _, p := range slices.Backward(ports) {
		if p.Secure {
			secure = Port{int32(p.Number), true}
		} else {
			plain = Port{int32(p.Number), true}
		}
	}
	return plain, secure
}

// remembered returns a number of the table; it is false for what is no number.
func remembered(eureka1 map[string]string, key string) (int32, bool) {
	text, ok := eureka1[key]
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 32)
	return int32(n), err == nil
}

func dataCenterOf(d *model.DataCenter) DataCenter {
	if d.Kind == model.DataCenterAWS {
		return DataCenter{Given: true, Name: Amazon, Metadata: amazonOf(d.AWS)}
	}
	if d.Name == Netflix {
		return DataCenter{Given: true, Name: Netflix}
	}
	return DataCenter{Given: true, Name: MyOwn}
}

// metadataOf returns the metadata by key, and in it what Eureka can't say otherwise.
func metadataOf(in *model.Instance) []Pair {
	carried := carry(in)
	if len(in.Metadata)+len(carried) == 0 {
		return nil
	}
	table := append(make([]Pair, 0, len(in.Metadata)+len(carried)), carried...)
	for key, value := range in.Metadata {
		taken := slices.ContainsFunc(carried, func(p Pair) bool { return p.Key == key })
		if key != "" && key != classKey && key != KeyOrigin && !taken {
			table = append(table, Pair{key, value})
		}
	}
	slices.SortFunc(table, func(a, b Pair) int { return cmp.Compare(a.Key, b.Key) })
	return table
}
