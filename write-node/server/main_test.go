package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"heureka/internal/raw"
	"heureka/wire"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	anyPort  = "127.0.0.1:0"
	patience = 30 * time.Second // for what happens within a second
)

// quick returns settings under which a test needn't wait long.
func quick(name string) Config {
	c := DefaultConfig()
	c.Name, c.HTTP, c.Admin, c.NATSListen, c.RoutesListen = name, anyPort, anyPort, anyPort, anyPort
	c.Beacon, c.DeadAfter = 50*time.Millisecond, 2*time.Second
	c.Eureka1.Timeout = patience
	return c
}

// node is a server that runs until the test ends.
type node struct {
	*Server
	t      *testing.T
	client *http.Client
	stop   context.CancelFunc
	ended  chan struct{}
	err    error // of Run, when ended
}

func start(t *testing.T, config Config) *node {
	t.Helper()
	return startWith(t, config, func(*Server) {})
}

// startWith starts a node after a change of it.
func startWith(t *testing.T, config Config, change func(*Server)) *node {
	t.Helper()
	s, err := New(config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s.storeTimeout = patience // of a disk that others use too
	change(s)
	ctx, stop := context.WithCancel(context.Background())
	transport := &http.Transport{}
	n := &node{Server: s, t: t, client: &http.Client{Transport: transport, Timeout: patience}, stop: stop, ended: make(chan struct{})}
	go func() {
		defer close(n.ended)
		n.err = s.Run(ctx)
	}()
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		n.Kill()
		<-n.ended
		stop()
		if n.err != nil {
			t.Errorf("%s: %v", config.Name, n.err)
		}
	})
	return n
}

// startAll starts some nodes as one cluster and waits until they are ready.
func startAll(t *testing.T, size int, changes ...func(*Config)) []*node {
	t.Helper()
	var nodes []*node
	var routes []string
	for i := range size {
		c := quick(fmt.Sprintf("write-%d", i+1))
		c.ClusterSize, c.Peers = size, routes
		for _, change := range changes {
			change(&c)
		}
		n := start(t, c)
		routes = append(routes, n.Addresses().Routes)
		nodes = append(nodes, n)
	}
	for _, n := range nodes {
		n.wait("ready", n.Ready())
	}
	return nodes
}

func (n *node) wait(what string, c <-chan struct{}) {
	n.t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		n.t.Fatalf("%s isn't %s", n.config.Name, what)
	}
}

// request makes a plain request and returns status and body of the answer.
func (n *node) request(method, path, body string) (int, string) {
	n.t.Helper()
	return n.ask(n.Addresses().HTTP, method, path, body)
}

func (n *node) ask(address, method, path, body string) (int, string) {
	n.t.Helper()
	req, err := http.NewRequest(method, "http://"+address+path, strings.NewReader(body))
	if err != nil {
		n.t.Fatal(err)
	}
	resp, err := n.client.Do(req)
	if err != nil {
		n.t.Fatal(err)
	}
	defer resp.Body.Close()
	out, err := io.ReadAll(resp.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	return resp.StatusCode, string(out)
}

func (n *node) status() status {
	n.t.Helper()
	code, body := n.request(http.MethodGet, "/api/v1/status", "")
	var s status
	if err := json.Unmarshal([]byte(body), &s); err != nil || code != http.StatusOK {
		n.t.Fatalf("status: %d %s", code, body)
	}
	return s
}

// until waits for a condition that the status tells of.
func (n *node) until(what string, holds func(status) bool) {
	n.t.Helper()
	for deadline := time.Now().Add(patience); !holds(n.status()); {
		if time.Now().After(deadline) {
			n.t.Fatalf("%s: no %s; the status is %+v", n.config.Name, what, n.status())
		}
	}
}

// open opens a registration channel.
func (n *node) open(process string, number uint64) *raw.Channel {
	n.t.Helper()
	c, _, err := raw.Hello(n.t.Context(), n.Addresses().HTTP, wire.PathRegistrations, wire.Hello{Process: process, Connection: number})
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(c.Close)
	return c
}

// say sends a message and returns what comes next.
func (n *node) say(c *raw.Channel, m wire.Message) []wire.Message {
	n.t.Helper()
	if err := c.Send(n.t.Context(), m); err != nil {
		n.t.Fatal(err)
	}
	return n.hear(c)
}

func (n *node) hear(c *raw.Channel) []wire.Message {
	n.t.Helper()
	frame, err := c.Receive(n.t.Context())
	if err != nil {
		n.t.Fatal(err)
	}
	return frame.Messages
}
