package server

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// eurekaStep is a request of a Eureka 1 client, and what it wants to be answered.
type eurekaStep struct {
	request string // "METHOD path below a base"; NAME is replaced by one of the case's own
	headers string // "Name: value", one a line
	body    string // or, after @, the file of a sample
	code    int
	want    string // all of the body, or after …, a part of it; after !, what isn't in it
}

const (
	asJSON  = "Accept: application/json"
	sayJSON = "Content-Type: application/json"
	sayXML  = "Content-Type: application/xml"
	byPeer  = "X-Netflix-Discovery-Replication: true"
)

// said is the registration of NAME, with more fields, which may be none.
func said(more string) string {
	return `{"instance":{"instanceId":"i-NAME","hostName":"h-NAME","app":"NAME","ipAddr":"10.0.0.1","vipAddress":"vip-NAME",` +
		`"dataCenterInfo":{"@class":"x","name":"MyOwn"}` + more + `}}`
}

func register(more string) eurekaStep {
	return eurekaStep{"POST apps/NAME", sayJSON, said(more), 204, ""}
}

// shows wants a part of what is shown of NAME.
func shows(part string) eurekaStep {
	return eurekaStep{"GET apps/NAME/i-NAME", asJSON, "", 200, "…" + part}
}

// TestEureka1Cases goes through what clients and the reference server agree on, and
// where this one differs on purpose, against a whole node.
func TestEureka1Cases(t *testing.T) {
	n := startAll(t, 1)[0]
	const id = "apps/NAME/i-NAME"
	cases := 0
	for name, steps := range map[string][]eurekaStep{
		"C01 Java":          {{"POST apps/ORDERS", sayJSON, "@01-register-request-java-discoveryclient.json", 204, ""}, {"GET apps/orders", asJSON, "", 200, `…"status":"STARTING"`}},
		"C02 lower case":    {{"POST apps/geocoder", sayJSON, "@03-register-request-js-client.json", 204, ""}, {"GET apps/GEOCODER/geo-2.map.test", asJSON, "", 200, `…"app":"GEOCODER"`}},
		"C03 Spring":        {{"POST apps/ORDERS", sayJSON, "@02-register-request-spring-restclient.json", 204, ""}, {"GET apps/ORDERS/orders-c.shop.test%3Aorders%3A8081", asJSON, "", 200, `…"status":"UP"`}},
		"C04 fargo":         {{"POST apps/BILLING", sayJSON, "@05-register-request-fargo.json", 204, ""}, {"GET apps/BILLING/bill-4.fin.test", asJSON, "", 200, `…"renewalIntervalInSecs":30,"durationInSecs":45`}},
		"C05 fargo, XML":    {{"POST apps/BILLING", sayXML, "@06-register-request-fargo.xml", 204, ""}, {"GET apps/BILLING/bill-4.fin.test", "", "", 200, `…<port enabled="true">7600</port>`}},
		"C06 bare port":     {{"POST apps/GEOCODER", sayJSON, "@04-register-request-js-client-bare-port.json", 204, ""}},
		"C07 another app":   {{"POST apps/OTHER", sayJSON, said(""), 400, "Mismatched appName, expecting OTHER but was NAME"}},
		"C08 no id":         {{"POST apps/NAME", sayJSON, `{"instance":{"app":"NAME"}}`, 400, "Missing instanceId"}},
		"C09 no host":       {{"POST apps/NAME", sayJSON, `{"instance":{"app":"NAME","instanceId":"1"}}`, 400, "Missing hostname"}},
		"C10 no address":    {{"POST apps/NAME", sayJSON, `{"instance":{"app":"NAME","hostName":"1"}}`, 400, "Missing ip address"}},
		"C11 no app":        {{"POST apps/NAME", sayJSON, `{"instance":{"hostName":"1","ipAddr":"1"}}`, 400, "Missing appName"}},
		"C12 no centre":     {{"POST apps/NAME", sayJSON, `{"instance":{"app":"NAME","hostName":"1","ipAddr":"1"}}`, 400, "Missing dataCenterInfo"}},
		"C14 Amazon":        {register(`,"dataCenterInfo":{"name":"Amazon","metadata":{}}`), shows(`"instance-id":"i-NAME"`)},
		"C15 charset":       {{"POST apps/NAME", sayJSON + "; charset=UTF-8", said(""), 204, ""}},
		"C16 other charset": {{"POST apps/NAME", sayJSON + "; charset=UTF-16", said(""), 415, ""}},
		"C17 truncated": {{"POST apps/NAME", sayJSON, `{"instance":{`, 400, `{"error":"cannot parse request body"}`},
			{"POST apps/NAME", sayXML, `<instance>`, 400, `<error><message>cannot parse request body</message></error>`}},
		"C18 a later word":               {register(`,"lastDirtyTimestamp":"5"`), register(`,"lastDirtyTimestamp":"6","ipAddr":"10.0.0.2"`), shows(`"ipAddr":"10.0.0.2"`)},
		"C19 its clock went back":        {register(`,"lastDirtyTimestamp":"5"`), register(`,"lastDirtyTimestamp":"4","ipAddr":"10.0.0.2"`), shows(`"ipAddr":"10.0.0.2"`)},
		"C19 the same of a server":       {register(`,"lastDirtyTimestamp":"5"`), {"POST apps/NAME", sayJSON + "\n" + byPeer, said(`,"lastDirtyTimestamp":"4","ipAddr":"10.0.0.2"`), 204, ""}, shows(`"ipAddr":"10.0.0.1"`)},
		"C20 at the same time":           {register(`,"lastDirtyTimestamp":"5"`), register(`,"lastDirtyTimestamp":"5","ipAddr":"10.0.0.2"`), shows(`"ipAddr":"10.0.0.2"`)},
		"C22 no duration":                {register(`,"leaseInfo":{"durationInSecs":0}`), shows(`"durationInSecs":90`)},
		"C23 bare heartbeat":             {register(``), {"PUT " + id, "", "", 200, ""}},
		"C24 heartbeat with a body":      {register(``), {"PUT " + id, sayJSON, "{}", 200, ""}},
		"C25 unknown":                    {{"PUT " + id, "", "", 404, ""}, {"PUT apps/NAME/i-NAME/", "", "", 404, ""}},
		"C26 the same time":              {register(`,"lastDirtyTimestamp":"5"`), {"PUT " + id + "?status=UP&lastDirtyTimestamp=5", "", "", 200, ""}},
		"C27 a newer one":                {register(`,"lastDirtyTimestamp":"5"`), {"PUT " + id + "?status=UP&lastDirtyTimestamp=6", "", "", 404, ""}},
		"C28 an older one":               {register(`,"lastDirtyTimestamp":"5"`), {"PUT " + id + "?status=UP&lastDirtyTimestamp=4", "", "", 200, ""}},
		"C29 an older one of a server":   {register(`,"lastDirtyTimestamp":"5"`), {"PUT " + id + "?lastDirtyTimestamp=4", asJSON + "\n" + byPeer, "", 409, `…{"instance":{"instanceId":"i-NAME"`}},
		"C30 a status says nothing":      {register(``), {"PUT " + id + "?status=DOWN", "", "", 200, ""}, shows(`"status":"UP"`)},
		"C31 no number":                  {register(``), {"PUT " + id + "?lastDirtyTimestamp=abc", "", "", 400, `lastDirtyTimestamp "abc" is no number`}},
		"C32 an unknown status":          {register(`,"status":"UNKNOWN"`), {"PUT " + id, "", "", 200, ""}},
		"C33 a server's override":        {register(`,"lastDirtyTimestamp":"5"`), {"PUT " + id + "?lastDirtyTimestamp=6&overriddenstatus=OUT_OF_SERVICE", byPeer, "", 404, ""}, shows(`"overriddenStatus":"OUT_OF_SERVICE"`)},
		"C34 percent":                    {register(``), {"PUT apps/NAME/%69-NAME", "", "", 200, ""}},
		"C35 gone":                       {register(``), {"DELETE " + id, "", "", 200, ""}, {"GET " + id, asJSON, "", 404, ""}},
		"C36 twice":                      {{"DELETE " + id, "", "", 404, ""}, register(``), {"DELETE " + id, "", "", 200, ""}, {"DELETE " + id, "", "", 404, ""}},
		"C37 with its override":          {register(``), {"PUT " + id + "/status?value=DOWN", "", "", 200, ""}, {"DELETE " + id, "", "", 200, ""}, register(``), shows(`"status":"UP","overriddenStatus":"UNKNOWN"`)},
		"C38 override":                   {register(``), {"PUT " + id + "/status?value=OUT_OF_SERVICE", "", "", 200, ""}, shows(`"status":"OUT_OF_SERVICE","overriddenStatus":"OUT_OF_SERVICE"`), shows(`"actionType":"MODIFIED"`)},
		"C39 of nothing":                 {{"PUT " + id + "/status?value=UP", "", "", 404, ""}},
		"C40 no status":                  {register(``), {"PUT " + id + "/status?value=up", "", "", 400, `value "up" is no status`}, {"PUT " + id + "/status", "", "", 400, "there is no status"}},
		"C41 the one there is":           {register(``), {"PUT " + id + "/status?value=UP", "", "", 200, ""}, shows(`"overriddenStatus":"UNKNOWN"`)},
		"C42 a new word under it":        {register(``), {"PUT " + id + "/status?value=OUT_OF_SERVICE", "", "", 200, ""}, register(`,"ipAddr":"10.0.0.2"`), shows(`"status":"OUT_OF_SERVICE"`)},
		"C43 STARTING under it":          {register(``), {"PUT " + id + "/status?value=OUT_OF_SERVICE", "", "", 200, ""}, register(`,"status":"STARTING"`), shows(`"status":"STARTING"`)},
		"C44 the client's own":           {register(``), register(`,"status":"OUT_OF_SERVICE"`), shows(`"status":"OUT_OF_SERVICE"`), register(``), shows(`"status":"UP"`)},
		"C48 lifted":                     {register(``), {"PUT " + id + "/status?value=OUT_OF_SERVICE", "", "", 200, ""}, {"DELETE " + id + "/status", "", "", 200, ""}, shows(`"status":"UP","overriddenStatus":"UNKNOWN"`), {"PUT " + id, "", "", 200, ""}},
		"C50 lifted, with a wish":        {register(``), {"PUT " + id + "/status?value=OUT_OF_SERVICE", "", "", 200, ""}, {"DELETE " + id + "/status?value=DOWN", "", "", 200, ""}, shows(`"status":"UP"`)},
		"C51 there was none":             {register(``), {"DELETE " + id + "/status", "", "", 200, ""}, shows(`"actionType":"ADDED"`)},
		"C52 nor an instance":            {{"DELETE " + id + "/status", "", "", 404, ""}},
		"C53 all overrides":              {register(``), {"PUT " + id + "/status?value=DOWN", "", "", 200, ""}, {"GET serverinfo/statusoverrides", "", "", 200, `…"i-NAME":"DOWN"`}},
		"C54 brought along":              {register(`,"overriddenStatus":"OUT_OF_SERVICE"`), shows(`"status":"OUT_OF_SERVICE"`), register(`,"overriddenStatus":"DOWN"`), shows(`"overriddenStatus":"OUT_OF_SERVICE"`)},
		"C55 metadata":                   {register(`,"metadata":{"a":"0","c":"3"}`), {"PUT " + id + "/metadata?a=1&b=2", "", "", 200, ""}, shows(`"metadata":{"a":"1","b":"2","c":"3"}`), shows(`"actionType":"ADDED"`)},
		"C56 the first counts":           {register(``), {"PUT " + id + "/metadata?a=1&a=2", "", "", 200, ""}, shows(`"metadata":{"a":"1"}`)},
		"C57 of nothing":                 {{"PUT " + id + "/metadata?a=1", "", "", 404, ""}},
		"metadata under an override":     {register(``), {"PUT " + id + "/status?value=DOWN", "", "", 200, ""}, {"PUT " + id + "/metadata?a=1", "", "", 200, ""}, {"DELETE " + id + "/status", "", "", 200, ""}, shows(`"status":"UP"`)},
		"C67 an app":                     {register(``), {"GET apps/NAME", asJSON, "", 200, `…{"application":{"name":"NAME","instance":[{"instanceId":"i-NAME"`}, {"GET apps/NAME", "", "", 200, "…<application><name>NAME</name><instance>"}},
		"C68 no app":                     {{"GET apps/NAME", asJSON, "", 404, ""}},
		"C69 its last one":               {register(``), {"DELETE " + id, "", "", 200, ""}, {"GET apps/NAME", asJSON, "", 404, ""}},
		"C70 by id":                      {register(``), {"GET instances/i-NAME", asJSON, "", 200, `…{"instance":{"instanceId":"i-NAME"`}, {"GET instances/NAME", asJSON, "", 404, ""}},
		"C71 no vip":                     {{"GET vips/NAME", asJSON, "", 200, `{"applications":{"versions__delta":"-1","apps__hashcode":"","application":[]}}`}},
		"C72 vips":                       {register(`,"vipAddress":"NAME,NAME-v2"`), {"GET vips/NAME-v2", asJSON, "", 200, `…"versions__delta":"-1","apps__hashcode":"UP_1_"`}, {"GET vips/name-V2", asJSON, "", 200, `…"application":[]`}},
		"C73 secure vips":                {register(`,"secureVipAddress":"s-NAME"`), {"GET svips/s-NAME", asJSON, "", 200, `…"instanceId":"i-NAME"`}, {"GET svips/vip-NAME", asJSON, "", 200, `…"application":[]`}},
		"C98 groups":                     {{"PUT asg/NAME/status?value=ENABLED", "", "", 400, ""}},
		"C103 for the oldest":            {register(`,"status":"OUT_OF_SERVICE"`), {"GET /eureka/v1/apps/NAME", "", "", 200, "…<status>DOWN</status>"}, {"GET apps/NAME", "", "", 200, "…<status>OUT_OF_SERVICE</status>"}},
		"compact":                        {register(``), {"GET apps/NAME", asJSON + "\nX-Eureka-Accept: COMPACT", "", 200, `!leaseInfo`}, {"GET apps/NAME", asJSON + "\nX-Eureka-Accept: tiny", "", 200, `…leaseInfo`}},
		"an odd id":                      {{"POST apps/NAME", sayJSON, said(`,"instanceId":"test#1.[3.?]!/ x"`), 204, ""}, {"PUT apps/NAME/test%231.%5B3.%3F%5D!%2F%20x", "", "", 200, ""}, {"DELETE apps/NAME/test%231.%5B3.%3F%5D!%2F%20x", "", "", 200, ""}},
		"an app called delta":            {{"POST apps/delta", sayJSON, strings.ReplaceAll(said(""), `"app":"NAME"`, `"app":"delta"`), 204, ""}, {"GET apps/DELTA", asJSON, "", 200, `…"name":"DELTA"`}, {"GET apps/delta", asJSON, "", 200, `…{"applications":{`}},
		"nothing there":                  {{"GET nothing", "", "", 404, ""}, {"GET /eureka", "", "", 404, ""}, {"GET /v2", "", "", 404, ""}, {"GET apps//i-NAME", "", "", 404, ""}},
		"another method":                 {{"PATCH " + id, "", "", 405, ""}, {"POST apps", "", "", 405, ""}},
		"what can't be registered":       {{"POST apps/NAME", sayJSON, said(`,"hostName":"` + strings.Repeat("x", 3000) + `"`), 400, "hostName is 3000 bytes long, 2048 are allowed"}},
		"what is too large":              {{"POST apps/NAME", sayJSON, strings.Repeat(" ", 300_000), 413, "the body is too large"}},
		"a web page of another origin":   {{"POST apps/NAME", sayJSON + "\nOrigin: https://elsewhere.example", said(""), 403, ""}, {"GET apps/NAME", asJSON + "\nOrigin: https://elsewhere.example", "", 404, ""}},
		"a name that isn't an id's path": {register(``), {"DELETE apps/NAME", "", "", 405, ""}, {"DELETE apps/NAME/", "", "", 405, ""}, shows(`"status":"UP"`)},
	} {
		for i, base := range []string{"/eureka/", "/eureka/v2/", "/v2/", "/eureka/v1/"} {
			if i == 3 && strings.HasPrefix(name, "C103") {
				continue
			}
			cases++
			own := fmt.Sprintf("CASE-%d", cases)
			t.Run(name+" at "+base, func(t *testing.T) {
				for _, s := range steps {
					n.eureka(t, base, own, s)
				}
			})
		}
	}
}

// eureka makes a request as a client does that follows no redirect.
func (n *node) eureka(t *testing.T, base, name string, s eurekaStep) {
	t.Helper()
	replace := func(text string) string { return strings.ReplaceAll(text, "NAME", name) }
	method, path, _ := strings.Cut(replace(s.request), " ")
	if !strings.HasPrefix(path, "/") {
		path = base + path
	}
	resp := n.roundTrip(t, method, path, s.headers, replace(eurekaBody(t, s.body)))
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	body, want := string(raw), replace(s.want)
	if resp.StatusCode != s.code {
		t.Fatalf("%s %s: answered %d %.300q, want %d", method, path, resp.StatusCode, body, s.code)
	}
	ok := body == want
	if part, some := strings.CutPrefix(want, "…"); some {
		ok = strings.Contains(body, part)
	} else if part, none := strings.CutPrefix(want, "!"); none {
		ok = !strings.Contains(body, part)
	}
	if !ok {
		t.Fatalf("%s %s: answered %s\nwant %s", method, path, body, want)
	}
	if want == "" && resp.Header.Get("Content-Type") != "" {
		t.Errorf("%s %s: no body has the type %q", method, path, resp.Header.Get("Content-Type"))
	}
}

func (n *node) roundTrip(t *testing.T, method, path, headers, body string) *http.Response {
	t.Helper()
	req, err := http.NewRequest(method, "http://"+n.Addresses().HTTP+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(headers, "\n") {
		if key, value, ok := strings.Cut(line, ": "); ok {
			req.Header.Set(key, value)
		}
	}
	resp, err := n.client.Transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

func eurekaBody(t *testing.T, body string) string {
	t.Helper()
	name, isFile := strings.CutPrefix(body, "@")
	if !isFile {
		return body
	}
	text, err := os.ReadFile(filepath.Join("../../eureka1/dialect/testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
