package api

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"heureka/cluster"
	"heureka/model"
	"heureka/registry"
	"heureka/wire"
	"heureka/write-node/owner"

	"github.com/google/uuid"
)

// request makes a plain request and returns status and body of the answer.
func (b *bench) request(method, path, body string) (int, string) {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), method, b.base+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	resp, err := b.client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	out, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	return resp.StatusCode, string(out)
}

// wantErrorBody checks an answer that is an error.
func (b *bench) wantErrorBody(name string, status int, body string, code wire.Code) {
	b.Helper()
	m, err := wire.DecodeJSON([]byte(body))
	e, ok := m.(*wire.Error)
	if err != nil || !ok || e.Code != code || e.Message == "" || status != code.Kind().HTTP {
		b.Errorf("%s: answered %d %s, want %d and code %d", name, status, body, code.Kind().HTTP, code)
	}
}

func TestPlainRegistration(t *testing.T) {
	b := onSockets(t, config())
	const path = "/api/v1/apps/orders/instances/host%2F1%20a"
	status, body := b.request(http.MethodPut, path, `{"hostName":"h","status":"UP"}`)
	var put struct{ Version string }
	if err := json.Unmarshal([]byte(body), &put); err != nil || status != http.StatusOK {
		t.Fatalf("put: %d %s", status, body)
	}
	if v, err := model.ParseVersion(put.Version); err != nil || v.IsZero() {
		t.Errorf("put answered the version %q", put.Version)
	}
	status, body = b.request(http.MethodGet, path, "")
	var got model.Instance
	if err := json.Unmarshal([]byte(body), &got); err != nil || status != http.StatusOK {
		t.Fatalf("get: %d %s", status, body)
	}
	want := model.Instance{App: "ORDERS", ID: "host/1 a", HostName: "h", Status: model.StatusUp}
	if !got.Equal(&want) {
		t.Errorf("get: %s", body)
	}
	for _, c := range []struct {
		method, path string
		want         int
	}{
		{http.MethodPost, path + "/renew", http.StatusNoContent},
		{http.MethodDelete, path, http.StatusNoContent},
		{http.MethodDelete, path, http.StatusNotFound},
		{http.MethodGet, path, http.StatusNotFound},
		{http.MethodPost, path + "/renew", http.StatusNotFound},
	} {
		if status, body := b.request(c.method, c.path, ""); status != c.want {
			t.Errorf("%s %s: %d %s", c.method, c.path, status, body)
		}
	}
}

// What another node owns is renewed there, as long as there is room to wait for
// its acknowledgement.
func TestARenewalOfWhatAnotherNodeOwns(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	own := owner.DefaultConfig()
	own.Forwards = 1
	b := serve(t, config(), own, ln, nil)
	other := model.Incarnation{Name: "write-2", ID: uuid.New()}
	delta := &cluster.Delta{Delta: registry.Delta{Incarnation: other, To: 2}}
	for i, id := range []string{"1", "2"} {
		inst := &model.Instance{App: "A", ID: id}
		delta.Entries = append(delta.Entries, &registry.Entry{
			Key: inst.Key(), Version: model.Version{Time: 1, Incarnation: other},
			Dot: model.Dot{Incarnation: other, Seq: uint64(i + 1)}, Instance: model.Pack(inst), Hash: inst.Hash(),
		})
	}
	received := make(chan struct{})
	err = b.state.Do(t.Context(), Command{
		Apply: func(o *owner.Owner, now model.Moment) { o.Receive(now, delta) },
		Done:  func() { close(received) },
	})
	if err != nil {
		t.Fatal(err)
	}
	<-received
	if status, body := b.request(http.MethodPost, "/api/v1/apps/A/instances/1/renew", ""); status != http.StatusNoContent {
		t.Errorf("the first: %d %s", status, body)
	}
	status, body := b.request(http.MethodPost, "/api/v1/apps/A/instances/2/renew", "")
	b.wantErrorBody("the second", status, body, wire.CodeOverloaded)
}

func TestTheVersionIsTheEntityTag(t *testing.T) {
	b := onSockets(t, config())
	_, body := b.request(http.MethodPut, "/api/v1/apps/A/instances/i", "{}")
	var put struct{ Version string }
	if err := json.Unmarshal([]byte(body), &put); err != nil {
		t.Fatal(err)
	}
	resp, err := b.client.Get(b.base + "/api/v1/apps/A/instances/i")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if got := resp.Header.Get("ETag"); got != `"`+put.Version+`"` {
		t.Errorf("the tag is %s, the version %s", got, put.Version)
	}
}

func TestMalformedThingsOverPlainHTTP(t *testing.T) {
	cfg := config()
	cfg.MaxMessage = 4096
	b := onSockets(t, cfg)
	other := b.open("other", 1)
	const path = "/api/v1/apps/A/instances/i"
	for name, c := range map[string]struct {
		method, path, body string
		code               wire.Code
	}{
		"not JSON":                 {http.MethodPut, path, "status=UP", wire.CodeMalformed},
		"no body":                  {http.MethodPut, path, "", wire.CodeMalformed},
		"JSON but no object":       {http.MethodPut, path, `["UP"]`, wire.CodeMalformed},
		"two objects":              {http.MethodPut, path, `{}{}`, wire.CodeMalformed},
		"a field of a wrong type":  {http.MethodPut, path, `{"vip":7}`, wire.CodeMalformed},
		"a port that is none":      {http.MethodPut, path, `{"ports":[{"number":70000}]}`, wire.CodeMalformed},
		"an oversized body":        {http.MethodPut, path, `{"vip":"` + strings.Repeat("v", 5000) + `"}`, wire.CodeTooLarge},
		"a text that is too long":  {http.MethodPut, path, `{"vip":"` + strings.Repeat("v", 3000) + `"}`, wire.CodeInvalidInstance},
		"another app in the body":  {http.MethodPut, path, `{"app":"B"}`, wire.CodeInvalidInstance},
		"another id in the body":   {http.MethodPut, path, `{"id":"j"}`, wire.CodeInvalidInstance},
		"control characters":       {http.MethodPut, path, `{"vip":"a\u0001"}`, wire.CodeInvalidInstance},
		"control in the path":      {http.MethodPut, "/api/v1/apps/A/instances/%07", `{}`, wire.CodeInvalidInstance},
		"an address that is none":  {http.MethodPut, path, `{"dataCenter":{"kind":"basic","addresses":[{"ip":"nowhere"}]}}`, wire.CodeInvalidInstance},
		"an unknown kind":          {http.MethodPut, path, `{"dataCenter":{"kind":"moon"}}`, wire.CodeInvalidInstance},
		"nothing there":            {http.MethodGet, path, "", wire.CodeNotFound},
		"nothing to renew":         {http.MethodPost, path + "/renew", "", wire.CodeNotFound},
		"nothing to delete":        {http.MethodDelete, path, "", wire.CodeNotFound},
		"no such path":             {http.MethodGet, "/api/v2/apps", "", wire.CodeNotFound},
		"a path with an end":       {http.MethodGet, path + "/more", "", wire.CodeNotFound},
		"an application by itself": {http.MethodPut, "/api/v1/apps/A", "{}", wire.CodeNotFound},
	} {
		status, body := b.request(c.method, c.path, c.body)
		b.wantErrorBody(name, status, body, c.code)
	}
	for _, c := range []struct{ method, path, allow string }{
		{http.MethodPost, path, "GET, PUT, DELETE"},
		{http.MethodGet, path + "/renew", "POST"},
	} {
		req, err := http.NewRequest(c.method, b.base+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := b.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusMethodNotAllowed || resp.Header.Get("Allow") != c.allow {
			t.Errorf("%s %s: %s, allowed are %q", c.method, c.path, resp.Status, resp.Header.Get("Allow"))
		}
	}
	if status, _ := b.request(http.MethodGet, wire.PathRegistrations, ""); status != http.StatusUpgradeRequired {
		t.Errorf("the websocket's path without an upgrade: %d", status)
	}
	other.send(`{"type":"heartbeat","seq":1}`)
	other.wantAck(1)
}

func TestAPutMovesAnInstanceAwayFromItsConnection(t *testing.T) {
	b := onSockets(t, config())
	c := b.open("p", 1)
	c.send(`{"type":"register","seq":1,"instance":{"app":"A","id":"i","hostName":"one"}}`)
	first := c.wantAck(1)
	_, body := b.request(http.MethodPut, "/api/v1/apps/A/instances/i", `{"hostName":"two"}`)
	c.send(`{"type":"update","seq":2,"app":"A","id":"i","set":{"hostName":"three"}}`)
	c.wantError(2, wire.CodeNotRegistered)
	c.send(`{"type":"register","seq":3,"acked":"` + first.Version + `","instance":{"app":"A","id":"i","hostName":"three"}}`)
	if again := c.wantAck(3); again.Version == first.Version || strings.Contains(body, again.Version) {
		t.Errorf("acknowledged %s after %s and %s", again.Version, first.Version, body)
	}
}

func TestOverrideOverPlainHTTP(t *testing.T) {
	b := onSockets(t, config())
	const path = "/api/v1/apps/orders/instances/i"
	b.request(http.MethodPut, path, `{"status":"UP"}`)
	for _, c := range []struct {
		method, path, body string
		want               int
		shown              string // the status and override that are shown afterwards
	}{
		{http.MethodPut, path + "/override", `{"status":"OUT_OF_SERVICE"}`, http.StatusOK, "OUT_OF_SERVICE OUT_OF_SERVICE"},
		{http.MethodPut, path, `{"status":"UP","hostName":"h"}`, http.StatusOK, "OUT_OF_SERVICE OUT_OF_SERVICE"},
		{http.MethodPut, path + "/override", `{"status":"SLEEPY"}`, http.StatusBadRequest, "OUT_OF_SERVICE OUT_OF_SERVICE"},
		{http.MethodPut, path + "/override", `{}`, http.StatusBadRequest, "OUT_OF_SERVICE OUT_OF_SERVICE"},
		{http.MethodPut, path + "/override", `OUT_OF_SERVICE`, http.StatusBadRequest, "OUT_OF_SERVICE OUT_OF_SERVICE"},
		{http.MethodPost, path + "/override", ``, http.StatusMethodNotAllowed, "OUT_OF_SERVICE OUT_OF_SERVICE"},
		{http.MethodPut, path, `{"status":"UP","override":"DOWN"}`, http.StatusBadRequest, "OUT_OF_SERVICE OUT_OF_SERVICE"},
		{http.MethodPut, path, `{"status":"STARTING"}`, http.StatusOK, "STARTING OUT_OF_SERVICE"},
		{http.MethodDelete, path + "/override", ``, http.StatusNoContent, "STARTING "},
		{http.MethodDelete, path + "/override", ``, http.StatusNoContent, "STARTING "},
		{http.MethodPut, "/api/v1/apps/orders/instances/none/override", `{"status":"DOWN"}`, http.StatusNotFound, "STARTING "},
		{http.MethodDelete, "/api/v1/apps/orders/instances/none/override", ``, http.StatusNotFound, "STARTING "},
	} {
		if status, body := b.request(c.method, c.path, c.body); status != c.want {
			t.Errorf("%s %s %s: %d %s", c.method, c.path, c.body, status, body)
		}
		_, body := b.request(http.MethodGet, path, "")
		var got model.Instance
		if err := json.Unmarshal([]byte(body), &got); err != nil || string(got.Status)+" "+string(got.Override) != c.shown {
			t.Errorf("after %s %s %s it is shown as %s, %v", c.method, c.path, c.body, body, err)
		}
	}
}
