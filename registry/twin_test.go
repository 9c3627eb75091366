package registry_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"heureka/model"
	"heureka/registry"
)

var seed = flag.Uint64("registry.seed", 0, "run the properties with this seed only")

// seeds yields the seeds of a property: many, or the one asked for.
func seeds(t *testing.T, n int) []uint64 {
	if *seed != 0 {
		return []uint64{*seed}
	}
	out := make([]uint64, n)
	for i := range out {
		out[i] = uint64(i + 1)
	}
	t.Logf("replay one with -registry.seed=N")
	return out
}

// twin is the dumb form of everything: all that was ever authored, by author.
// A map with a vector holds the greatest entry of each key that the vector
// covers, and that is computed anew each time.
type twin map[model.Incarnation][]*registry.Entry

func (w twin) at(v model.Vector) map[registry.Slot]*registry.Entry {
	out := make(map[registry.Slot]*registry.Entry)
	for inc, entries := range w {
		for _, e := range entries[:v[inc]] {
			if have := out[e.Slot()]; have == nil || have.Compare(e) < 0 {
				out[e.Slot()] = e
			}
		}
	}
	return out
}

// check compares a map with what its vector says.
func (w twin) check(m *registry.Map) error {
	want := w.at(m.Vector())
	live, overridden, digest := 0, 0, uint64(0)
	for slot, e := range want {
		if got := get(m, slot); got == nil || got.Compare(e) != 0 {
			return fmt.Errorf("%v: got %+v, its vector says %+v", slot, got, e)
		}
		switch {
		case !e.Live():
		case slot.Override:
			overridden++
			digest += ^model.EntryHash(slot.Key, e.Version)
		default:
			live++
			digest += model.EntryHash(slot.Key, e.Version)
		}
	}
	for e := range m.All() {
		if want[e.Slot()] == nil {
			return fmt.Errorf("%v: got %+v, its vector says nothing", e.Slot(), e)
		}
	}
	if m.Live() != live || m.Overridden() != overridden || m.Digest() != digest {
		return fmt.Errorf("live %d, overridden %d, digest %x, want %d, %d and %x", m.Live(), m.Overridden(), m.Digest(), live, overridden, digest)
	}
	if tombs := len(want) - live - overridden; m.Tombstones() != tombs {
		return fmt.Errorf("%d tombstones, want %d", m.Tombstones(), tombs)
	}
	owners := 0
	for _, n := range m.Owners() {
		owners += n
	}
	if owners != live {
		return fmt.Errorf("owners have %d entries, %d are live", owners, live)
	}
	return nil
}

// get returns what a map holds in a slot.
func get(m *registry.Map, slot registry.Slot) *registry.Entry {
	if slot.Override {
		return m.Override(slot.Key)
	}
	return m.Get(slot.Key)
}

// node is a map with its inbox and what it authored and hasn't published.
type node struct {
	self  model.Incarnation
	m     *registry.Map
	inbox *registry.Inbox
	time  model.Time
	sent  uint64
}

// author makes up a word of a client, a copy by another owner, or a removal.
func (n *node) author(r *rand.Rand, w twin) {
	n.time += model.Time(r.IntN(3))
	k := key(r.IntN(6))
	if r.IntN(4) == 0 {
		n.override(r, w, k)
		return
	}
	have := n.m.Get(k)
	if have != nil {
		n.time = max(n.time, have.Version.Time)
	}
	var e registry.Entry
	switch choice := r.IntN(4); {
	case have.Live() && choice == 0:
		e = tomb(k, ended(have.Version, n.self))
	case have.Live() && choice == 1:
		e = tomb(k, have.Version)
	case have.Live() && choice == 2:
		e = *have
		e.Version.Turn, e.Version.Incarnation = have.Version.Turn+1, n.self
	default:
		n.time++
		e = live(k, n.time, 0, n.self, r.IntN(3))
	}
	n.add(w, e)
}

// override makes up an operator's word.
func (n *node) override(r *rand.Rand, w twin, k model.Key) {
	if have := n.m.Override(k); have != nil {
		n.time = max(n.time, have.Version.Time)
	}
	n.time++
	n.add(w, override(k, n.time, n.self, []model.Status{"", model.StatusDown, model.StatusOutOfService}[r.IntN(3)]))
}

func (n *node) add(w twin, e registry.Entry) {
	if authored, _, ok := n.m.Author(n.self, e, 0); ok {
		w[n.self] = append(w[n.self], authored)
	}
}

// TestMapIsWhatItsVectorSays drives three maps with deltas lost, doubled and out
// of order, and pulls between any two, and compares each step with the twin.
func TestMapIsWhatItsVectorSays(t *testing.T) {
	for _, s := range seeds(t, 300) {
		if err := runMaps(s); err != nil {
			t.Fatalf("seed %d: %v", s, err)
		}
	}
}

func runMaps(seed uint64) error {
	r := rand.New(rand.NewPCG(seed, 1))
	w := make(twin)
	var nodes []*node
	for _, inc := range []model.Incarnation{nodeA, nodeB, nodeC} {
		nodes = append(nodes, &node{self: inc, m: registry.NewMap(), inbox: registry.NewInbox(8)})
	}
	var network []*registry.Delta
	for step := range 200 {
		n := nodes[r.IntN(len(nodes))]
		switch r.IntN(5) {
		case 0, 1:
			n.author(r, w)
		case 2:
			if to := n.m.Vector()[n.self]; to > n.sent {
				network = append(network, &registry.Delta{Incarnation: n.self, From: n.sent, To: to, Entries: w[n.self][n.sent:to]})
				n.sent = to
			}
		case 3:
			if len(network) > 0 {
				i := r.IntN(len(network))
				n.receive(network[i])
				if r.IntN(2) == 0 {
					network = append(network[:i], network[i+1:]...) // for the others it is lost
				}
			}
		case 4:
			other := nodes[r.IntN(len(nodes))]
			answer := other.m.Cut(n.m.Vector().Clone(), r.IntN(4) == 0)
			n.m.Adopt(&answer, 0)
			n.unblock()
			if !n.m.Vector().Includes(other.m.Vector()) {
				return fmt.Errorf("step %d: a pull left the asker behind", step)
			}
		}
		if err := w.check(n.m); err != nil {
			return fmt.Errorf("step %d, node %s: %w", step, n.self.Name, err)
		}
		if err := checkBeyond(n.m, anywhere(r, n.m)); err != nil {
			return fmt.Errorf("step %d, node %s: %w", step, n.self.Name, err)
		}
	}
	return nil
}

func (n *node) receive(d *registry.Delta) {
	if d.Incarnation == n.self {
		return
	}
	if _, applied := n.m.Apply(d, 0); !applied {
		n.inbox.Add(d)
	}
	n.unblock()
}

func (n *node) unblock() {
	for d := n.inbox.Next(n.m.Vector()); d != nil; d = n.inbox.Next(n.m.Vector()) {
		n.m.Apply(d, 0)
	}
}

// TestForgettingNeitherDivergesNorResurrects lets maps forget tombstones while
// one of them hears nothing, and then heals.
func TestForgettingNeitherDivergesNorResurrects(t *testing.T) {
	for _, s := range seeds(t, 300) {
		r := rand.New(rand.NewPCG(s, 2))
		w := make(twin)
		a := &node{self: nodeA, m: registry.NewMap()}
		b := &node{self: nodeB, m: registry.NewMap()}
		for now := range 40 {
			a.author(r, w)
			if r.IntN(3) == 0 { // only a authors: what it removes must stay removed everywhere
				a.m.Forget(time.Duration(now))
			}
			if r.IntN(8) == 0 {
				answer := a.m.Cut(b.m.Vector(), false)
				b.m.Adopt(&answer, 0)
			}
			for _, n := range []*node{a, b} {
				if err := checkBeyond(n.m, anywhere(r, n.m)); err != nil {
					t.Fatalf("seed %d: %v", s, err)
				}
			}
		}
		answer := a.m.Cut(b.m.Vector(), false)
		b.m.Adopt(&answer, 0)
		if a.m.Digest() != b.m.Digest() || a.m.Live() != b.m.Live() {
			t.Fatalf("seed %d: %d live entries on one, %d on the other", s, a.m.Live(), b.m.Live())
		}
		for slot, e := range w.at(a.m.Vector()) {
			if got := get(b.m, slot); got.Live() != e.Live() {
				t.Fatalf("seed %d: %v live %v, want %v", s, slot, got.Live(), e.Live())
			}
		}
	}
}
