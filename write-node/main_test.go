package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"heureka/internal/dev"
	"heureka/internal/ops"
)

func TestArgumentsThatMakeNoSense(t *testing.T) {
	t.Setenv("HEUREKA_NAME", "write-1")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--lease=soon"}, "--lease (HEUREKA_LEASE): expected duration"},
		{[]string{"--http=7001"}, "--http (HEUREKA_HTTP) is"},
		{[]string{"--nats=somewhere"}, "--nats (HEUREKA_NATS) is"},
		{[]string{"--log-level=loud"}, "debug, info, warn, error"},
		{[]string{"--frobnicate"}, "--frobnicate"},
	} {
		if err := run(t.Context(), c.args); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.args, err, c.want)
		} else if code := ops.Ended("write-node", err, io.Discard); code != 2 {
			t.Errorf("%v ends with %d", c.args, code)
		}
	}
}

func TestRunServesUntilItsContextEnds(t *testing.T) {
	address := free(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"--name=write-1", "--http=" + address, "--admin=127.0.0.1:0", "--nats-listen=127.0.0.1:0",
			"--routes-listen=127.0.0.1:0", "--log-level=error"})
	}()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		resp, err := client.Get("http://" + address + "/livez")
		if err == nil {
			body, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				t.Errorf("answered %s %s", resp.Status, body)
			}
			break
		}
		select {
		case err := <-ended:
			t.Fatal(err)
		default:
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// free returns an address on which nothing listens, and nobody else's test will.
func free(t *testing.T) string {
	t.Helper()
	plan, release, err := dev.FreePlan(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	return plan.Writes()[0].HTTP
}

func TestMain(m *testing.M) {
	for _, entry := range os.Environ() { // of whoever runs the test
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "HEUREKA_") {
			os.Unsetenv(name)
		}
	}
	os.Exit(m.Run())
}
