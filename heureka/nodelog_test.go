package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"heureka/client"
	"heureka/interest"
	"heureka/wire"
)

func TestNodesAreTalkedAboutOnce(t *testing.T) {
	const a, b = "http://127.0.0.1:8761/api/v1/x", "http://127.0.0.1:8762/api/v1/x"
	refused, reset := errors.New("refused"), errors.New("reset")
	var out bytes.Buffer
	log := console{err: &out}.clientLog("samples").With("channel", "subscription")
	failed := func(node string, err error, failures int) {
		log.Warn("no connection", "node", node, "error", err, "failures", failures)
	}
	failed(a, refused, 1)
	failed(b, refused, 2)
	failed(a, refused, 3)
	failed(a, reset, 4) // another reason
	log.Info("connected", "node", b)
	failed(b, refused, 5) // the connection didn't last
	log.Info("connected", "node", b)
	failed(b, refused, 1) // it did
	log.Info("something else")
	log.Warn("something else", "node", a)
	want := "samples: 127.0.0.1:8761: refused; trying on\n" +
		"samples: 127.0.0.1:8762: refused; trying on\n" +
		"samples: 127.0.0.1:8761: reset; trying on\n" +
		"samples: 127.0.0.1:8762: connected\n" +
		"samples: 127.0.0.1:8762: refused; trying on\n"
	rest, ok := strings.CutPrefix(out.String(), want)
	if !ok || strings.Count(rest, "\n") != 1 || !strings.Contains(rest, `level=WARN msg="something else" channel=subscription`) {
		t.Errorf("said\n%s\nwant\n%s", out.String(), want)
	}
}

func TestWhatIsNotOfAClientIsPassedOn(t *testing.T) {
	var out bytes.Buffer
	log := console{err: &out}.clientLog("")
	log.Info("not for people")
	log.Warn("node ended", "node", "write-1", "error", io.EOF)
	if !strings.Contains(out.String(), `msg="node ended" node=write-1 error=EOF`) || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("said %s", out.String())
	}
}

func TestReasonsAreShort(t *testing.T) {
	dial := func(err error) error {
		return fmt.Errorf("connect: failed to WebSocket dial: %w", &net.OpError{Op: "dial", Net: "tcp", Err: err})
	}
	handshake := func(status int) error {
		return fmt.Errorf("connect: failed to WebSocket dial: expected handshake response status code 101 but got %d", status)
	}
	for _, test := range []struct {
		err     error
		channel string
		want    string
	}{
		{dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)), "subscription", "connection refused"},
		{dial(&net.DNSError{Name: "nowhere", Err: "no such host", IsNotFound: true}), "subscription", "no host is called nowhere"},
		{dial(context.DeadlineExceeded), "subscription", "no answer in time"},
		{fmt.Errorf("read: %w", io.EOF), "subscription", "it closed the connection"},
		{handshake(404), "subscription", "this is no read node (see --read)"},
		{handshake(404), "registrations", "this is no write node (see --write)"},
		{handshake(503), "registrations", "it takes no clients now (503)"},
		{handshake(302), "registrations", "it answers 302"},
		{wire.NewError(wire.CodeDraining, "this node stops"), "registrations", wire.NewError(wire.CodeDraining, "this node stops").Error()},
		{errors.New("odd"), "registrations", "odd"},
	} {
		if got := reasonOf(test.err, test.channel); got != test.want {
			t.Errorf("%v: %q, want %q", test.err, got, test.want)
		}
	}
}

// TestTheClientLogsAsNodeLogReads holds the handler to what the client really
// logs, at a node that isn't there and at one of the other kind.
func TestTheClientLogsAsNodeLogReads(t *testing.T) {
	dead := strings.TrimPrefix(nobody, "http://")
	other := answering(t, http.StatusNotFound, "")
	for node, want := range map[string]string{
		dead:  dead + ": connection refused; trying on\n",
		other: other + ": this is no read node (see --read); trying on\n",
	} {
		said := make(firstWrite, 1)
		nodes, err := client.New(client.Config{ReadNodes: []string{node}, Log: console{err: said}.clientLog("")})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := nodes.Subscribe(t.Context(), interest.Interest{Kind: interest.Full}); err != nil {
			t.Fatal(err)
		}
		if got := <-said; got != want {
			t.Errorf("said %q, want %q", got, want)
		}
		nodes.Close()
	}
}

// firstWrite hands on the first thing that is written.
type firstWrite chan string

func (w firstWrite) Write(p []byte) (int, error) {
	select {
	case w <- string(p):
	default:
	}
	return len(p), nil
}

var _ slog.Handler = (*nodeLog)(nil)
