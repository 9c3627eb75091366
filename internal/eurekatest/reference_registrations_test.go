package eurekatest

import (
	"fmt"
	"strings"
)

// registrationStories register in all ways that clients have, and in some that they
// shouldn't have.
func registrationStories() []story {
	var all []story
	add := func(name string, s step) {
		s.name = name
		steps := append([]step{s}, looks()...)
		all = append(all, story{"registration", append(steps, gets(instance, asXML), gets("/eureka/apps", asXML))})
	}
	body := func(name, text string) { add(name, registers("", text)) }
	for _, change := range fieldChanges() {
		name := change[0] + " " + change[1]
		if change[1] == "" {
			name = "no " + change[0]
		}
		body(name, usual(change[0], change[1]).body())
	}
	body("an empty body", "")
	body("broken", `{"instance":{"instanceId":`)
	body("no JSON", "hello")
	body("a list", "[]")
	body("null", "null")
	body("an empty object", "{}")
	body("no wrapper", usual().bare())
	body("a key beside the instance", `{"instance":`+usual().bare()+`,"more":1}`)
	body("an empty instance", `{"instance":{}}`)
	body("a null instance", `{"instance":null}`)
	body("more after it", usual().body()+"{}")
	body("keys in another order", `{"instance":{"dataCenterInfo":`+myOwn+`,"ipAddr":"10.0.0.1","app":"{app}","hostName":"h","status":"UP","instanceId":"{id}"}}`)
	body("least", `{"instance":{"hostName":"{id}","app":"{app}","ipAddr":"10.0.0.1","dataCenterInfo":`+myOwn+`}}`)
	body("nothing that names it", usual("instanceId", "", "hostName", "").body())
	body("wrong in two ways: first", usual("hostName", `""`, "ipAddr", `""`).body())
	body("wrong in two ways: second", usual("ipAddr", `""`, "app", `""`).body())
	body("wrong in two ways: third", usual("app", `"OTHER"`, "dataCenterInfo", "").body())
	types := map[string]string{
		"utf-8": "application/json; charset=UTF-8", "latin": "application/json;charset=ISO-8859-1", "another charset": "application/json;charset=utf-16",
		"no type": "", "any type": "*/*", "text": "text/plain", "form": "application/x-www-form-urlencoded", "vendor": "application/vnd.x+json", "XML for JSON": asXML, "text/json": "text/json",
	}
	for _, name := range []string{"utf-8", "latin", "another charset", "no type", "any type", "text", "form", "vendor", "XML for JSON", "text/json"} {
		s := registers("", usual().body())
		s.headers = map[string]string{"Accept": asJSON}
		if types[name] != "" {
			s.headers["Content-Type"] = types[name]
		}
		add("type "+name, s)
	}
	for _, path := range []string{"/eureka/apps/{vip}", "/eureka/apps/{app}/", "/eureka/v2/apps/{app}", "/eureka/apps/OTHER-{app}"} {
		s := registers("", usual().body())
		s.path = path
		add("at "+path, s)
	}
	zip := registers("", usual().body())
	zip.headers = map[string]string{"Content-Type": asJSON, "Content-Encoding": "gzip"}
	add("gzip", zip)
	return all
}

// fieldChanges are names of fields and what they may be instead; "": nothing.
func fieldChanges() [][2]string {
	var all [][2]string
	add := func(name string, values ...string) {
		for _, v := range values {
			all = append(all, [2]string{name, v})
		}
	}
	for _, text := range []string{"instanceId", "hostName", "ipAddr", "app", "vipAddress", "secureVipAddress", "homePageUrl", "statusPageUrl", "healthCheckUrl"} {
		add(text, "", `""`, "null")
	}
	add("instanceId", `" "`, "7", `"{id}:a:80"`)
	add("app", `"{vip}"`, `"OTHER"`)
	add("sid", `"na"`, `"unknown"`, `"s-1"`)
	for _, status := range []string{"status", "overriddenStatus"} {
		add(status, "", `""`, "null", `"up"`, `"NONSENSE"`, `"DOWN"`, `"OUT_OF_SERVICE"`, `"UNKNOWN"`, "7")
	}
	add("overriddenstatus", `"DOWN"`)
	for _, port := range []string{"port", "securePort"} {
		add(port, "", "null", "9000", `"9000"`, `{"$":9000,"@enabled":true}`, `{"$":9000,"@enabled":false}`, `{"$":"9000","@enabled":"true"}`, `{"$":0,"@enabled":"true"}`,
			`{"$":-1,"@enabled":"false"}`, `{"$":70000,"@enabled":"true"}`, `{"@enabled":"true"}`, `{"$":9000}`, `{}`, `{"$":9000,"@enabled":"true","more":1}`, `{"$":null,"@enabled":null}`)
	}
	add("countryId", "", "0", "7", `"7"`, "null", `"x"`)
	add("dataCenterInfo", "", "null", "{}", `{"name":"MyOwn"}`, `{"@class":"x.Y","name":"MyOwn"}`, `{"@class":"com.netflix.appinfo.MyDataCenterInfo","name":"MyOwn"}`,
		strings.Replace(myOwn, "MyOwn", "Netflix", 1), strings.Replace(myOwn, "MyOwn", "Mars", 1), strings.Replace(myOwn, `"MyOwn"`, "null", 1), strings.Replace(myOwn, "}", `,"metadata":{"a":"1"}}`, 1),
		amazon, strings.Replace(amazon, `"instance-id":"i-{id}",`, "", 1), `{"@class":"com.netflix.appinfo.AmazonInfo","name":"Amazon","metadata":{}}`,
		strings.Replace(amazon, `"mac":"m"`, `"mac":"","unheard-of":"x"`, 1), `{"name":"Amazon","@class":"com.netflix.appinfo.AmazonInfo","metadata":{"instance-id":"i-{id}"}}`)
	add("leaseInfo", "", "null", "{}", `{"renewalIntervalInSecs":0,"durationInSecs":0}`, `{"renewalIntervalInSecs":-1,"durationInSecs":-1}`, `{"renewalIntervalInSecs":"5","durationInSecs":"15"}`,
		`{"renewalIntervalInSecs":5}`, `{"durationInSecs":15,"more":1}`, fmt.Sprintf(`{"renewalIntervalInSecs":10,"durationInSecs":40,"registrationTimestamp":%d,"serviceUpTimestamp":%d,"lastRenewalTimestamp":%d}`, changedAt, changedAt, changedAt))
	add("metadata", "", "null", "{}", `{"@class":"java.util.Collections$EmptyMap"}`, `{"@class":"java.util.HashMap","a":"1"}`, `{"a":1,"b":true,"c":1.5,"d":null,"e":""}`, `{"a":{"b":"c"}}`, `{"a":["b"]}`,
		`{"a b":"1","1":"2","ä":"ö","a/b":"3","":"4"}`, `{"a_b__c":"1","$x":"2","x$":"3","_":"4","-":"5",".":"6","a:b":"7"}`, `{"a":"line\nbreak\ttab"}`, `{"a":"😀"}`, `{"a":"\u0001"}`, `"text"`, `{"instanceId":"other"}`)
	add("isCoordinatingDiscoveryServer", "", "true", `"true"`, "null", `"x"`)
	for _, at := range []string{"lastUpdatedTimestamp", "lastDirtyTimestamp"} {
		add(at, "", "null", `"x"`, "0", "7", `"7"`, `""`)
	}
	add("actionType", `"ADDED"`, `"DELETED"`, `"MODIFIED"`, `"x"`, "null")
	add("appGroupName", `"Group"`, `"unknown"`, `""`)
	add("asgName", `"group"`, `""`)
	add("secureHealthCheckUrl", `"https://{id}.test/health"`)
	add("unheardOf", "1", `"x"`, `{"a":1}`, `[1]`)
	return all
}

// xmlStories register in XML.
func xmlStories() []story {
	const rest = `<dataCenterInfo class="com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo"><name>MyOwn</name></dataCenterInfo>`
	document := func(more string) string {
		return `<instance><instanceId>{id}</instanceId><hostName>{id}.test</hostName><app>{app}</app><ipAddr>10.0.0.1</ipAddr>` + more + `</instance>`
	}
	bodies := [][2]string{
		{"least", document(rest)}, {"declared", `<?xml version="1.0" encoding="UTF-8"?>` + document(rest)}, {"comments", "<!-- a -->" + document(rest+"<!-- b -->")},
		{"indented", strings.ReplaceAll(document(rest), "><", ">\n  <")},
		{"ports", document(rest + `<port enabled="true">9000</port><securePort enabled="true">9443</securePort>`)}, {"bare ports", document(rest + `<port>9000</port><securePort>9443</securePort>`)},
		{"odd ports", document(rest + `<port enabled="TRUE">9000</port><securePort enabled="x"> 9443 </securePort>`)}, {"broken port", document(rest + `<port>x</port>`)},
		{"metadata", document(rest + `<metadata><zone>north</zone><a__b>1</a__b><a_-b>2</a_-b><e></e></metadata>`)}, {"empty metadata", document(rest + `<metadata class="java.util.Collections$EmptyMap"/>`)},
		{"deep metadata", document(rest + `<metadata><a><b>c</b></a></metadata>`)},
		{"status", document(rest + `<status>DOWN</status>`)}, {"small status", document(rest + `<status>down</status>`)}, {"empty status", document(rest + `<status></status>`)}, {"nonsense status", document(rest + `<status>x</status>`)},
		{"overridden", document(rest + `<overriddenstatus>DOWN</overriddenstatus>`)}, {"overridden in camels", document(rest + `<overriddenStatus>DOWN</overriddenStatus>`)}, {"empty overridden", document(rest + `<overriddenstatus></overriddenstatus>`)},
		{"lease", document(rest + `<leaseInfo><renewalIntervalInSecs>5</renewalIntervalInSecs><durationInSecs>15</durationInSecs></leaseInfo>`)}, {"broken lease", document(rest + `<leaseInfo><durationInSecs>x</durationInSecs></leaseInfo>`)},
		{"vips", document(rest + `<vipAddress>{vip}</vipAddress><secureVipAddress>{vip}-s</secureVipAddress>`)}, {"entities", document(rest + `<homePageUrl>http://x/?a=1&amp;b=2&lt;&#233;</homePageUrl>`)},
		{"cdata", document(rest + `<homePageUrl><![CDATA[http://x/?a&b]]></homePageUrl>`)}, {"unknown element", document(rest + `<unheardOf><a>1</a></unheardOf>`)}, {"times", document(rest + `<lastDirtyTimestamp>1767225600000</lastDirtyTimestamp><lastUpdatedTimestamp>x</lastUpdatedTimestamp>`)},
		{"amazon", document(`<dataCenterInfo class="com.netflix.appinfo.AmazonInfo"><name>Amazon</name><metadata><instance-id>i-{id}</instance-id><local-ipv4>10.0.0.7</local-ipv4></metadata></dataCenterInfo>`)},
		{"small amazon", document(`<dataCenterInfo><name>amazon</name><metadata></metadata></dataCenterInfo>`)}, {"no class", document(`<dataCenterInfo><name>MyOwn</name></dataCenterInfo>`)},
		{"unknown data centre", document(`<dataCenterInfo><name>Mars</name></dataCenterInfo>`)}, {"no data centre", document("")}, {"empty data centre", document(`<dataCenterInfo/>`)},
		{"metadata of its own", document(`<dataCenterInfo><name>MyOwn</name><metadata><a>1</a></metadata></dataCenterInfo>`)},
		{"no id", strings.Replace(document(rest), "<instanceId>{id}</instanceId>", "", 1)}, {"no host", strings.Replace(document(rest), "<hostName>{id}.test</hostName>", "", 1)},
		{"no address", strings.Replace(document(rest), "<ipAddr>10.0.0.1</ipAddr>", "", 1)}, {"no application", strings.Replace(document(rest), "<app>{app}</app>", "", 1)},
		{"another application", strings.Replace(document(rest), "<app>{app}</app>", "<app>OTHER</app>", 1)}, {"twice", strings.Replace(document(rest), "<app>", "<ipAddr>10.0.0.2</ipAddr><app>", 1)},
		{"another root", strings.NewReplacer("<instance>", "<thing>", "</instance>", "</thing>").Replace(document(rest))}, {"broken", "<instance><hostName>"}, {"empty", ""}, {"no XML", "hello"}, {"JSON", usual().body()},
		{"sid and more", document(rest + `<sid>na</sid><countryId>1</countryId><appGroupName>Group</appGroupName><asgName>g</asgName><isCoordinatingDiscoveryServer>false</isCoordinatingDiscoveryServer><actionType>ADDED</actionType>`)},
	}
	var all []story
	for _, b := range bodies {
		steps := append([]step{registersXML(b[0], b[1])}, looks()...)
		all = append(all, story{"XML", append(steps, gets(instance, asXML))})
	}
	return all
}
