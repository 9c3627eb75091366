package server

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"heureka/cluster"
	"heureka/model"
	"heureka/replication"

	"github.com/google/uuid"
)

// The times of the tests' clusters.
const (
	testBeacon    = 50 * time.Millisecond
	testDeadAfter = time.Hour   // however long a busy machine keeps a beacon
	patience      = time.Minute // of the tests themselves, under the race detector on a busy machine
)

// writer is as much of a write node as a read node can tell: a replica with an
// embedded NATS, and who puts and removes.
type writer struct {
	t     *testing.T
	link  *replication.Link
	do    chan func(*cluster.Replica, model.Moment)
	stop  chan struct{}
	ended sync.WaitGroup
	once  sync.Once
}

func startWriter(t *testing.T) *writer {
	t.Helper()
	self := model.Incarnation{Name: "write-1", ID: uuid.New()}
	config := replication.DefaultConfig()
	config.Listen, config.Routes = "127.0.0.1:0", "127.0.0.1:0"
	link, err := replication.Open(t.Context(), config, self, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	w := &writer{t: t, link: link, do: make(chan func(*cluster.Replica, model.Moment)), stop: make(chan struct{})}
	replica := cluster.DefaultConfig()
	replica.Beacon, replica.DeadAfter = testBeacon, testDeadAfter
	r := cluster.New(replica, self, cluster.Write, "", rand.New(rand.NewPCG(1, 1)))
	w.ended.Go(func() { w.run(r) })
	t.Cleanup(w.close)
	return w
}

func (w *writer) run(r *cluster.Replica) {
	start := time.Now()
	ticker := time.NewTicker(testBeacon / 5)
	defer ticker.Stop()
	for {
		now := model.Moment{Mono: time.Since(start), Wall: time.Now().UnixMicro()}
		select {
		case <-w.stop:
			return
		case <-ticker.C:
			r.Tick(now)
		case m := <-w.link.Incoming():
			r.Receive(now, m)
		case f := <-w.do:
			f(r, now)
		}
		for _, m := range r.Drain().Messages {
			_ = w.link.Send(m) // what is lost is pulled
		}
	}
}

// close stops the writer and its NATS.
func (w *writer) close() {
	w.once.Do(func() {
		close(w.stop)
		w.ended.Wait()
		w.link.Close()
	})
}

func (w *writer) nats() string { return "nats://" + w.link.NATSAddress() }

// put registers instances.
func (w *writer) put(instances ...*model.Instance) {
	w.do <- func(r *cluster.Replica, now model.Moment) {
		for _, in := range instances {
			r.Put(now, in.Key(), model.Pack(in), in.Hash(), model.Version{Time: r.Draw(now, 0), Incarnation: r.Self()}, model.Speaker{})
		}
	}
}

// settled waits until all that was said has left: who connects from now on is told
// nothing of it by a delta.
func (w *writer) settled() {
	w.t.Helper()
	w.do <- func(*cluster.Replica, model.Moment) {} // taken when what came before was sent
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := w.link.Flush(ctx); err != nil {
		w.t.Fatal(err)
	}
}

// remove unregisters an instance.
func (w *writer) remove(app, id string) {
	w.do <- func(r *cluster.Replica, now model.Moment) {
		e := r.Map().Get(model.NewKey(app, id))
		r.Entomb(now, e.Key, model.Version{Time: e.Version.Time, Turn: model.TurnEnd, Incarnation: r.Self()}, e.Speaker)
	}
}

func instance(app, id, vip string) *model.Instance {
	return (&model.Instance{App: app, ID: id, VIP: vip, Address: "10.0.0.1", Status: model.StatusUp}).Canonical()
}

// node is a read node under test.
type node struct {
	*Server
	t    *testing.T
	stop context.CancelFunc
	done chan struct{}
	err  error // of Run, once done is closed
}

func testConfig(w *writer) Config {
	c := DefaultConfig()
	c.Name, c.HTTP, c.Admin = "read-1", "127.0.0.1:0", "127.0.0.1:0"
	c.NATS = []string{w.nats()}
	c.Beacon, c.DeadAfter = testBeacon, testDeadAfter
	c.DrainDelay, c.DrainSpread, c.DrainTimeout, c.Close = 0, 20*time.Millisecond, time.Second, time.Second
	c.Pace = 0
	return c
}

func startNode(t *testing.T, config Config) *node {
	t.Helper()
	s, err := New(config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	n := &node{Server: s, t: t, stop: stop, done: make(chan struct{})}
	go func() {
		defer close(n.done)
		n.err = s.Run(ctx)
	}()
	t.Cleanup(func() {
		s.Kill()
		stop()
		<-n.done
	})
	return n
}

// startReady returns a writer and a node whose view is complete.
func startReady(t *testing.T, adjust func(*Config), instances ...*model.Instance) (*writer, *node) {
	t.Helper()
	w := startWriter(t)
	w.put(instances...)
	w.settled()
	config := testConfig(w)
	if adjust != nil {
		adjust(&config)
	}
	n := startNode(t, config)
	n.await(n.Ready(), "ready")
	return w, n
}

func (n *node) await(c <-chan struct{}, what string) {
	n.t.Helper()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-c:
	case <-timer.C:
		n.t.Fatalf("the node isn't %s after %v", what, patience)
	}
}
