package client_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"heureka/client"
	"heureka/interest"
)

// lines is a log whose lines can be waited for.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	select {
	case l <- string(p):
	default: // nobody wants more
	}
	return len(p), nil
}

// TestPasswordsAreNotLogged, of which a node's URL may have one for a proxy before it.
func TestPasswordsAreNotLogged(t *testing.T) {
	log := make(lines, 1)
	c, err := client.New(client.Config{
		ReadNodes: []string{"http://user:secret@127.0.0.1:9"}, BackoffBase: time.Millisecond, BackoffMax: time.Millisecond,
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
		if strings.Contains(line, "secret") || !strings.Contains(line, "user:") {
			t.Errorf("logged %s", line)
		}
	case <-time.After(time.Minute):
		t.Fatal("nothing is logged")
	}
}
