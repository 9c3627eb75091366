package ops

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestProbes(t *testing.T) {
	for name, c := range map[string]struct {
		probe  http.Handler
		status int
		body   string
	}{
		"a process that answers is live": {Liveness(), 200, `{"status":"live"}`},
		"no error is ready":              {Readiness(func() error { return nil }), 200, `{"status":"ready"}`},
		"an error is the reason": {Readiness(func() error { return errors.New("no beacon heard yet") }),
			503, `{"status":"not ready","reason":"no beacon heard yet"}`},
	} {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			c.probe.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
			if w.Code != c.status || w.Body.String() != c.body+"\n" {
				t.Errorf("answered %d %s", w.Code, w.Body)
			}
			if got := w.Header().Get("Content-Type"); got != "application/json" {
				t.Errorf("content type %q", got)
			}
		})
	}
}

func TestReadinessAsksEachTime(t *testing.T) {
	state := errors.New("joining")
	probe := Readiness(func() error { return state })
	for _, want := range []int{503, 200, 503} {
		w := httptest.NewRecorder()
		probe.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		if w.Code != want {
			t.Errorf("answered %d, want %d", w.Code, want)
		}
		if state != nil {
			state = nil
		} else {
			state = errors.New("draining")
		}
	}
}
