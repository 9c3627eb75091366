package clustertest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"heureka/internal/dev"
	"heureka/internal/raw"
	"heureka/model"
	"heureka/wire"
)

// startKept starts a cluster whose write nodes keep their registries in a folder.
func startKept(t *testing.T, folder string, writes, reads int) *testCluster {
	t.Helper()
	c := &testCluster{t: t, data: folder, plan: dev.AnyPorts(writes, 0)}
	c.begin(reads)
	return c
}

// killAll ends all nodes at once, without a word.
func (c *testCluster) killAll() {
	for _, n := range append(append([]*node{}, c.writes...), c.reads...) {
		n.Kill()
	}
	for _, n := range append(append([]*node{}, c.writes...), c.reads...) {
		<-n.ended
	}
}

// unconfirmed returns what a node says of itself.
func (c *testCluster) unconfirmed(n *node) int {
	c.t.Helper()
	resp, err := http.Get("http://" + n.Node.HTTP + "/api/v1/status")
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	var body struct {
		Unconfirmed int `json:"unconfirmed"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		c.t.Fatal(err)
	}
	return body.Unconfirmed
}

// untilUnconfirmed waits until a read node counts so many unconfirmed instances.
func (c *testCluster) untilUnconfirmed(n *node, want int) {
	c.t.Helper()
	for deadline := time.Now().Add(patience); c.unconfirmed(n) != want; {
		if time.Now().After(deadline) {
			c.t.Fatalf("%s counts %d unconfirmed instances, not %d", n.Node.Name, c.unconfirmed(n), want)
		}
	}
}

// returning is a client on a raw channel, which doesn't come back by itself.
type returning struct {
	t       *testing.T
	process string
	channel *raw.Channel
	in      *model.Instance
	version string
}

// say registers its instance at a node, on a new connection.
func (r *returning) say(n *node, connection uint64) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	channel, _, err := raw.Hello(ctx, n.Node.HTTP, wire.PathRegistrations, wire.Hello{Process: r.process, Connection: connection})
	if err != nil {
		r.t.Fatal(err)
	}
	r.channel = channel
	r.t.Cleanup(channel.Close)
	if err := channel.Send(ctx, &wire.Register{Seq: 1, Instance: r.in, Acked: r.version}); err != nil {
		r.t.Fatal(err)
	}
	frame, err := channel.Receive(ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	ack, ok := frame.Messages[0].(*wire.Ack)
	if !ok {
		r.t.Fatalf("%s is answered %+v", r.in.ID, frame.Messages[0])
	}
	r.version = ack.Version
}

// live keeps its connection alive until the test ends.
func (r *returning) live() {
	done := make(chan struct{})
	ctx, cancel := context.WithCancel(r.t.Context())
	go func() {
		defer close(done)
		beat := time.NewTicker(heartbeat / 2)
		defer beat.Stop()
		for seq := uint64(2); ; seq++ {
			select {
			case <-ctx.Done():
				return
			case <-beat.C:
			}
			if err := r.channel.Send(ctx, &wire.Heartbeat{Seq: seq}); err != nil {
				return // its node has ended
			}
			if _, err := r.channel.Receive(ctx); err != nil {
				return
			}
		}
	}()
	r.t.Cleanup(func() { cancel(); <-done })
}

// TestAClusterKilledAsAWholeComesBack kills every node at once. What was
// acknowledged is served again before any client has come back, and says that it is
// unconfirmed; clients that return confirm it, and the rest leaves in the end.
func TestAClusterKilledAsAWholeComesBack(t *testing.T) {
	const clients, gone = 9, 3
	folder := t.TempDir()
	c := startKept(t, folder, 3, 2)
	early := watch(t, c.reads[0].Node.HTTP, full)
	var all []*returning
	var instances []*model.Instance
	for i := range clients {
		r := &returning{t: t, process: fmt.Sprint("p-", i), in: instance("orders", fmt.Sprint("o-", i), "blue")}
		if i < gone {
			r.in.Lease.DurationMs = 6000 // long enough for all that is looked at before they leave
		}
		r.say(c.writes[i%3], 1)
		early.sees(r.in)
		all, instances = append(all, r), append(instances, r.in)
	}
	ended := instance("orders", "ended", "blue")
	unregistered(t, registered(t, c.client(c.writes, nil), ended, early), early)
	c.killAll()

	c = startKept(t, folder, 3, 2)
	watchers := c.watchAll(func(node string) *watcher { return watch(t, node, full) })
	for _, w := range watchers {
		for _, in := range instances {
			w.sees(in)
		}
		w.converged(instances...)
	}
	for _, n := range c.reads {
		c.untilUnconfirmed(n, clients)
	}
	for i, r := range all[gone:] {
		r.say(c.writes[i%3], 2)
		r.live()
		for _, w := range watchers {
			w.lives(r.in.Key())
		}
	}
	for _, w := range watchers {
		for _, r := range all[:gone] {
			w.misses(r.in.Key())
		}
		w.converged(instances[gone:]...)
		for _, in := range instances[gone:] {
			if puts, removes := w.history(in.Key()); puts != 1 || removes != 0 {
				t.Errorf("%s was told %d puts and %d removes of %s", w.name, puts, removes, in.Key())
			}
		}
		if _, ok := w.session.Get(ended.Key()); ok {
			t.Errorf("%s holds what was unregistered", w.name)
		}
	}
	for _, n := range c.reads {
		c.untilUnconfirmed(n, 0)
	}
}

// TestAWriteNodeWithADamagedStoreStartsFromItsPeers truncates one node's file while
// it is down.
func TestAWriteNodeWithADamagedStoreStartsFromItsPeers(t *testing.T) {
	folder := t.TempDir()
	c := startKept(t, folder, 3, 1)
	w := watch(t, c.reads[0].Node.HTTP, full)
	var instances []*model.Instance
	for i := range 6 {
		registered(t, c.client(c.writes[1:], nil), instance("orders", fmt.Sprint("o-", i), "blue"), w)
		instances = append(instances, instance("orders", fmt.Sprint("o-", i), "blue"))
	}
	victim := c.writes[0]
	c.kill(victim)
	file := filepath.Join(folder, victim.Node.Name, "registry.db")
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, info.Size()/2); err != nil {
		t.Fatal(err)
	}
	again := c.node(victim.Node)
	c.writes[0] = again
	c.ready(again)
	if aside, err := filepath.Glob(file + ".corrupt-*"); err != nil || len(aside) != 1 {
		t.Errorf("set aside: %v, %v", aside, err)
	}
	registered(t, c.client(c.writes[:1], nil), instance("orders", "o-new", "blue"), w)
	w.converged(append(instances, instance("orders", "o-new", "blue"))...)
	// It holds all of it, and keeps it from now on.
	c.killAll()
	c = startKept(t, folder, 1, 1)
	watch(t, c.reads[0].Node.HTTP, full).converged(append(instances, instance("orders", "o-new", "blue"))...)
}
