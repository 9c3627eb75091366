package eurekatest

import "regexp"

// accepted is a difference that is meant, or that no client can see.
type accepted struct {
	step, what, theirs, ours *regexp.Regexp // of what is covered
	// reason says why.
	reason string
	// row is where docs/eureka1.md says so: a part of it, or "" for what isn't worth a word.
	row string
}

// covers reports whether the difference is this one.
func (a *accepted) covers(d *difference) bool {
	return a.what.MatchString(d.what) && a.step.MatchString(d.step) && a.theirs.MatchString(d.theirs) && a.ours.MatchString(d.ours)
}

// acceptedDifferences lists all of them. The first that covers a difference counts.
func acceptedDifferences() []accepted {
	var all []accepted
	for _, a := range acceptedPatterns() {
		re := regexp.MustCompile
		all = append(all, accepted{re(a[0]), re(a[1]), re(a[2]), re(a[3]), a[4], a[5]})
	}
	return all
}

// atTimes begins the reason of what depends on what was under way when, so that it
// needn't be there.
const atTimes = "at times: "

// acceptedPatterns is the table: step, what, theirs and ours as patterns, the reason,
// and the part of docs/eureka1.md. An empty pattern covers anything.
func acceptedPatterns() [][6]string {
	const (
		any  = ""
		seen = "tatus$|apps__hashcode$" // what shows of a status

		smaller = "registration with a smaller `lastDirtyTimestamp`"
	)
	return [][6]string{
		// Answers that aren't Eureka's own.
		{any, "^error page$", "of its container", "nothing|no document|type code name", "an error page of Spring's; here there is none, or a text", "an error's body"},
		{`^methods > OPTIONS`, "^status$", "200", "405", "Jersey answers it with a description", "OPTIONS"},
		{`^methods > HEAD`, "^Allow$", "options", any, "OPTIONS again", "OPTIONS"},
		{`^methods > HEAD`, "^Content-Type$", "application/json", "^$", "there is no body either way", "an error's body"},
		{"text/html", "^status$", "406", "200|404", "people get XML, too", "`Accept: text/html`"},
		{`^paths > GET .*(//|v1|v3|v2/v2|serverinfo|;x|/eureka/vips/|/eureka/instances/)`, "^status$", "404", "200", "the same at all its addresses", "`/eureka/v2/` and `/v2/` are the same"},
		{`^paths > .*%2[fF]`, "^status$", "400", "404", "Tomcat refuses an encoded slash", "an encoded slash"},
		{`^paths > GET .*;x`, "^status$", "200", "404", "what follows is part of the name", "a semicolon"},
		{`^ids .*;v=1`, "^status$", "404", "200", "what follows is part of the name", "a semicolon"},
		{`^methods > POST /eureka/apps/delta`, "^status$", "405", "400", "an application may be named so", "an application named DELTA"},
		{`^status of the server`, `^body\.generalStats\.(total-avail-memory|current-memory-usage|num-of-cpus|server-uptime|environment)$`, any, any, "each tells of itself", "the other nodes count as replicas"},
		{`^status of the server`, `^body\.instanceInfo\.(instanceId|hostName|ipAddr|\w+Url|secureVipAddress|actionType|(leaseInfo\.)?\w+Timestamp)$`, any, any, "each tells of itself", "the other nodes count as replicas"},
		{`^status of the server`, `^body\.applicationStats\.(registered|available)-replicas$`, `^""$`, `^"http://[^,]*/eureka/"$`, "the write node of a read node", "the other nodes count as replicas"},
		{`^status of the server`, `^body\.isHeathly$`, "^\\(absent\\)$", `^"true"$`, "each tells of itself", "the other nodes count as replicas"},
		{`^status of the server`, "^status$", "500", "200", "there JSON fails", "JSON fails by default"},
		{`^registration > POST [^>]*\(type any type\)$`, "^Content-Type$", `^\*/\*$`, "^application/xml$", "there the answer has the type */*, too", "an error's body"},
		{`^registration > POST [^>]*\(type any type\)$`, "^body$", "cannot parse request body", `^\(object\) message$`, "the same, told as what it is", "an error's body"},

		// Refusals.
		{"abc|/status$|value=|^batch|null", "^status$", "500|404|200", "400", "what can't be read is said first, and isn't the server's failure", "that can't be read"},
		{`PUT /eureka/apps/{app}/{id}\?lastDirtyTimestamp=$`, "^status$", "500", "200", "an empty time is none", "that can't be read"},
		{"^(registration|XML)", "^Content-Type$", "application/(json|xml)", "text/plain", "a text is no document", "a text"},
		{"^(registration|XML)", "^body$", `^\(object\) (error|message)|Missing dataCenterInfo$`, `^\(no document\) Missing (appName|instanceId|dataCenterInfo Name)$`, "it can be read, and lacks something", "a text"},
		{"no type", "^status$", "415", "400", "it is taken for XML, and can't be read", "that can't be read"},
		{`\((more after it|metadata \{"a":\["b"\]\}|metadata .*"":"4"\}|deep metadata)\)$`, "^status$", "204", "400", "what is lost there is refused", "are refused that it may take"},
		{`^registration .*\((p|secureP)ort ("?9000"?|.*,"more":1\})\)$`, "^status$", "400", "204", "bare ports, and keys that nobody knows", "More than the reference server accepts"},
		{`^registration .*\(dataCenterInfo \{("name":"MyOwn"|"@class":"x\.Y".*|.*"metadata":\{"a":"1"\})\}\)$`, "^status$", "400", "204", "its class says nothing", "Its class is ignored"},
		{`^registration .*\((a key beside the instance|gzip)\)$`, "^status$", "400", "204", "it can be read", "More than the reference server accepts"},
		{`^registration .*\(type vendor\)$`, "^status$", "415", "204", "it is JSON", "More than the reference server accepts"},
		{`^XML .*\(odd ports\)$`, "^status$", "400", "204", "spaces around a number", "More than the reference server accepts"},
		{`^batch .*\(empty object\)$`, "^status$", "500", "200", "it has no items", "More than the reference server accepts"},
		{`^batch .*\((an unknown key|unknown action|unknown key of an item|gzip)\)$`, "^status$", "400", "200", "it can be read, and each item has its answer", "More than the reference server accepts"},
		{`^batch .*register refused`, "statusCode$", "200", "400", "there nobody is told", "Register that is refused"},
		{`^batch .*(register without|no status|no action|unknown action)`, "statusCode$", "500", "400", "it isn't the server's failure", "that can't be read"},
		{`^batch .*clear without a time`, "statusCode$", "500", "200|404", "no time is needed", "DeleteStatusOverride without a time"},
		{`^batch overridden .*clear without a time`, seen, "OUT_OF_SERVICE", "UP|UNKNOWN", "no time is needed", "DeleteStatusOverride without a time"},

		// Registrations.
		{`POST .*\(older\)`, "ipAddr$", `^"10\.0\.0\.1"$`, `^"10\.0\.0\.2"$`, "a client whose clock was set back", smaller},
		{`POST .*\(older\)`, "lastDirtyTimestamp$", "^1767225600000$", "^1767225599999$", "a client whose clock was set back", smaller},
		{`^edited > POST .*\(older\)`, `metadata\.tier$`, `^"gold"$`, "absent", "a client whose clock was set back", smaller},
		{`^(DOWN|STARTING|OUT_OF_SERVICE|UNKNOWN) > POST .*\(older\)`, seen + "|serviceUpTimestamp$", `DOWN|STARTING|OUT_OF_SERVICE|UNKNOWN|^0$`, `UP|^lately$`, "a client whose clock was set back", smaller},
		{`\((no instanceId|instanceId (""|null)|least)\)|XML.*\(no id\)`, "(instance(\\[\\])?|instanceId)$", any, any, "shown by its effective id", "Always shown"},
		{`\(lastDirtyTimestamp (0|""|"x")\)`, "lastDirtyTimestamp$", "0", "lately", "none was said", "if there is none"},
		{`countryId "x"`, "countryId$", "0", "1", "what can't be read is as if it weren't there", "numbers that can't be read"},
		{`isCoordinatingDiscoveryServer`, "isCoordinatingDiscoveryServer$", "false", "true", "a server's entry for itself", "`isCoordinatingDiscoveryServer`"},
		{`\((overriddenS|s)tatus "up"\)`, any, "UNKNOWN|0|DOWN", "UP|lately", "statuses in small letters", "statuses in small letters"},
		{`^registration .*(:""|\w "")[,)]`, "(Url|vipAddress|VipAddress|appGroupName|asgName|mac)$", `^""$`, "absent", "an empty text is none", "An empty text"},
		{"sid and more", "appGroupName$", "Group", "GROUP", "there in JSON only", "read in upper case"},
		{"metadata .*null", "metadata.d$", "null", "absent", "there it becomes a text", "`null` anywhere"},
		{`metadata .*u0001`, "^body$", any, any, "what isn't XML isn't sent", "shown as U+FFFD"},
		{"metadata .*a:b", "metadata", any, any, "a name with a colon isn't one in XML", "a colon"},
		{`ort {"\$":70000`, "ort.@enabled$", "true", "false", "there is no such port", "A number that is no port's counts as off"},
		{`ort {"\$":null`, "ort(\\.\\$|\\.@enabled)?$", any, any, "null is as if it weren't there", "`null` anywhere"},

		{`as a peer|^batch`, `metadata\.heureka\.origin$`, "^\\(absent\\)$", `^"peer"$`, "so that nobody tells them their own words", "`heureka.origin: peer` in its metadata"},

		// Times and other words of the server's.
		{any, "leaseInfo.lastRenewalTimestamp$", "to come", "lately", "there it is when the lease ends", "renewals aren't known to all nodes"},
		{any, "leaseInfo.evictionTimestamp$", "lately", "0", "the time of a removal", "`leaseInfo.evictionTimestamp`"},
		{any, "leaseInfo.serviceUpTimestamp$", "lately", "0", "there it stays when it isn't UP any more", "0 if it isn't"},
		{any, "actionType$", `"ADDED"`, `"MODIFIED"`, "there it is by what was said last", "MODIFIED if an operator's word is the newest"},
		{any, "registeredApplicationsEmpty$", any, "absent", "an accident of its serializer", "`registeredApplicationsEmpty`"},
		{"lastDirtyTimestamp=1767225600005", "lastDirtyTimestamp$", "1767225600005", "1767225600000", "it isn't the client's change", "`lastDirtyTimestamp` of `status`"},

		// Statuses.
		{`^batch .*\(several\) > GET /eureka/apps/delta`, "tatus$", "DOWN", "UP|UNKNOWN|OUT_OF_SERVICE", atTimes + "a read node may hear of it when it has gone again", "as the node last showed it"},
		{"^UNKNOWN > PUT /eureka/apps/{app}/{id}", "^status$", "404", "200|409", "it would register for ever", "heartbeat of an instance that is UNKNOWN"},
		{"^batch UNKNOWN .*heartbeat", "statusCode$|responseEntity$", "404|absent", "200|409|object", "it would be registered for ever", "heartbeat of an instance that is UNKNOWN"},
		{`^(STARTING|DOWN) > PUT .*/status\?value=`, seen, any, "STARTING|DOWN", "who says so is believed", "an override of an instance that says STARTING or DOWN"},
		{`overriddenstatus=OUT_OF_SERVICE \(as a peer\)|heartbeat overridden`, seen, "UP|UNKNOWN", "OUT_OF_SERVICE", "there it counts from the next heartbeat on", "another server's heartbeat"},
		{`\(as OUT_OF_SERVICE\)`, seen, "UP", "OUT_OF_SERVICE", "there a client can't", "A client may change from UP to OUT_OF_SERVICE"},
		{`^OUT_OF_SERVICE > POST`, seen + "|serviceUpTimestamp$", "OUT_OF_SERVICE|0", "UP|lately", "there a client can't", "A client may change from UP to OUT_OF_SERVICE"},
		{`^overridden > POST .*as UNKNOWN`, seen, "UNKNOWN", "OUT_OF_SERVICE", "it is shown under its override", "An UNKNOWN instance with an override"},
		{`> DELETE .*/status`, seen, "UNKNOWN|DOWN", "UP", "the client's word counts at once", "what the client says counts at once"},
		{`GET .*\((application/xml|Accept |\*/\*)|as a peer`, "body.status$", "DOWN", "OUT_OF_SERVICE|UNKNOWN", "as for the oldest clients", "GET of one instance as XML"},
	}
}
