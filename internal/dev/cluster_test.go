package dev

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"heureka/cluster"
)

func TestAClusterRunsUntilToldToStop(t *testing.T) {
	c, err := NewCluster(AnyPorts(2, 1), Settings{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	ready := make(chan struct{})
	go func() { ended <- c.Run(ctx, func() { close(ready) }) }()
	select {
	case <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
	nodes := append(c.Nodes(cluster.Write), c.Nodes(cluster.Read)...)
	if len(nodes) != 3 || nodes[0].Name != "write-1" || nodes[2].Name != "read-1" {
		t.Fatalf("runs %+v", nodes)
	}
	for _, n := range nodes {
		answer, err := http.Get("http://" + n.HTTP + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s answers %s", n.Name, answer.Status)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestAClusterWhosePortIsTakenLeavesNothingBehind(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	nodes := AnyPorts(1, 1)
	nodes[1].HTTP = taken.Addr().String()
	if _, err := NewCluster(nodes, Settings{Log: slog.New(slog.DiscardHandler)}); err == nil || !strings.HasPrefix(err.Error(), "read-1: http: ") {
		t.Errorf("got %v", err)
	}
}

func TestOneNodeIsAnnouncedWhenItIsReady(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	nodes := AnyPorts(1, 0)
	lines := &firstLine{then: cancel}
	err := RunNode(ctx, nodes[0], nodes, Settings{Log: slog.New(slog.DiscardHandler)}, lines)
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if !strings.HasPrefix(lines.text, `{"node":"write-1","role":"write","pid":`) {
		t.Errorf("announced %q", lines.text)
	}
}

// firstLine keeps what is written, and then does something.
type firstLine struct {
	text string
	then func()
}

func (l *firstLine) Write(p []byte) (int, error) {
	l.text += string(p)
	l.then()
	return len(p), nil
}
