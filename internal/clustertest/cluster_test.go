package clustertest

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"heureka/client"
	"heureka/internal/dev"
	"heureka/model"
)

// built has the programs of the nodes, for the tests that start processes.
var built programs

func TestMain(m *testing.M) {
	if os.Getenv(driving) != "" {
		obeyOrders()
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if err := built.remove(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
		os.Exit(code)
	}))
}

// testCluster is a cluster on ports of the system's choosing.
type testCluster struct {
	t      *testing.T
	nats   string     // of somebody else; empty: the write nodes embed theirs
	data   string     // folder of the registries; empty: none are kept
	plan   []dev.Node // the write nodes, with ports as far as they are known
	writes []*node
	reads  []*node
}

// node is a node that runs until the test ends or kills it.
type node struct {
	*dev.Server
	stop  context.CancelFunc // asks it to stop gracefully
	ended chan struct{}
	err   error // of Run, when ended
}

// start starts a cluster and waits until all nodes are ready.
func start(t *testing.T, writes, reads int) *testCluster {
	t.Helper()
	return startOn(t, "", writes, reads)
}

// startOn starts a cluster on a NATS that is there, unless its URL is empty.
func startOn(t *testing.T, nats string, writes, reads int) *testCluster {
	t.Helper()
	c := &testCluster{t: t, nats: nats, plan: dev.AnyPorts(writes, 0)}
	c.begin(reads)
	return c
}

// begin starts the nodes and waits until all are ready.
func (c *testCluster) begin(reads int) {
	c.t.Helper()
	c.t.Cleanup(func() {
		c.stop(c.reads...) // first, while NATS carries their last word
		c.stop(c.writes...)
	})
	for i, plan := range c.plan {
		c.writes = append(c.writes, c.node(plan))
		c.plan[i] = c.writes[i].Node
	}
	for range reads {
		c.join()
	}
	for _, n := range slices.Concat(c.writes, c.reads) {
		c.ready(n)
	}
}

// join starts one more read node.
func (c *testCluster) join() *node {
	c.t.Helper()
	plan := dev.AnyPorts(0, len(c.reads)+1)
	n := c.node(plan[len(c.reads)])
	c.reads = append(c.reads, n)
	return n
}

func (c *testCluster) node(plan dev.Node) *node {
	c.t.Helper()
	server, err := dev.NewServer(plan, c.plan, c.settings())
	if err != nil {
		c.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	n := &node{Server: server, stop: stop, ended: make(chan struct{})}
	go func() {
		defer close(n.ended)
		n.err = server.Run(ctx)
	}()
	return n
}

// ready waits until the node is.
func (c *testCluster) ready(n *node) {
	c.t.Helper()
	select {
	case <-n.Ready():
	case <-n.ended:
		c.t.Fatalf("%s ended: %v", n.Node.Name, n.err)
	case <-time.After(patience):
		c.t.Fatalf("%s isn't ready", n.Node.Name)
	}
}

// named returns the node with that name.
func (c *testCluster) named(name string) *node {
	c.t.Helper()
	for _, n := range slices.Concat(c.writes, c.reads) {
		if n.Node.Name == name {
			return n
		}
	}
	c.t.Fatalf("no node is called %q", name)
	return nil
}

// stop stops nodes gracefully, as SIGTERM does, and waits until they have ended.
func (c *testCluster) stop(nodes ...*node) {
	for _, n := range nodes {
		n.stop()
	}
	for _, n := range nodes {
		<-n.ended
		if n.err != nil {
			c.t.Errorf("%s: %v", n.Node.Name, n.err)
		}
	}
}

// kill ends a node without a word and waits until it has ended.
func (c *testCluster) kill(n *node) {
	n.Kill()
	<-n.ended
}

// client returns a client of the nodes.
func (c *testCluster) client(write, read []*node) *client.Client {
	c.t.Helper()
	cl, err := client.New(client.Config{
		WriteNodes:  addresses(write),
		ReadNodes:   addresses(read),
		BackoffBase: 20 * time.Millisecond,
		BackoffMax:  500 * time.Millisecond,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(cl.Close)
	return cl
}

func addresses(nodes []*node) []string {
	var out []string
	for _, n := range nodes {
		out = append(out, n.Node.HTTP)
	}
	return out
}

// watchAll has a watcher at every read node.
func (c *testCluster) watchAll(watch func(node string) *watcher) []*watcher {
	var all []*watcher
	for _, n := range c.reads {
		all = append(all, watch(n.Node.HTTP))
	}
	return all
}

// registered registers an instance, tells the watchers that it lives, and waits
// until they see it.
func registered(t *testing.T, cl *client.Client, in *model.Instance, watchers ...*watcher) *client.Registration {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	registration, err := cl.Register(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range watchers {
		w.lives(in.Key())
		w.sees(in)
	}
	return registration
}

// updated changes a registration and waits until the watchers see it.
func updated(t *testing.T, registration *client.Registration, change func(*model.Instance), watchers ...*watcher) *model.Instance {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := registration.Update(ctx, change); err != nil {
		t.Fatal(err)
	}
	in := registration.Instance()
	for _, w := range watchers {
		w.sees(in)
	}
	return in
}

// unregistered ends a registration and waits until the watchers see it gone.
func unregistered(t *testing.T, registration *client.Registration, watchers ...*watcher) {
	t.Helper()
	for _, w := range watchers {
		w.dies(registration.Key())
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := registration.Unregister(ctx); err != nil {
		t.Fatal(err)
	}
	for _, w := range watchers {
		w.misses(registration.Key())
	}
}

func instance(app, id, vip string) *model.Instance {
	in := &model.Instance{App: app, ID: id, VIP: vip, Address: "10.0.0.1", Status: model.StatusUp,
		Ports: []model.Port{{Name: "http", Number: 8080}}}
	return in.Canonical()
}

// longLived returns an instance that no lease ends while a test lasts.
func longLived(id string) *model.Instance {
	in := instance("fixed", id, "blue")
	in.Lease.DurationMs = longer.Milliseconds()
	return in
}

// logWriter writes a node's log to the test's.
type logWriter struct {
	t  *testing.T
	mu sync.Mutex
}

func (w *logWriter) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.t.Logf("%s", line)
	return len(line), nil
}

func (c *testCluster) log() *slog.Logger {
	return slog.New(slog.NewTextHandler(&logWriter{t: c.t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
}
