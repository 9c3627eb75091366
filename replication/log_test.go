package replication_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"heureka/model"
	"heureka/replication"

	"github.com/google/uuid"
)

// lines hands on what is logged, a line each.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(bytes.TrimSpace(p))
	return len(p), nil
}

func TestNATSThatDoesntAnswerIsToldOnce(t *testing.T) {
	address, _ := free(t)
	logged := make(lines, 1000)
	c := config()
	c.URLs = []string{"nats://me:secret@" + address}
	l, err := replication.Open(t.Context(), c, model.Incarnation{Name: "read-1", ID: uuid.New()}, slog.New(slog.NewTextHandler(logged, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	line := func() string {
		select {
		case line := <-logged:
			return line
		case <-time.After(patience):
			t.Fatal("nothing is logged")
			return ""
		}
	}
	warning := line()
	for _, want := range []string{"level=WARN", "NATS doesn't answer, trying on", address, "connection refused"} {
		if !strings.Contains(warning, want) {
			t.Errorf("%q isn't in %s", want, warning)
		}
	}
	if strings.Contains(warning, "secret") {
		t.Errorf("a secret is logged: %s", warning)
	}

	server := config()
	server.Listen = address
	open(t, "write-1", server)
	if found := line(); !strings.Contains(found, "level=INFO") || !strings.Contains(found, "NATS answers") || !strings.Contains(found, address) {
		t.Errorf("logged next: %s", found)
	}
}
