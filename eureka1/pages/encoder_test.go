package pages

import (
	"slices"
	"strconv"

	"heureka/model"
)

// dialects are small encoders of the tests' own, one of each kind: where the hash
// code stands, with and without separators.
func dialects() map[string]Encoder {
	return map[string]Encoder{
		"JSON": jsonDialect{}, "JSON compact": jsonDialect{compact: true},
		"XML": xmlDialect{}, "XML compact": xmlDialect{compact: true},
	}
}

type jsonDialect struct{ compact bool }

func (d jsonDialect) AppendHead(dst []byte, h Heading) []byte {
	dst = append(dst, `{"applications":{`...)
	if !d.compact {
		dst = append(d.appendHeading(dst, h), ',')
	}
	return append(dst, `"application":[`...)
}

func (d jsonDialect) AppendTail(dst []byte, h Heading) []byte {
	dst = append(dst, ']')
	if d.compact {
		dst = d.appendHeading(append(dst, ','), h)
	}
	return append(dst, "}}"...)
}

func (d jsonDialect) appendHeading(dst []byte, h Heading) []byte {
	dst = append(dst, `"versions__delta":"`...)
	dst = append(strconv.AppendUint(dst, h.Version, 10), `","apps__hashcode":`...)
	return strconv.AppendQuote(dst, h.HashCode)
}

func (d jsonDialect) AppendOpening(dst []byte, app string) []byte {
	return append(strconv.AppendQuote(append(dst, `{"name":`...), app), `,"instance":[`...)
}

func (d jsonDialect) AppendClosing(dst []byte, app string) []byte { return append(dst, "]}"...) }
func (d jsonDialect) Separator() string                           { return "," }
func (d jsonDialect) Compact() bool                               { return d.compact }

func (d jsonDialect) AppendRow(dst []byte, row *Row) []byte {
	in := row.Instance()
	text := func(name, value string) {
		dst = append(append(dst, name...), ':')
		dst = append(strconv.AppendQuote(dst, value), ',')
	}
	dst = append(dst, '{')
	text(`"instanceId"`, in.ID)
	text(`"hostName"`, in.HostName)
	text(`"app"`, in.App)
	text(`"ipAddr"`, in.Address)
	text(`"status"`, string(in.Status))
	dst = append(dst, `"port":{"$":8080,"@enabled":"true"},"securePort":{"$":443,"@enabled":"false"},"dataCenterInfo":`+
		`{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"},`...)
	if !d.compact {
		text(`"overriddenStatus"`, string(in.Override))
		millis := strconv.FormatInt(row.Time.Micros()/1000, 10)
		dst = append(dst, `"countryId":1,"leaseInfo":{"renewalIntervalInSecs":30,"durationInSecs":90,"registrationTimestamp":`+
			millis+`,"lastRenewalTimestamp":`+millis+`,"evictionTimestamp":0,"serviceUpTimestamp":`+millis+`},"metadata":{`...)
		for i, key := range keys(in) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = strconv.AppendQuote(append(strconv.AppendQuote(dst, key), ':'), in.Metadata[key])
		}
		dst = append(dst, "},"...)
		text(`"homePageUrl"`, in.HomePageURL)
		text(`"statusPageUrl"`, in.StatusPageURL)
		text(`"healthCheckUrl"`, in.HealthCheckURL)
		text(`"isCoordinatingDiscoveryServer"`, "false")
		text(`"lastUpdatedTimestamp"`, millis)
		text(`"lastDirtyTimestamp"`, strconv.FormatInt(in.LastChangedMs, 10))
	}
	text(`"vipAddress"`, in.VIP)
	text(`"secureVipAddress"`, in.SecureVIP)
	dst = append(dst, `"actionType":"`...)
	return append(append(dst, row.Action.String()...), `"}`...)
}

func keys(in *model.Instance) []string {
	out := make([]string, 0, len(in.Metadata))
	for key := range in.Metadata {
		out = append(out, key)
	}
	slices.Sort(out)
	return out
}

// xmlDialect has no separators, and says little of an instance.
type xmlDialect struct{ compact bool }

func (d xmlDialect) AppendHead(dst []byte, h Heading) []byte {
	dst = append(dst, "<applications>"...)
	if !d.compact {
		dst = d.appendHeading(dst, h)
	}
	return dst
}

func (d xmlDialect) AppendTail(dst []byte, h Heading) []byte {
	if d.compact {
		dst = d.appendHeading(dst, h)
	}
	return append(dst, "</applications>"...)
}

func (d xmlDialect) appendHeading(dst []byte, h Heading) []byte {
	dst = strconv.AppendUint(append(dst, "<versions__delta>"...), h.Version, 10)
	return append(append(append(dst, "</versions__delta><apps__hashcode>"...), h.HashCode...), "</apps__hashcode>"...)
}

func (d xmlDialect) AppendOpening(dst []byte, app string) []byte {
	return append(append(append(dst, "<application><name>"...), app...), "</name>"...)
}

func (d xmlDialect) AppendClosing(dst []byte, app string) []byte {
	return append(dst, "</application>"...)
}

func (d xmlDialect) Separator() string { return "" }
func (d xmlDialect) Compact() bool     { return d.compact }

func (d xmlDialect) AppendRow(dst []byte, row *Row) []byte {
	in := row.Instance()
	dst = append(dst, "<instance><instanceId>"+in.ID+"</instanceId><app>"+in.App+"</app><status>"+string(in.Status)+"</status>"...)
	if !d.compact {
		dst = append(dst, "<homePageUrl>"+in.HomePageURL+"</homePageUrl>"...)
	}
	return append(dst, "<actionType>"+row.Action.String()+"</actionType></instance>"...)
}
