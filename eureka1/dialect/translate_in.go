package dialect

import (
	"math"
	"strconv"

	"heureka/model"
)

// maxLeaseSecs bounds the times of a lease; a longer one is taken for this.
const maxLeaseSecs = 24 * 60 * 60

// The keys of model.Instance.Eureka1, by Eureka's names. What most clients say isn't
// kept, see the constants beside them.
const (
	keyPort         = "port"       // its number, of one that is switched off
	keySecurePort   = "securePort" // likewise
	keyCountryID    = "countryId"
	keySID          = "sid"
	keyVIP          = "vipAddress" // empty: the client said none
	keyCoordinating = "isCoordinatingDiscoveryServer"
)

// The numbers of ports that are switched off, if nothing else is known.
const (
	usualPort       = 80
	usualSecurePort = 443
)

// Instance returns the info in the model's words, canonical. It takes for granted
// that Check has found nothing; whether the registry accepts what the client said is
// model.Instance.Validate's to tell. Not in it, and to be looked at besides, is
// Overridden.
func (i *Info) Instance() *model.Instance {
	in := new(model.Instance)
	i.Fill(in)
	return in
}

// Fill is Instance in memory that is there: whatever it was before, its table of metadata
// and its list of ports are used again.
func (i *Info) Fill(in *model.Instance) {
	metadata, ports := in.Metadata, in.Ports
	*in = model.Instance{
		App: i.App, ID: i.EffectiveID(), HostName: i.HostName, Address: i.IPAddr,
		AppGroup: model.FoldApp(i.AppGroup), ASG: i.ASG, VIP: i.VIP, SecureVIP: i.SecureVIP, Status: i.Status,
		HomePageURL: i.HomePageURL, StatusPageURL: i.StatusPageURL,
		HealthCheckURL: i.HealthCheckURL, SecureHealthCheckURL: i.SecureHealthCheckURL,
		Lease:         i.Lease.model(),
		LastChangedMs: i.LastDirtyMs,
	}
	in.Metadata, in.Ports = tableOf(metadata, i.Metadata), ports[:0]
	i.setPorts(in)
	i.setDataCenter(in)
	i.setOther(in)
	restore(in, i)
	in.Canonical()
}

// model returns the lease in milliseconds. Eureka takes its own times for what is
// missing or makes no sense.
func (l Lease) model() model.Lease {
	renewal, duration := l.RenewalSecs, l.DurationSecs
	if renewal <= 0 {
		renewal = defaultRenewalSecs
	}
	if duration <= 0 {
		duration = defaultDurationSecs
	}
	return model.Lease{
		RenewalMs:  int64(min(renewal, maxLeaseSecs)) * 1000,
		DurationMs: int64(min(duration, maxLeaseSecs)) * 1000,
	}
}

// setPorts sets the ports that can be called, and remembers the numbers of others.
func (i *Info) setPorts(in *model.Instance) {
	for _, p := range []struct {
		Port
		secure bool
		key    string
		usual  int32
	}{
		{i.Port, false, keyPort, usualPort},
		{i.SecurePort, true, keySecurePort, usualSecurePort},
	} {
		switch {
		case p.Enabled && 0 <= p.Number && p.Number <= math.MaxUint16:
			in.Ports = append(in.Ports, model.Port{Number: uint16(p.Number), Secure: p.secure})
		case p.Number != p.usual:
			remember(in, p.key, strconv.Itoa(int(p.Number)))
		}
	}
}

func (i *Info) setDataCenter(in *model.Instance) {
	in.DataCenter.Kind, in.DataCenter.Name = model.DataCenterBasic, i.DataCenter.shownName()
	if i.DataCenter.Name != Amazon {
		return
	}
	aws := new(model.AWS)
	for _, p := range i.DataCenter.Metadata {
		if text := awsText(aws, p.Key); text != nil {
			*text = p.Value
			continue
		}
		if p.Value == "" { // as good as absent; some clients send every key
			delete(aws.Other, p.Key)
			continue
		}
		if aws.Other == nil {
			aws.Other = make(map[string]string)
		}
		aws.Other[p.Key] = p.Value
	}
	if aws.InstanceID == "" {
		aws.InstanceID = in.ID
	}
	in.DataCenter.Kind, in.DataCenter.AWS = model.DataCenterAWS, aws
}

// setOther remembers what the model has no place for and most clients don't say.
func (i *Info) setOther(in *model.Instance) {
	if i.CountryID != defaultCountryID {
		remember(in, keyCountryID, strconv.Itoa(int(i.CountryID)))
	}
	if i.SID != "" && i.SID != "na" && i.SID != "unknown" {
		remember(in, keySID, i.SID)
	}
	if i.VIP == "" {
		remember(in, keyVIP, "")
	}
	if i.Coordinating {
		remember(in, keyCoordinating, "true")
	}
}

func remember(in *model.Instance, key, value string) {
	if in.Eureka1 == nil {
		in.Eureka1 = make(map[string]string)
	}
	in.Eureka1[key] = value
}

// tableOf returns the table of those pairs, in the memory of another, which may be nil.
func tableOf(table map[string]string, pairs []Pair) map[string]string {
	clear(table)
	if table == nil && len(pairs) > 0 {
		table = make(map[string]string, len(pairs))
	}
	for _, p := range pairs {
		table[p.Key] = p.Value
	}
	return table
}
