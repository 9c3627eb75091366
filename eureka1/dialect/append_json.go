package dialect

import "strconv"

// The classes that Java clients want to read of data centres and of empty metadata.
const (
	classKey     = "@class"
	classDefault = "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo"
	classAmazon  = "com.netflix.appinfo.AmazonInfo"
	classEmpty   = "java.util.Collections$EmptyMap"
)

// appendJSON appends an instance in full, without a wrapper. The order of keys is
// the reference's, and so are the types of values, which clients insist on: booleans
// and some numbers are texts.
func appendJSON(dst []byte, i *Info) []byte {
	dst = append(dst, '{')
	if i.InstanceID != "" {
		dst = append(dst, `"instanceId":`...)
		dst = append(appendQuoted(dst, i.InstanceID), ',')
	}
	dst = append(dst, `"hostName":`...)
	dst = appendQuoted(dst, i.HostName)
	dst = appendMember(dst, "app", i.App)
	dst = appendMember(dst, "ipAddr", i.IPAddr)
	if i.SID != "na" && i.SID != "unknown" {
		dst = appendOptional(dst, "sid", i.SID)
	}
	dst = appendMember(dst, "status", string(i.Status))
	dst = appendMember(dst, "overriddenStatus", string(i.Overridden))
	dst = appendJSONPort(dst, "port", i.Port)
	dst = appendJSONPort(dst, "securePort", i.SecurePort)
	dst = append(dst, `,"countryId":`...)
	dst = strconv.AppendInt(dst, int64(i.CountryID), 10)
	dst = appendJSONDataCenter(dst, &i.DataCenter, false)
	dst = appendJSONLease(dst, &i.Lease)
	dst = appendJSONMetadata(dst, i.Metadata)
	dst = appendOptional(dst, "appGroupName", i.AppGroup)
	dst = appendOptional(dst, "homePageUrl", i.HomePageURL)
	dst = appendOptional(dst, "statusPageUrl", i.StatusPageURL)
	dst = appendOptional(dst, "healthCheckUrl", i.HealthCheckURL)
	dst = appendOptional(dst, "secureHealthCheckUrl", i.SecureHealthCheckURL)
	dst = appendOptional(dst, "vipAddress", i.VIP)
	dst = appendOptional(dst, "secureVipAddress", i.SecureVIP)
	dst = append(dst, `,"isCoordinatingDiscoveryServer":`...)
	dst = appendFlagText(dst, i.Coordinating)
	dst = append(dst, `,"lastUpdatedTimestamp":`...)
	dst = appendNumberText(dst, i.LastUpdatedMs)
	dst = append(dst, `,"lastDirtyTimestamp":`...)
	dst = appendNumberText(dst, i.LastDirtyMs)
	dst = appendOptional(dst, "actionType", i.Action.String())
	dst = appendOptional(dst, "asgName", i.ASG)
	return append(dst, '}')
}

// appendJSONCompact appends the few fields of a compact document, of which one
// number is a number.
func appendJSONCompact(dst []byte, i *Info) []byte {
	dst = append(dst, '{')
	if i.InstanceID != "" {
		dst = append(dst, `"instanceId":`...)
		dst = append(appendQuoted(dst, i.InstanceID), ',')
	}
	dst = append(dst, `"app":`...)
	dst = appendQuoted(dst, i.App)
	dst = appendMember(dst, "ipAddr", i.IPAddr)
	dst = appendOptional(dst, "vipAddress", i.VIP)
	dst = appendOptional(dst, "secureVipAddress", i.SecureVIP)
	dst = appendJSONDataCenter(dst, &i.DataCenter, true)
	dst = appendMember(dst, "hostName", i.HostName)
	dst = appendMember(dst, "status", string(i.Status))
	dst = append(dst, `,"lastUpdatedTimestamp":`...)
	dst = strconv.AppendInt(dst, i.LastUpdatedMs, 10)
	dst = appendOptional(dst, "actionType", i.Action.String())
	dst = appendOptional(dst, "asgName", i.ASG)
	dst = appendJSONPort(dst, "port", i.Port)
	dst = appendJSONPort(dst, "securePort", i.SecurePort)
	return append(dst, '}')
}

// appendMember appends a text after a comma.
func appendMember(dst []byte, name, text string) []byte {
	dst = append(dst, ',', '"')
	dst = append(dst, name...)
	dst = append(dst, '"', ':')
	return appendQuoted(dst, text)
}

// appendOptional appends a text if there is one.
func appendOptional(dst []byte, name, text string) []byte {
	if text == "" {
		return dst
	}
	return appendMember(dst, name, text)
}

func appendJSONPort(dst []byte, name string, p Port) []byte {
	dst = append(dst, ',', '"')
	dst = append(dst, name...)
	dst = append(dst, `":{"$":`...)
	dst = strconv.AppendInt(dst, int64(p.Number), 10)
	dst = append(dst, `,"@enabled":`...)
	dst = appendFlagText(dst, p.Enabled)
	return append(dst, '}')
}

// appendJSONDataCenter appends where the instance runs. Java breaks if Amazon's
// metadata isn't there, and isn't the last key.
func appendJSONDataCenter(dst []byte, d *DataCenter, compact bool) []byte {
	dst = append(dst, `,"dataCenterInfo":{"@class":"`...)
	if d.Name != Amazon {
		dst = append(dst, classDefault...)
		dst = append(dst, `","name":`...)
		return append(appendQuoted(dst, d.shownName()), '}')
	}
	dst = append(dst, classAmazon...)
	dst = append(dst, `","name":"Amazon","metadata":{`...)
	start := len(dst)
	for _, p := range d.Metadata {
		if p.Key == classKey || compact && !inCompact(p.Key) {
			continue
		}
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst = append(appendQuoted(dst, p.Key), ':')
		dst = appendQuoted(dst, p.Value)
	}
	return append(dst, "}}"...)
}

// shownName returns a name that every client knows.
func (d *DataCenter) shownName() string {
	switch d.Name {
	case Amazon, Netflix:
		return d.Name
	default:
		return MyOwn
	}
}

func appendJSONLease(dst []byte, l *Lease) []byte {
	dst = append(dst, `,"leaseInfo":{"renewalIntervalInSecs":`...)
	dst = strconv.AppendInt(dst, int64(l.RenewalSecs), 10)
	dst = append(dst, `,"durationInSecs":`...)
	dst = strconv.AppendInt(dst, int64(l.DurationSecs), 10)
	dst = append(dst, `,"registrationTimestamp":`...)
	dst = strconv.AppendInt(dst, l.RegisteredMs, 10)
	dst = append(dst, `,"lastRenewalTimestamp":`...)
	dst = strconv.AppendInt(dst, l.RenewedMs, 10)
	dst = append(dst, `,"evictionTimestamp":`...)
	dst = strconv.AppendInt(dst, l.EvictedMs, 10)
	dst = append(dst, `,"serviceUpTimestamp":`...)
	dst = strconv.AppendInt(dst, l.ServedMs, 10)
	return append(dst, '}')
}

func appendJSONMetadata(dst []byte, table []Pair) []byte {
	dst = append(dst, `,"metadata":{`...)
	start := len(dst)
	for _, p := range table {
		if p.Key == classKey {
			continue
		}
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst = append(appendQuoted(dst, p.Key), ':')
		dst = appendQuoted(dst, p.Value)
	}
	if len(dst) == start {
		dst = append(dst, `"@class":"`+classEmpty+`"`...)
	}
	return append(dst, '}')
}
