package dialect

import (
	"strconv"

	"heureka/model"
)

// appendXML appends an instance in full, as an element. The order is the reference's.
func appendXML(dst []byte, i *Info, v1 bool) []byte {
	dst = append(dst, "<instance>"...)
	dst = appendXMLFields(dst, i, v1)
	return append(dst, "</instance>"...)
}

func appendXMLFields(dst []byte, i *Info, v1 bool) []byte {
	dst = appendElementIf(dst, "instanceId", i.InstanceID)
	dst = appendElement(dst, "hostName", i.HostName)
	dst = appendElement(dst, "app", i.App)
	dst = appendElement(dst, "ipAddr", i.IPAddr)
	if i.SID != "na" && i.SID != "unknown" {
		dst = appendElementIf(dst, "sid", i.SID)
	}
	dst = appendElement(dst, "status", string(xmlStatus(i.Status, v1)))
	dst = appendElement(dst, "overriddenstatus", string(i.Overridden))
	dst = appendXMLPort(dst, "port", i.Port)
	dst = appendXMLPort(dst, "securePort", i.SecurePort)
	dst = appendNumberElement(dst, "countryId", int64(i.CountryID))
	dst = appendXMLDataCenter(dst, &i.DataCenter, false)
	dst = appendXMLLease(dst, &i.Lease)
	dst = appendXMLMetadata(dst, i.Metadata)
	dst = appendElementIf(dst, "appGroupName", i.AppGroup)
	dst = appendElementIf(dst, "homePageUrl", i.HomePageURL)
	dst = appendElementIf(dst, "statusPageUrl", i.StatusPageURL)
	dst = appendElementIf(dst, "healthCheckUrl", i.HealthCheckURL)
	dst = appendElementIf(dst, "secureHealthCheckUrl", i.SecureHealthCheckURL)
	dst = appendElementIf(dst, "vipAddress", i.VIP)
	dst = appendElementIf(dst, "secureVipAddress", i.SecureVIP)
	dst = appendElement(dst, "isCoordinatingDiscoveryServer", strconv.FormatBool(i.Coordinating))
	dst = appendNumberElement(dst, "lastUpdatedTimestamp", i.LastUpdatedMs)
	dst = appendNumberElement(dst, "lastDirtyTimestamp", i.LastDirtyMs)
	dst = appendElementIf(dst, "actionType", i.Action.String())
	return appendElementIf(dst, "asgName", i.ASG)
}

// appendXMLCompact appends the few fields of a compact document.
func appendXMLCompact(dst []byte, i *Info, v1 bool) []byte {
	dst = append(dst, "<instance>"...)
	dst = appendElementIf(dst, "instanceId", i.InstanceID)
	dst = appendElement(dst, "app", i.App)
	dst = appendElement(dst, "ipAddr", i.IPAddr)
	dst = appendElementIf(dst, "vipAddress", i.VIP)
	dst = appendElementIf(dst, "secureVipAddress", i.SecureVIP)
	dst = appendXMLDataCenter(dst, &i.DataCenter, true)
	dst = appendElement(dst, "hostName", i.HostName)
	dst = appendElement(dst, "status", string(xmlStatus(i.Status, v1)))
	dst = appendNumberElement(dst, "lastUpdatedTimestamp", i.LastUpdatedMs)
	dst = appendElementIf(dst, "actionType", i.Action.String())
	dst = appendElementIf(dst, "asgName", i.ASG)
	dst = appendXMLPort(dst, "port", i.Port)
	dst = appendXMLPort(dst, "securePort", i.SecurePort)
	return append(dst, "</instance>"...)
}

func xmlStatus(s model.Status, v1 bool) model.Status {
	if v1 {
		return v1Status(s)
	}
	return s
}

// appendElement appends an element whose name needs no escape.
func appendElement(dst []byte, name, text string) []byte {
	dst = appendOpen(dst, name)
	dst = appendText(dst, text)
	return appendClose(dst, name)
}

// appendElementIf appends an element if there is a text for it.
func appendElementIf(dst []byte, name, text string) []byte {
	if text == "" {
		return dst
	}
	return appendElement(dst, name, text)
}

func appendNumberElement(dst []byte, name string, n int64) []byte {
	dst = appendOpen(dst, name)
	dst = strconv.AppendInt(dst, n, 10)
	return appendClose(dst, name)
}

func appendOpen(dst []byte, name string) []byte {
	dst = append(dst, '<')
	dst = append(dst, name...)
	return append(dst, '>')
}

func appendClose(dst []byte, name string) []byte {
	dst = append(dst, '<', '/')
	dst = append(dst, name...)
	return append(dst, '>')
}

func appendXMLPort(dst []byte, name string, p Port) []byte {
	dst = append(dst, '<')
	dst = append(dst, name...)
	dst = append(dst, ` enabled=`...)
	dst = appendFlagText(dst, p.Enabled)
	dst = append(dst, '>')
	dst = strconv.AppendInt(dst, int64(p.Number), 10)
	return appendClose(dst, name)
}

func appendXMLDataCenter(dst []byte, d *DataCenter, compact bool) []byte {
	class := classDefault
	if d.Name == Amazon {
		class = classAmazon
	}
	dst = append(dst, `<dataCenterInfo class="`...)
	dst = append(dst, class...)
	dst = append(dst, `">`...)
	dst = appendElement(dst, "name", d.shownName())
	if d.Name == Amazon {
		dst = append(dst, "<metadata>"...)
		for _, p := range d.Metadata {
			if !compact || inCompact(p.Key) {
				dst = appendEntry(dst, p)
			}
		}
		dst = append(dst, "</metadata>"...)
	}
	return append(dst, "</dataCenterInfo>"...)
}

// appendEntry appends an entry of a table as an element of its own.
func appendEntry(dst []byte, p Pair) []byte {
	if p.Key == "" || p.Key == classKey {
		return dst
	}
	dst = append(dst, '<')
	dst = appendName(dst, p.Key)
	dst = append(dst, '>')
	dst = appendText(dst, p.Value)
	dst = append(dst, '<', '/')
	dst = appendName(dst, p.Key)
	return append(dst, '>')
}

func appendXMLLease(dst []byte, l *Lease) []byte {
	dst = append(dst, "<leaseInfo>"...)
	dst = appendNumberElement(dst, "renewalIntervalInSecs", int64(l.RenewalSecs))
	dst = appendNumberElement(dst, "durationInSecs", int64(l.DurationSecs))
	dst = appendNumberElement(dst, "registrationTimestamp", l.RegisteredMs)
	dst = appendNumberElement(dst, "lastRenewalTimestamp", l.RenewedMs)
	dst = appendNumberElement(dst, "evictionTimestamp", l.EvictedMs)
	dst = appendNumberElement(dst, "serviceUpTimestamp", l.ServedMs)
	return append(dst, "</leaseInfo>"...)
}

func appendXMLMetadata(dst []byte, table []Pair) []byte {
	const open = "<metadata>"
	dst = append(dst, open...)
	start := len(dst)
	for _, p := range table {
		dst = appendEntry(dst, p)
	}
	if len(dst) > start {
		return append(dst, "</metadata>"...)
	}
	return append(dst[:start-len(open)], `<metadata class="`+classEmpty+`"/>`...)
}
