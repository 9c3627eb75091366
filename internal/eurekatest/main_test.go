package eurekatest

import (
	"flag"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// clients says which programs are built and tried.
var clients = flag.String("clients", "none", "which clients of others are tried: none, newest or all")

// patience is how long a test waits for anything before it fails. It is far longer
// than anything should take, for machines that are busy with several Javas.
const patience = 2 * time.Minute

// look is how often is looked at what nobody tells of.
const look = 20 * time.Millisecond

func TestMain(m *testing.M) {
	if part := os.Getenv(playing); part != "" {
		os.Exit(play(part))
	}
	goleak.VerifyTestMain(m)
}

// eventually waits until the check finds nothing wrong.
func eventually(t *testing.T, what string, check func() error) {
	t.Helper()
	timeout, again := time.NewTimer(patience), time.NewTicker(look)
	defer timeout.Stop()
	defer again.Stop()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-again.C:
		case <-timeout.C:
			t.Fatalf("waited in vain for %s: %v", what, err)
		}
	}
}
