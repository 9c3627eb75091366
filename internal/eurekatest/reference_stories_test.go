package eurekatest

import (
	"fmt"
	"strings"
)

// stories returns all of them.
func stories() []story {
	var all []story
	all = append(all, readStories()...)
	all = append(all, stateStories()...)
	all = append(all, registrationStories()...)
	all = append(all, xmlStories()...)
	all = append(all, batchStories()...)
	all = append(all, oddStories()...)
	return all
}

// crowd registers instances in all states that documents show.
func crowd() []step {
	at := func(app string, f fields) step {
		s := registers("", f.with("app", `"`+app+`"`).body())
		s.path = "/eureka/apps/" + app
		return s
	}
	id := func(n int) string { return fmt.Sprintf(`"{id}-%d"`, n) }
	return []step{
		at("{app}", usual("instanceId", id(1))),
		at("{app}", usual("instanceId", id(2), "status", `"DOWN"`, "vipAddress", `"{vip}-a,{vip}-b"`)),
		at("{app}", usual("instanceId", id(3), "status", `"STARTING"`, "secureVipAddress", `"{vip}-s"`, "securePort", `{"$":8443,"@enabled":"true"}`)),
		at("{app}", usual("instanceId", id(4), "status", `"OUT_OF_SERVICE"`, "asgName", `"group"`, "appGroupName", `"Shop"`)),
		at("{app}-B", usual("instanceId", id(5), "metadata", `{}`, "port", `{"$":8081,"@enabled":"false"}`)),
		at("{app}-B", usual("instanceId", id(6), "metadata", `{"a_b":"1","a$b":"2","a.b":"3","a-b":"4","A":"é<&>\"'"}`)),
		at("{app}-B", usual("instanceId", `"{id}:shop:8080"`, "dataCenterInfo", amazon)),
		at("{app}-B", usual("instanceId", id(8), "dataCenterInfo", strings.Replace(myOwn, "MyOwn", "Netflix", 1))),
		at("{app}-B", usual("instanceId", id(9))),
		puts("/eureka/apps/{app}-B/{id}-9/status?value=OUT_OF_SERVICE"),
	}
}

const amazon = `{"@class":"com.netflix.appinfo.AmazonInfo","name":"Amazon","metadata":{"instance-id":"i-{id}","ami-id":"ami-1",` +
	`"instance-type":"m1","local-ipv4":"10.0.0.7","public-ipv4":"192.0.2.7","public-hostname":"p.test","availability-zone":"us-east-1c","vpc-id":"v-1","accountId":"7","mac":"m"}}`

// readStories ask for every document in every way.
func readStories() []story {
	var all []story
	for _, path := range []string{
		"/eureka/apps", "/eureka/apps/", "/eureka/apps/delta", "/eureka/apps/{app}", "/eureka/apps/{app}-B", "/eureka/apps/{app}-b/", "/eureka/apps/NOPE-{app}",
		"/eureka/apps/{app}/{id}-1", "/eureka/apps/{app}/{id}-4", "/eureka/apps/{app}-B/{id}:shop:8080", "/eureka/apps/{app}-B/{id}%3Ashop%3A8080", "/eureka/apps/{app}/{id}-99",
		"/eureka/instances/{id}-2", "/eureka/instances/{id}-99", "/eureka/vips/{vip}", "/eureka/vips/{vip}-b", "/eureka/vips/{app}", "/eureka/vips/nope",
		"/eureka/svips/{vip}-s", "/eureka/svips/nope", "/eureka/v2/apps", "/eureka/v2/apps/{app}/{id}-1",
	} {
		s := story{name: "documents of " + path, steps: crowd()}
		for _, accept := range []string{"", "*/*", asJSON, asXML, "text/html", "application/json, application/*+json"} {
			for _, form := range []string{"", "compact", "COMPACT", "tiny"} {
				for _, encoding := range []string{"", "gzip"} {
					if encoding != "" && (form == "COMPACT" || form == "tiny") {
						continue
					}
					r := gets(path, accept)
					r.name = fmt.Sprintf("Accept %s, %s, %s", accept, form, encoding)
					if form != "" {
						r.headers["X-Eureka-Accept"] = form
					}
					if encoding != "" {
						r.headers["Accept-Encoding"] = encoding
					} else {
						r.headers["Accept-Encoding"] = "identity"
					}
					s.steps = append(s.steps, r)
				}
			}
		}
		all = append(all, s)
	}
	empty := story{name: "an empty registry"}
	for _, path := range []string{"/eureka/apps", "/eureka/apps/{app}", instance, "/eureka/vips/{vip}", "/eureka/svips/{vip}", "/eureka/instances/{id}"} {
		empty.steps = append(empty.steps, gets(path, asJSON), gets(path, asXML))
	}
	return append(all, empty)
}

// states are the ways an instance may be in.
func states() map[string][]step {
	status := func(s string) []step { return []step{registers("", usual("status", `"`+s+`"`).body())} }
	up := status("UP")
	with := func(more ...step) []step { return append(up[:1:1], more...) }
	return map[string][]step{
		"unknown": nil,
		"UP":      up, "DOWN": status("DOWN"), "STARTING": status("STARTING"), "OUT_OF_SERVICE": status("OUT_OF_SERVICE"), "UNKNOWN": status("UNKNOWN"),
		"overridden": with(puts(instance + "/status?value=OUT_OF_SERVICE")),
		"removed":    with(deletes(instance)),
		"edited":     with(puts(instance + "/metadata?tier=gold")),
	}
}

// acts are the requests that change something.
func acts() []step {
	beat := func(query string) step { return puts(instance + query) }
	dirty := func(by int) string { return fmt.Sprint(changedAt + by) }
	list := []step{
		beat(""), called("a body", step{method: "PUT", path: instance, headers: map[string]string{"Content-Type": asJSON, "Accept": asJSON}, body: "{}"}),
		beat("?status=DOWN"), beat("?status=nonsense"), beat("?status=UP&lastDirtyTimestamp=" + dirty(0)),
		beat("?status=UP&lastDirtyTimestamp=" + dirty(1)), beat("?lastDirtyTimestamp=" + dirty(-1)),
		beat("?lastDirtyTimestamp=abc"), beat("?lastDirtyTimestamp="), beat("?overriddenstatus=DOWN"),
		peers(beat("?status=UP&lastDirtyTimestamp=" + dirty(0))), peers(beat("?status=UP&lastDirtyTimestamp=" + dirty(-1))),
		peers(beat("?status=UP&lastDirtyTimestamp=" + dirty(1) + "&overriddenstatus=OUT_OF_SERVICE")),
		deletes(instance), peers(deletes(instance)),
		puts(instance + "/status"), puts(instance + "/status?value="), puts(instance + "/status?value=nonsense"), puts(instance + "/status?value=down"),
		puts(instance + "/status?value=DOWN&lastDirtyTimestamp=abc"), puts(instance + "/status?value=DOWN&lastDirtyTimestamp=" + dirty(5)),
		peers(puts(instance + "/status?value=DOWN&lastDirtyTimestamp=" + dirty(5))),
		deletes(instance + "/status"), deletes(instance + "/status?value=UP"), deletes(instance + "/status?value=nonsense"),
		peers(deletes(instance + "/status?value=DOWN&lastDirtyTimestamp=" + dirty(5))),
		puts(instance + "/metadata"), puts(instance + "/metadata?a=1&b=2"), puts(instance + "/metadata?a=1&a=2"), puts(instance + "/metadata?zone=south"),
		puts(instance + "/metadata?a%20b=c%26d&e"), peers(puts(instance + "/metadata?a=1")),
	}
	for _, s := range []string{"UP", "DOWN", "STARTING", "OUT_OF_SERVICE", "UNKNOWN"} {
		list = append(list, puts(instance+"/status?value="+s), called("as "+s, registers("", usual("status", `"`+s+`"`, "lastDirtyTimestamp", dirty(1)).body())))
	}
	again := func(name string, by int) step {
		return registers(name, usual("ipAddr", `"10.0.0.2"`, "lastDirtyTimestamp", dirty(by)).body())
	}
	return append(list, again("again", 0), again("newer", 1), again("older", -1), peers(again("again", 0)), peers(again("newer", 1)), peers(again("older", -1)),
		peers(registers("overridden there", usual("overriddenStatus", `"OUT_OF_SERVICE"`).body())))
}

// stateStories do everything in every state, and look at what it led to.
func stateStories() []story {
	var all []story
	for _, state := range []string{"unknown", "UP", "DOWN", "STARTING", "OUT_OF_SERVICE", "UNKNOWN", "overridden", "removed", "edited"} {
		for _, act := range acts() {
			s := story{name: state, steps: append(append([]step{}, states()[state]...), act)}
			s.steps = append(s.steps, looks()...)
			all = append(all, s)
		}
	}
	return all
}

// batchStories are what other servers pass on.
func batchStories() []story {
	post := func(name, body string) step {
		return step{name: name, method: "POST", path: "/eureka/peerreplication/batch/", headers: map[string]string{"Content-Type": asJSON, "Accept": asJSON}, body: body}
	}
	item := func(action, more string) string {
		return `{"appName":"{app}","id":"{id}","action":"` + action + `"` + more + `}`
	}
	list := func(items ...string) string { return `{"replicationList":[` + strings.Join(items, ",") + `]}` }
	at := func(by int) string { return fmt.Sprintf(`,"lastDirtyTimestamp":%d`, changedAt+by) }
	registers := func(changes ...string) string {
		return item("Register", at(0)+`,"instanceInfo":`+usual(changes...).bare())
	}
	posts := []step{
		post("none", list()), post("empty object", `{}`), post("empty body", ""), post("broken", `{"replicationList":[`), post("an unknown key", `{"replicationList":[],"more":1}`),
		post("no action", list(`{"appName":"{app}","id":"{id}"}`)), post("unknown action", list(item("Dance", ""))), post("unknown key of an item", list(item("Heartbeat", `,"more":1`))),
		post("register", list(registers())), post("register refused", list(registers("ipAddr", ""))), post("register without an instance", list(item("Register", at(0)))),
		post("register overridden", list(registers("overriddenStatus", `"DOWN"`))),
		post("heartbeat", list(item("Heartbeat", at(0)+`,"status":"UP"`))), post("heartbeat newer", list(item("Heartbeat", at(1)+`,"status":"UP"`))),
		post("heartbeat older", list(item("Heartbeat", at(-1)+`,"status":"UP"`))), post("heartbeat without a time", list(item("Heartbeat", `,"status":"UP"`))),
		post("heartbeat overridden", list(item("Heartbeat", at(1)+`,"status":"UP","overriddenStatus":"OUT_OF_SERVICE"`))),
		post("cancel", list(item("Cancel", ""))), post("cancel twice", list(item("Cancel", ""), item("Cancel", ""))),
		post("status", list(item("StatusUpdate", at(0)+`,"status":"OUT_OF_SERVICE"`))), post("no status", list(item("StatusUpdate", at(0)))),
		post("clear", list(item("DeleteStatusOverride", at(0)+`,"status":"UP"`))), post("clear without a time", list(item("DeleteStatusOverride", ""))),
		post("several", list(registers(), item("StatusUpdate", at(0)+`,"status":"DOWN"`), item("Heartbeat", at(0)), item("Cancel", ""), item("Heartbeat", at(0)))),
	}
	zip := post("gzip", list(registers()))
	zip.headers = map[string]string{"Content-Type": asJSON, "Content-Encoding": "gzip", "Accept": asJSON}
	posts = append(posts, zip)
	var all []story
	for _, state := range []string{"unknown", "UP", "UNKNOWN", "overridden"} {
		for _, p := range posts {
			s := story{name: "batch " + state, steps: append(append([]step{}, states()[state]...), p)}
			s.steps = append(s.steps, looks()...)
			all = append(all, s)
		}
	}
	return all
}
