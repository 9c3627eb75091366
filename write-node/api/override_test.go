package api

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"heureka/write-node/owner"

	"github.com/prometheus/client_golang/prometheus"
)

// TestTheLogTellsOfOverrides looks for who has changed what callers see.
func TestTheLogTellsOfOverrides(t *testing.T) {
	var log bytes.Buffer
	s := newState(owner.DefaultConfig())
	a := New(config(), s, NewMetrics(prometheus.NewRegistry()), slog.New(slog.NewTextHandler(&log, nil)))
	mux := http.NewServeMux()
	a.Handle(mux)
	var looped sync.WaitGroup
	looped.Go(s.run)
	defer looped.Wait()
	defer close(s.commands)
	const path = "/api/v1/apps/orders/instances/1"
	for _, c := range []struct{ method, path, body, log string }{
		{http.MethodPut, path + "/override", `{"status":"DOWN"}`, ""}, // refused: there is no such instance
		{http.MethodPut, path, "{}", ""},
		{http.MethodPut, path + "/override", `{"status":"DOWN"}`, "key=ORDERS/1 status=DOWN remote=192.0.2.1:1234"},
		{http.MethodDelete, path + "/override", "", `key=ORDERS/1 status="" remote=192.0.2.1:1234`},
	} {
		log.Reset()
		mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(c.method, c.path, strings.NewReader(c.body)))
		if got := log.String(); !strings.Contains(got, c.log) || (got == "") != (c.log == "") {
			t.Errorf("%s %s is logged as %q", c.method, c.path, got)
		}
	}
}
