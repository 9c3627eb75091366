package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestOverride(t *testing.T) {
	var asked string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		asked = r.Method + " " + r.URL.EscapedPath() + " " + string(body)
		if r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusNoContent)
		}
	}))
	t.Cleanup(server.Close)
	nodes := "--write=" + nobody + "," + server.URL
	for _, test := range []struct {
		args  string
		code  int
		asked string
	}{
		{"orders host:1/2 OUT_OF_SERVICE", exitDone, `PUT /api/v1/apps/orders/instances/host:1%2F2/override {"status":"OUT_OF_SERVICE"}`},
		{"orders o-1 --clear", exitDone, "DELETE /api/v1/apps/orders/instances/o-1/override "},
		{"orders o-1", exitUsage, ""},
		{"orders o-1 DOWN --clear", exitUsage, ""},
	} {
		asked = ""
		var errs bytes.Buffer
		args := append([]string{"override", nodes}, strings.Fields(test.args)...)
		if code := run(t.Context(), args, console{out: io.Discard, err: &errs}); code != test.code || asked != test.asked {
			t.Errorf("%s: exit code %d, asked %q: %s", test.args, code, asked, errs.String())
		}
	}
	refusing := answering(t, http.StatusNotFound, `{"code":205,"name":"not_found","message":"no such instance is registered","retry":"no"}`)
	var errs bytes.Buffer
	code := run(t.Context(), []string{"override", "--write", refusing, "a", "b", "UP"}, console{out: io.Discard, err: &errs})
	if code != exitFailed || !strings.Contains(errs.String(), "not_found (205)") {
		t.Errorf("exit code %d: %s", code, errs.String())
	}
}
