package ops

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestAdminServesMetricsAndProfiles(t *testing.T) {
	ln := listen(t)
	ctx, stop := context.WithCancel(t.Context())
	returned := make(chan error, 1)
	go func() { returned <- ServeAdmin(ctx, ln, NewRegistry(), quiet()) }()
	for path, want := range map[string]string{
		"/":                              "/metrics",
		"/metrics":                       "heureka_build_info{",
		"/debug/pprof/":                  "goroutine",
		"/debug/pprof/goroutine?debug=1": "goroutine profile:",
		"/debug/pprof/cmdline":           "ops.test",
	} {
		resp, err := client(t).Get("http://" + ln.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
			t.Errorf("%s: %d %v, want %q in\n%.300s", path, resp.StatusCode, err, want, body)
		}
	}
	stop()
	if err := <-returned; err != nil {
		t.Error(err)
	}
}
