package server

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// fetch gets a document, unpacked.
func (n *node) fetch(t *testing.T, path, headers string) (http.Header, []byte) {
	t.Helper()
	resp := n.roundTrip(t, http.MethodGet, path, headers, "")
	defer resp.Body.Close()
	var body io.Reader = resp.Body
	if resp.Header.Get("Content-Encoding") == "gzip" {
		var err error
		if body, err = gzip.NewReader(resp.Body); err != nil {
			t.Fatal(err)
		}
	}
	out, err := io.ReadAll(body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %d, %v", path, resp.StatusCode, err)
	}
	return resp.Header, out
}

// applications gets a document of many.
func (n *node) applications(t *testing.T, path string) *dialect.Applications {
	t.Helper()
	_, body := n.fetch(t, path, asJSON)
	apps, err := dialect.DecodeApplications(dialect.JSON, body, 1000)
	if err != nil {
		t.Fatalf("%s: %v in %s", path, err, body)
	}
	return apps
}

// awaitPage waits until a page is as wanted: it may be some 20 ms old.
func (n *node) awaitPage(t *testing.T, path, what string, holds func(*dialect.Applications) bool) *dialect.Applications {
	t.Helper()
	for deadline := time.Now().Add(patience); ; {
		apps := n.applications(t, path)
		if holds(apps) {
			return apps
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s never has %s: %+v", path, what, apps)
		}
	}
}

func TestEureka1Documents(t *testing.T) {
	n := startAll(t, 1)[0]
	sample := []byte(eurekaBody(t, "@11-apps-empty.json"))
	var empty bytes.Buffer
	if err := json.Compact(&empty, sample); err != nil {
		t.Fatal(err)
	}
	if _, body := n.fetch(t, "/eureka/apps/", asJSON); string(body) != empty.String() {
		t.Errorf("C58: an empty registry is %s", body)
	}
	for _, name := range []string{"A", "B", "C"} {
		n.eureka(t, "/eureka/", name, register(""))
	}
	n.awaitPage(t, "/eureka/apps", "three", func(a *dialect.Applications) bool { return a.Hash == "UP_3_" && len(a.List) == 3 })

	_, plain := n.fetch(t, "/eureka/apps", asJSON)
	for _, test := range []struct{ rule, path, headers, contentType, encoding, has string }{
		{"C59 a slash at the end", "/eureka/apps/", asJSON, "application/json", "", `"versions__delta":"1"`},
		{"C60 nothing asked for", "/eureka/apps", "", "application/xml", "", "<apps__hashcode>UP_3_"},
		{"C60 anything", "/v2/apps", "Accept: */*", "application/xml", "", "<apps__hashcode>UP_3_"},
		{"C61 a list", "/eureka/v2/apps/", "Accept: application/json, application/*+json", "application/json", "", ""},
		{"C62 gzip", "/eureka/apps/", asJSON + "\nAccept-Encoding: gzip, deflate", "application/json", "gzip", `"UP_3_"`},
		{"C63 gzip, XML", "/eureka/apps/", "Accept: application/xml\nAccept-Encoding: gzip", "application/xml", "gzip", "UP_3_"},
		{"C64 compact", "/eureka/apps/", asJSON + "\nX-Eureka-Accept: compact", "application/json", "", `{"applications":{"application":[{"name":"A"`},
		{"slashes before it", "/eureka//apps/", asJSON, "application/json", "", ""},
		{"regions mean nothing", "/eureka/apps/?regions=x", asJSON, "application/json", "", ""},
	} {
		header, body := n.fetch(t, test.path, test.headers)
		if header.Get("Content-Type") != test.contentType || header.Get("Content-Encoding") != test.encoding || !strings.Contains(string(body), test.has) {
			t.Errorf("%s: %v %s", test.rule, header, body)
		}
		if test.contentType == "application/json" && test.rule != "C64 compact" && !bytes.Equal(body, plain) {
			t.Errorf("%s: another document:\n%s\n%s", test.rule, body, plain)
		}
	}
	resp := n.roundTrip(t, http.MethodHead, "/eureka/apps", asJSON, "")
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.ContentLength != int64(len(plain)) {
		t.Errorf("HEAD: %d, %d bytes", resp.StatusCode, resp.ContentLength)
	}
}

// TestEureka1DeltaIsWhatHappened also holds C77 to C79: hash codes agree at every
// moment at which nothing changes, and who applies the delta holds the registry. What
// happened before the first request isn't told as it happened.
func TestEureka1DeltaIsWhatHappened(t *testing.T) {
	n := startAll(t, 1)[0]
	n.applications(t, "/eureka/apps/delta")
	for _, name := range []string{"A", "B", "C"} {
		n.eureka(t, "/eureka/", name, register(""))
	}
	n.eureka(t, "/eureka/", "B", eurekaStep{"PUT apps/NAME/i-NAME/status?value=OUT_OF_SERVICE", "", "", 200, ""})
	n.eureka(t, "/eureka/", "C", eurekaStep{"DELETE apps/NAME/i-NAME", "", "", 200, ""})
	const hash = "OUT_OF_SERVICE_1_UP_1_"
	apps := n.awaitPage(t, "/eureka/apps/", hash, func(a *dialect.Applications) bool { return a.Hash == hash })
	for range 20 {
		delta := n.applications(t, "/eureka/apps/delta")
		if delta.Hash != apps.Hash || delta.Version <= 0 {
			t.Fatalf("the delta has %q and version %d", delta.Hash, delta.Version)
		}
		want := map[string]dialect.Action{"A": dialect.Added, "B": dialect.Modified, "C": dialect.Deleted}
		for _, app := range delta.List {
			if len(app.Instances) != 1 || app.Instances[0].Action != want[app.Name] {
				t.Fatalf("%s: %+v", app.Name, app.Instances)
			}
		}
		if len(delta.List) != len(want) {
			t.Fatalf("%d applications", len(delta.List))
		}
	}
}

// TestEureka1TellsOfItself reads what a node says of itself.
func TestEureka1TellsOfItself(t *testing.T) {
	nodes := startAll(t, 2, func(c *Config) { c.DeadAfter = time.Hour }) // a peer stays one
	nodes[0].until("ready peer", func(s status) bool {
		return slices.ContainsFunc(s.Members, func(m member) bool { return m.Ready })
	})
	for _, format := range []dialect.Format{dialect.JSON, dialect.XML} {
		_, body := nodes[0].fetch(t, "/eureka/status", "Accept: "+format.ContentType())
		s, err := dialect.DecodeServerStatus(format, body)
		if err != nil || !s.Healthy || s.Info == nil || s.Info.App != "EUREKA" || s.Info.InstanceID != "write-1" {
			t.Fatalf("%s: %+v, %v", body, s, err)
		}
		peer := dialect.Pair{Key: "available-replicas", Value: "http://" + nodes[1].Addresses().HTTP + "/eureka/"}
		if !slices.Contains(s.Applications, peer) {
			t.Errorf("no %v in %v", peer, s.Applications)
		}
	}
	if _, body := nodes[0].fetch(t, "/eureka/healthcheck", ""); len(body) != 0 {
		t.Errorf("health is %s", body)
	}
}

// TestEureka1Batch has a server's batch answered item by item, as the samples have it.
func TestEureka1Batch(t *testing.T) {
	n := startAll(t, 1)[0]
	say := func(app, more string) {
		t.Helper()
		n.eureka(t, "/eureka/", app, eurekaStep{"POST apps/NAME", sayJSON, said(more), 204, ""})
	}
	say("ORDERS", `,"instanceId":"orders-a.shop.test:orders:8081","lastDirtyTimestamp":1767225600400`)
	say("ORDERS", `,"instanceId":"orders-b.shop.test:orders:8081"`)
	say("GEOCODER", `,"instanceId":"geo-1.map.test","lastDirtyTimestamp":1767225603500,"status":"UP"`)
	say("LEDGER", `,"instanceId":"i-0f00ba4","lastDirtyTimestamp":1767225602500`)
	for _, path := range []string{"/eureka/peerreplication/batch/", "/eureka/v2/peerreplication/batch"} {
		resp := n.roundTrip(t, http.MethodPost, path, sayJSON, eurekaBody(t, "@19-peer-batch-request.json"))
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("answered %d %s", resp.StatusCode, body)
		}
		answers, err := dialect.DecodeAnswers(body, 8)
		if err != nil {
			t.Fatal(err)
		}
		var codes []int
		for _, a := range answers {
			codes = append(codes, a.Code)
		}
		want := []int{200, 200, 200, 404, 409, 200, 200, 200}
		if strings.HasSuffix(path, "batch") {
			want[5] = 404 // it has gone already
		}
		if !slices.Equal(codes, want) {
			t.Errorf("answered %v, want %v", codes, want)
		}
		if newer := answers[4].Info; newer == nil || newer.LastDirtyMs != 1767225602500 {
			t.Errorf("what is newer is %+v", newer)
		}
	}
	n.eureka(t, "/eureka/", "GEOCODER", eurekaStep{"GET apps/NAME/geo-1.map.test", asJSON, "", 200, `…"status":"UP","overriddenStatus":"UNKNOWN"`})
	n.eureka(t, "/eureka/", "ORDERS", eurekaStep{"GET apps/NAME/orders-c.shop.test:orders:8081", asJSON, "", 200, `…"ipAddr":"10.20.0.13"`})
	n.eureka(t, "/eureka/", "", eurekaStep{"POST peerreplication/batch/", sayJSON, `{"replicationList":[{}`, 400, `{"error":"cannot parse request body"}`})
	n.eureka(t, "/eureka/", "X", eurekaStep{"POST peerreplication/batch/", sayJSON, `{"replicationList":[{"action":"Register","appName":"X","id":"1","instanceInfo":{"app":"X"}},{"action":"Sing"}]}`,
		200, `{"responseList":[{"statusCode":400},{"statusCode":500}]}`})
}

// TestEureka1BodiesMayBeCompressed also holds how large they may be, unpacked.
func TestEureka1BodiesMayBeCompressed(t *testing.T) {
	n := startAll(t, 1)[0]
	pack := func(text string) string {
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		if _, err := io.WriteString(w, text); err != nil || w.Close() != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	const packed = sayJSON + "\nContent-Encoding: gzip"
	body := strings.ReplaceAll(said(""), "NAME", "PACKED")
	n.eureka(t, "/eureka/", "PACKED", eurekaStep{"POST apps/NAME", packed, pack(body), 204, ""})
	n.eureka(t, "/eureka/", "PACKED", eurekaStep{"POST apps/NAME", packed, pack(strings.Repeat(" ", 1<<20)), 413, "the body is too large"})
	n.eureka(t, "/eureka/", "PACKED", eurekaStep{"POST apps/NAME", packed, body, 400, "the body can't be read"})
}

func TestEureka1CanBeSwitchedOff(t *testing.T) {
	n := startAll(t, 1, func(c *Config) { c.Eureka1.On = false })[0]
	if code, body := n.request(http.MethodGet, "/eureka/apps", ""); code != http.StatusNotFound || !strings.Contains(body, "there is nothing at \\\"/eureka/apps\\\": try /api/v1/status") {
		t.Errorf("answered %d %s", code, body)
	}
	if err := n.loop.eureka1; err != nil {
		t.Error("it is kept all the same")
	}
}

// TestEureka1OutlivesARestart finds in the documents what was restored from disk, before
// any client has come back.
func TestEureka1OutlivesARestart(t *testing.T) {
	folder := t.TempDir()
	keep := func(c *Config) { c.Data = folder }
	first := startAll(t, 1, keep)[0]
	first.eureka(t, "/eureka/", "KEPT", register(""))
	first.stop()
	<-first.ended
	second := startAll(t, 1, keep)[0]
	second.awaitPage(t, "/eureka/apps/", "what was kept", func(a *dialect.Applications) bool {
		return len(a.List) == 1 && a.List[0].Instances[0].Status == model.StatusUp
	})
}
