package eurekatest

import (
	"fmt"
	"net/url"
	"strings"
)

// changedAt is the lastDirtyTimestamp of registrations that say one.
const changedAt = 1_767_225_600_000

const (
	asJSON = "application/json"
	asXML  = "application/xml"
)

func pathEscape(text string) string { return url.PathEscape(text) }

// pathUnescape undoes it for a path that is known to be right.
func pathUnescape(text string) string {
	out, _ := url.PathUnescape(text)
	return out
}

// fields are those of a registration, name and JSON value in turn, in their order.
type fields []string

// usual returns the registration of a usual client, changed: each change is a name and
// a value, "" for none of that name; what isn't there yet is added at the end.
func usual(changes ...string) fields {
	f := fields{
		"instanceId", `"{id}"`, "hostName", `"{id}.test"`, "app", `"{app}"`, "ipAddr", `"10.0.0.1"`, "status", `"UP"`,
		"overriddenStatus", `"UNKNOWN"`, "port", `{"$":8080,"@enabled":"true"}`, "securePort", `{"$":443,"@enabled":"false"}`,
		"countryId", `1`, "dataCenterInfo", myOwn,
		"leaseInfo", `{"renewalIntervalInSecs":30,"durationInSecs":90}`, "metadata", `{"zone":"north"}`,
		"homePageUrl", `"http://{id}.test:8080/"`, "statusPageUrl", `"http://{id}.test:8080/info"`,
		"healthCheckUrl", `"http://{id}.test:8080/health"`, "vipAddress", `"{vip}"`, "secureVipAddress", `"{vip}"`,
		"isCoordinatingDiscoveryServer", `"false"`, "lastUpdatedTimestamp", fmt.Sprintf(`"%d"`, changedAt),
		"lastDirtyTimestamp", fmt.Sprintf(`"%d"`, changedAt),
	}
	for i := 0; i < len(changes); i += 2 {
		f = f.with(changes[i], changes[i+1])
	}
	return f
}

const myOwn = `{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"}`

func (f fields) with(name, value string) fields {
	for i := 0; i < len(f); i += 2 {
		if f[i] != name {
			continue
		}
		if value == "" {
			return append(append(fields{}, f[:i]...), f[i+2:]...)
		}
		f = append(fields{}, f...)
		f[i+1] = value
		return f
	}
	if value == "" {
		return f
	}
	return append(f[:len(f):len(f)], name, value)
}

// bare is the instance without what stands around it.
func (f fields) bare() string {
	var pairs []string
	for i := 0; i < len(f); i += 2 {
		pairs = append(pairs, fmt.Sprintf("%q:%s", f[i], f[i+1]))
	}
	return "{" + strings.Join(pairs, ",") + "}"
}

func (f fields) body() string { return `{"instance":` + f.bare() + `}` }

// registers is the step of a usual registration with that body.
func registers(name, body string) step {
	return step{name: name, method: "POST", path: "/eureka/apps/{app}", headers: map[string]string{"Content-Type": asJSON, "Accept": asJSON}, body: body}
}

// registersXML is the step of a registration in XML.
func registersXML(name, body string) step {
	s := registers(name, body)
	s.headers = map[string]string{"Content-Type": asXML, "Accept": asXML}
	return s
}

func gets(path, accept string) step {
	s := step{method: "GET", path: path, headers: map[string]string{}}
	if accept != "" {
		s.headers["Accept"] = accept
	}
	s.name = accept
	return s
}

func puts(path string) step    { return step{method: "PUT", path: path} }
func deletes(path string) step { return step{method: "DELETE", path: path} }

// peers is a step as another server makes it.
func peers(s step) step {
	headers := map[string]string{"x-netflix-discovery-replication": "true"}
	for name, value := range s.headers {
		headers[name] = value
	}
	s.headers = headers
	s.name = strings.TrimSpace(s.name + " as a peer")
	return s
}

// called gives a step its name.
func called(name string, s step) step {
	s.name = name
	return s
}

const instance = "/eureka/apps/{app}/{id}"

// looks are the steps that look at all there is.
func looks() []step {
	return []step{gets(instance, asJSON), gets("/eureka/apps", asJSON), gets("/eureka/apps/delta", asJSON)}
}
