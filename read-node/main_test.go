package main

import (
	"context"
	"io"
	"strings"
	"testing"

	"heureka/internal/ops"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestANodeStartsAndStops(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	err := run(ctx, []string{"--name", "read-1", "--http", "127.0.0.1:0", "--admin", "127.0.0.1:0",
		"--nats", "nats://127.0.0.1:1", "--log-level", "error"})
	if err != nil {
		t.Error(err)
	}
}

func TestWrongArgumentsAreSaid(t *testing.T) {
	for wrong, says := range map[string]string{
		"--http=8761":           "--http (HEUREKA_HTTP) is",
		"--heartbeat=often":     "--heartbeat (HEUREKA_HEARTBEAT): expected duration",
		"--heartbeat=0s":        "--heartbeat (HEUREKA_HEARTBEAT) is 0s",
		"--max-sessions=0":      "max-sessions",
		"--log-level=loud":      "--log-level (HEUREKA_LOG_LEVEL) is \"loud\": must be one of debug, info, warn, error",
		"--nosuchflag":          "nosuchflag",
		"--drain-spread=1h":     "drain-timeout",
		"--cluster=not a name!": "cluster",
	} {
		err := run(t.Context(), []string{"--http=127.0.0.1:0", "--admin=127.0.0.1:0", wrong})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", wrong, err)
		}
		if code := ops.Ended("read-node", err, io.Discard); code != 2 {
			t.Errorf("%s ends with %d", wrong, code)
		}
	}
}
