package client_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"heureka/client"
	"heureka/interest"
)

// TestANodeOfAnotherKindIsSaid, which answers a handshake as one that doesn't know the path.
func TestANodeOfAnotherKindIsSaid(t *testing.T) {
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	log := make(lines, 1)
	c, err := client.New(client.Config{
		ReadNodes: []string{other.URL}, BackoffBase: time.Millisecond, BackoffMax: time.Millisecond,
		Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Subscribe(t.Context(), interest.Interest{Kind: interest.Full}); err != nil {
		t.Fatal(err)
	}
	select {
	case line := <-log:
		if !strings.Contains(line, "no such node (write nodes take registrations, read nodes subscriptions)") || !strings.Contains(line, "404") {
			t.Errorf("logged %s", line)
		}
	case <-time.After(time.Minute):
		t.Fatal("nothing is logged")
	}
}
