package owner

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"heureka/model"
	"heureka/write-node/lease"
)

// crowd registers n instances at a node, each by a connection of its own.
func (w *world) crowd(n int) []*client {
	out := make([]*client, n)
	for i := range out {
		out[i] = w.connect(w.nodes[0], fmt.Sprint("p", i), ConnID(i+1))
		out[i].register(instance(model.NewKey("APP", fmt.Sprint(i)), "one"))
	}
	return out
}

// live lets the clients heartbeat every 10 s, each at a time of its own.
func (w *world) live(clients []*client) func() {
	return func() {
		for i, c := range clients {
			if phase := time.Duration(i%100) * 100 * time.Millisecond; w.mono%(10*sec) == phase {
				c.at.Heard(c.id, w.now())
			}
		}
	}
}

func (n *node) held(c lease.Class) int { return n.Leases().Stats(0, c).Held }

func TestANetworkEventThatSilencesEverybodyEvictsNothing(t *testing.T) {
	w := newWorld(t, "a")
	clients := w.crowd(20)
	w.run(sec, w.live(clients))
	w.run(40 * sec)
	for _, c := range clients {
		w.nodes[0].Close(c.id, GivenUp)
	}
	w.run(10 * time.Minute)
	if n := w.nodes[0].held(lease.Own); n < 17 { // the quota is 3, until the last one falls silent
		t.Fatalf("%d are left", n)
	}
	before := w.nodes[0].Counts().Evicted
	w.run(10 * time.Minute)
	if after := w.nodes[0].Counts().Evicted; after != before {
		t.Errorf("evicted %v, then %v", before, after)
	}
}

func TestClientsThatDiedGoByTheQuota(t *testing.T) {
	w := newWorld(t, "a")
	for _, c := range w.crowd(20) {
		w.nodes[0].Close(c.id, Left)
	}
	w.run(30*sec + 7*time.Minute)
	if n := w.nodes[0].held(lease.Own); n != 0 {
		t.Errorf("%d are left", n)
	}
}

func TestACutOffNodeKeepsItsOwnWhileNobodyIsHeard(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	c := w.connect(w.nodes[0], "p", 1)
	c.register(instance(key, "one"))
	w.nodes[0].cut = true
	w.nodes[0].Close(1, Left) // the socket broke, as all others did
	w.run(30 * time.Minute)
	cur := w.nodes[0].Replica().Map().Get(key)
	if !cur.Live() {
		t.Fatal("was evicted by a node that hears nobody")
	}
	if s := w.nodes[0].Leases().Stats(w.mono, lease.Own); s.Holds[lease.CutOff] == 0 {
		t.Errorf("it isn't said why: %v", s.Holds)
	}
}

func TestACutOffNodeEvictsByTheQuotaWhileAClientLives(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	clients := w.crowd(2)
	w.nodes[0].cut = true
	w.run(45*sec, w.live(clients[1:]))
	m := w.nodes[0].Replica().Map()
	if m.Get(model.NewKey("APP", "0")).Live() || !m.Get(model.NewKey("APP", "1")).Live() {
		t.Error("the silent one is still there, or the living one isn't")
	}
}

func TestACutOffNodeEvictsNothingThatItTookOver(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	w.connect(w.nodes[0], "p", 1).register(instance(key, "one"))
	w.nodes[0].dead = true
	w.run(15 * sec)
	heir, other := w.nodes[1], w.nodes[2]
	if w.agree()[key] != "b one" {
		heir, other = other, heir
	}
	other.dead = true
	w.run(30 * time.Minute)
	if !heir.Replica().Map().Get(key).Live() {
		t.Fatal("was evicted by a node that hears nobody")
	}
	w.run(31 * time.Minute)
	if heir.Replica().Map().Get(key).Live() {
		t.Error("was held for more than an hour")
	}
}

func TestOneNodeByItselfIsNotCutOff(t *testing.T) {
	w := newWorld(t, "a")
	w.connect(w.nodes[0], "p", 1).register(instance(key, "one"))
	w.run(31 * sec)
	w.wantOwner("")
}

func TestAnOperatorHoldsResumesAndReleases(t *testing.T) {
	w := newWorld(t, "a", "b")
	w.crowd(40) // silent from now on
	n := w.nodes[0]
	for _, d := range []time.Duration{0, -1, n.cfg.HoldMax + 1} {
		if err := n.HoldEvictions(lease.Own, d, w.now()); !errors.Is(err, ErrHold) {
			t.Errorf("a hold of %v: %v", d, err)
		}
	}
	if err := n.HoldEvictions(lease.Own, time.Hour, w.now()); err != nil {
		t.Fatal(err)
	}
	keep := w.connect(n, "q", 1000)
	keep.register(instance(key, "one"))
	alive := func() { n.Heard(keep.id, w.now()) }
	w.run(5*time.Minute, alive)
	if got := n.held(lease.Own); got != 41 {
		t.Fatalf("%d are left while held", got)
	}
	if err := n.ResumeEvictions(lease.Own, w.now()); err != nil {
		t.Fatal(err)
	}
	w.run(sec, alive)
	if got := n.held(lease.Own); got != 35 {
		t.Fatalf("%d are left after the first window", got)
	}
	if got, err := n.ReleaseEvictions(lease.Own, "app", w.now()); got != 34 || err != nil {
		t.Fatalf("%d were released, %v", got, err)
	}
	w.run(sec, alive)
	w.wantOwner("a one")
	if got := len(w.agree()); got != 1 {
		t.Errorf("%d are left after the release", got)
	}
	if c := n.Counts(); c.Evicted[lease.Own] != 6 || c.Released[lease.Own] != 34 {
		t.Errorf("counts %+v", c)
	}
}
