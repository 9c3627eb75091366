package sample

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"heureka/model"
)

func TestFrontSaysWhoAndHowItIs(t *testing.T) {
	f := newFront("ORDERS", "orders-1")
	ask := func(path string) (int, string) {
		w := httptest.NewRecorder()
		f.server.Handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code, strings.TrimSpace(w.Body.String())
	}
	expect := func(path string, code int, body string) {
		t.Helper()
		if c, b := ask(path); c != code || b != body {
			t.Errorf("%s answers %d %s, want %d %s", path, c, b, code, body)
		}
	}
	expect("/", 200, `{"app":"ORDERS","id":"orders-1","status":"UP"}`)
	expect("/health", 200, `{"app":"ORDERS","id":"orders-1","status":"UP"}`)
	if s := f.turn(); s != model.StatusOutOfService {
		t.Errorf("turned to %s", s)
	}
	expect("/", 200, `{"app":"ORDERS","id":"orders-1","status":"OUT_OF_SERVICE"}`)
	expect("/health", 503, `{"app":"ORDERS","id":"orders-1","status":"OUT_OF_SERVICE"}`)
	if s := f.turn(); s != model.StatusUp {
		t.Errorf("turned to %s", s)
	}
}
