package api

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"heureka/wire"
	"heureka/write-node/owner"

	"github.com/prometheus/client_golang/prometheus"
)

// order says an order, which must be obeyed.
func (b *bench) order(do string) evictions {
	b.Helper()
	return b.wantEvictions(http.MethodPost, wire.PathEvictions, do)
}

func (b *bench) wantEvictions(method, path, request string) (out evictions) {
	b.Helper()
	status, body := b.request(method, path, request)
	if err := json.Unmarshal([]byte(body), &out); err != nil || status != http.StatusOK {
		b.Fatalf("%s %s: %d %s", method, request, status, body)
	}
	return out
}

// crowd puts n instances of an application, which nobody renews.
func (b *bench) crowd(app string, n int) {
	b.Helper()
	for i := range n {
		path := fmt.Sprint("/api/v1/apps/", app, "/instances/", i)
		if status, body := b.request(http.MethodPut, path, "{}"); status != http.StatusOK {
			b.Fatalf("put: %d %s", status, body)
		}
	}
}

func TestAnOperatorSeesHoldsAndReleasesEvictions(t *testing.T) {
	inBubble(t, config(), func(b *bench) {
		if got := b.order(`{"do":"hold","forMs":3600000}`); got.Classes["adopted"].Holds["operator"] != 3600000 {
			t.Errorf("after the hold: %+v", got)
		}
		b.crowd("a", 3)
		b.crowd("b", 2)
		<-time.After(time.Minute)
		b.order(`{"do":"resume","class":"adopted"}`)
		got := b.wantEvictions(http.MethodGet, wire.PathEvictions+"?limit=2", "")
		own := got.Classes["own"]
		if got.Node != "write-1" || got.Silent != 5 || own.Held != 5 || own.Queued != 5 || own.OldestMs != 30_000 ||
			own.Left != 0 || own.Holds["operator"] == 0 || got.Classes["adopted"].Holds["operator"] != 0 {
			t.Errorf("got %+v", got)
		}
		if first := (queued{"A", "0", 30_000}); len(own.Queue) != 2 || own.Queue[0] != first {
			t.Errorf("the queue begins with %+v", own.Queue)
		}
		if got := b.order(`{"do":"release","class":"own","app":"a"}`); *got.Released != 3 || got.Classes["own"].Releasing != 3 {
			t.Errorf("after the release: %+v", got)
		}
		if got := b.wantEvictions(http.MethodGet, wire.PathEvictions, ""); got.Classes["own"].Queued != 2 {
			t.Errorf("%d are left of the other application", got.Classes["own"].Queued)
		}
		if got := b.order(`{"do":"resume"}`); got.Classes["own"].Holds["operator"] != 0 {
			t.Errorf("after the end of the hold: %+v", got)
		}
	})
}

// TestAnAnswerThatNobodyWaitsFor ends requests while the owner's goroutine still
// works for them; it is the race detector that would object.
func TestAnAnswerThatNobodyWaitsFor(t *testing.T) {
	for _, c := range []struct{ method, path, body string }{
		{http.MethodGet, wire.PathEvictions, ""},
		{http.MethodPost, wire.PathEvictions, `{"do":"release"}`},
		{http.MethodGet, "/api/v1/apps/A/instances/1", ""},
		{http.MethodPut, "/api/v1/apps/A/instances/1", "{}"},
		{http.MethodPut, "/api/v1/apps/A/instances/1/override", `{"status":"DOWN"}`},
	} {
		s := newState(owner.DefaultConfig())
		a := New(config(), s, NewMetrics(prometheus.NewRegistry()), slog.New(slog.DiscardHandler))
		mux := http.NewServeMux()
		a.Handle(mux)
		ctx, leave := context.WithCancel(t.Context())
		answered, applied := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(applied)
			command := <-s.commands
			leave()
			command.Apply(s.owner, s.now())
			<-answered
			command.Done()
		}()
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequestWithContext(ctx, c.method, c.path, strings.NewReader(c.body)))
		close(answered)
		<-applied
		if w.Code != wire.CodeOverloaded.Kind().HTTP {
			t.Errorf("%s %s: answered %d", c.method, c.path, w.Code)
		}
	}
}

func TestOrdersThatAreRefused(t *testing.T) {
	cfg := config()
	cfg.MaxMessage = 4096
	b := onSockets(t, cfg)
	b.crowd("a", 1)
	for name, c := range map[string]struct {
		method, path, body string
		code               wire.Code
	}{
		"not JSON":             {"POST", "", "hold", wire.CodeInvalidOrder},
		"nothing":              {"POST", "", "", wire.CodeInvalidOrder},
		"nothing to do":        {"POST", "", "{}", wire.CodeInvalidOrder},
		"no such thing to do":  {"POST", "", `{"do":"evict"}`, wire.CodeInvalidOrder},
		"two orders":           {"POST", "", `{"do":"resume"}{"do":"resume"}`, wire.CodeInvalidOrder},
		"a misspelt field":     {"POST", "", `{"do":"release","aap":"A"}`, wire.CodeInvalidOrder},
		"a field of that type": {"POST", "", `{"do":"release","app":7}`, wire.CodeInvalidOrder},
		"no such class":        {"POST", "", `{"do":"release","class":"all"}`, wire.CodeInvalidOrder},
		"an app without name":  {"POST", "", `{"do":"release","app":""}`, wire.CodeInvalidOrder},
		"an app of null":       {"POST", "", `{"do":"release","app":null}`, wire.CodeInvalidOrder},
		"a class without name": {"POST", "", `{"do":"release","class":""}`, wire.CodeInvalidOrder},
		"a hold without end":   {"POST", "", `{"do":"hold"}`, wire.CodeInvalidOrder},
		"a hold in the past":   {"POST", "", `{"do":"hold","forMs":-1}`, wire.CodeInvalidOrder},
		"far in the past":      {"POST", "", `{"do":"hold","forMs":-9223372036854775807}`, wire.CodeInvalidOrder},
		"too long a hold":      {"POST", "", `{"do":"hold","forMs":86400001}`, wire.CodeInvalidOrder},
		"far too long a hold":  {"POST", "", `{"do":"hold","forMs":9223372036854775807}`, wire.CodeInvalidOrder},
		"a hold of one app":    {"POST", "", `{"do":"hold","app":"A","forMs":1}`, wire.CodeInvalidOrder},
		"a release for a time": {"POST", "", `{"do":"release","forMs":1}`, wire.CodeInvalidOrder},
		"an oversized body":    {"POST", "", strings.Repeat(" ", 5000), wire.CodeTooLarge},
		"a limit that is none": {"GET", "?limit=many", "", wire.CodeInvalidOrder},
		"too large a limit":    {"GET", "?limit=1001", "", wire.CodeInvalidOrder},
		"a negative limit":     {"GET", "?limit=-1", "", wire.CodeInvalidOrder},
	} {
		status, body := b.request(c.method, wire.PathEvictions+c.path, c.body)
		b.wantErrorBody(name, status, body, c.code)
	}
	if status, _ := b.request(http.MethodDelete, wire.PathEvictions, ""); status != http.StatusMethodNotAllowed {
		t.Errorf("DELETE: %d", status)
	}
	got := b.wantEvictions(http.MethodGet, wire.PathEvictions, "")
	if s := got.Classes["own"]; s.Held != 1 || s.Holds["operator"] != 0 || s.Releasing != 0 {
		t.Errorf("something was done all the same: %+v", got)
	}
}
