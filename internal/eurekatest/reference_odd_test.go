package eurekatest

import "net/http"

// oddStories are requests that no client should make, and those that few do.
func oddStories() []story {
	up := registers("", usual().body())
	var all []story
	add := func(name string, steps ...step) { all = append(all, story{name, append([]step{up}, steps...)}) }

	methods := story{name: "methods", steps: []step{up}}
	for _, path := range []string{"/eureka/apps", "/eureka/apps/delta", "/eureka/apps/{app}", instance, instance + "/status", instance + "/metadata", "/eureka/instances/{id}", "/eureka/vips/{vip}", "/eureka/peerreplication/batch"} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPatch, http.MethodOptions} {
			if method == http.MethodPost && (path == "/eureka/apps/{app}" || path == "/eureka/peerreplication/batch") {
				continue // which are good requests, seen elsewhere
			}
			methods.steps = append(methods.steps, step{method: method, path: path, headers: map[string]string{"Accept": asJSON}})
		}
	}
	for _, path := range []string{"/eureka/apps", "/eureka/apps/{app}", "/eureka/vips/{vip}"} {
		methods.steps = append(methods.steps, step{method: http.MethodPut, path: path}, step{method: http.MethodDelete, path: path})
	}
	all = append(all, methods)

	paths := story{name: "paths", steps: []step{up}}
	for _, path := range []string{
		"/eureka", "/eureka/", "/eureka/nothing", "/eureka/apps/{app}/{id}/nothing", "/eureka/apps/{app}/{id}/status/more", "/eureka//apps", "/eureka/apps//{app}", "/eureka/apps/{app}/",
		"/eureka/apps/{app}/{id}/", "/eureka/apps/%7Bapp%7D", "/eureka/apps/a%20b", "/eureka/apps/a%2Fb", "/eureka/vips", "/eureka/vips/", "/eureka/instances", "/eureka/v1/apps", "/eureka/v3/apps", "/eureka/v2/v2/apps",
		"/eureka/apps;x=1", "/eureka/apps?regions=", "/eureka/apps/delta/", "/eureka/apps/DELTA", "/eureka/instances/{id}/", "/eureka/vips/{vip}/", "/eureka/serverinfo/statusoverrides", "/serverinfo/statusoverrides",
		"/eureka/apps/..%2fapps", "/eureka/peerreplication", "/eureka/Apps", "/eureka/asg/x/status",
	} {
		paths.steps = append(paths.steps, gets(path, asJSON))
	}
	all = append(all, paths)

	for _, id := range []string{"{id}%3Aa%3A80", "{id}:a:80", "{id}%20b", "{id}+b", "{id}%2Bb", "{id}%C3%A9", "test%231.%5B3.%3F%5D!{id}", "{id};v=1", "{id}%3Bv=1", "{id}@b", "{id}%25b", "{id}~b", "{id}.b", "({id})"} {
		decoded := pathUnescape(id)
		named := registers("", usual("instanceId", `"`+decoded+`"`).body())
		s := story{name: "ids", steps: []step{named}}
		path := "/eureka/apps/{app}/" + id
		s.steps = append(s.steps, gets(path, asJSON), puts(path), puts(path+"/status?value=DOWN"), gets("/eureka/instances/"+id, asJSON), deletes(path+"/status?value=UP"), deletes(path), gets("/eureka/apps/{app}", asJSON))
		all = append(all, s)
	}

	add("groups", puts("/eureka/asg/x/status?value=ENABLED"), puts("/eureka/asg/x/status?value=x"), puts("/eureka/asg/x/status"))
	add("status of the server", gets("/eureka/status", asXML), gets("/eureka/status", asJSON))
	add("an override and after", puts(instance+"/status?value=OUT_OF_SERVICE"), called("newer", registers("", usual("lastDirtyTimestamp", "1767225600001").body())), looks()[0],
		called("starting", registers("", usual("status", `"STARTING"`, "lastDirtyTimestamp", "1767225600002").body())), looks()[0])
	add("a life", puts(instance+"?status=UP"), looks()[2], deletes(instance), looks()[2], looks()[1], up, looks()[1], looks()[2])
	add("removed and back", puts(instance+"/status?value=DOWN"), deletes(instance), up, looks()[0])
	return all
}
