package owner

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"heureka/model"
)

// balanced is clients over plain HTTP behind a balancer, which sends each of
// their renewals to a node of its own choosing.
type balanced struct {
	*world
	keys  []model.Key
	every time.Duration
	// evicting is a node that hears too few renewals and may answer 404. No client
	// is sent there twice in a row, or the others would hear too few.
	evicting *node
	last     map[model.Key]*node
}

// behindBalancer registers clients at nodes of the balancer's choosing.
func behindBalancer(w *world, clients int) *balanced {
	b := &balanced{world: w, every: 10 * sec, last: make(map[model.Key]*node)}
	for i := range clients {
		b.keys = append(b.keys, model.NewKey("APP", fmt.Sprint(i)))
		w.put(b.pick(), instance(b.keys[i], "one"))
	}
	return b
}

// pick returns a node that says it is ready.
func (b *balanced) pick() *node {
	for {
		if n := b.nodes[b.random.IntN(len(b.nodes))]; !n.dead && n.Replica().Ready() {
			return n
		}
	}
}

// renew renews what is due, not all clients at once.
func (b *balanced) renew() {
	for i, k := range b.keys {
		phase := time.Duration(i) * b.every / time.Duration(len(b.keys)) / 100e6 * 100e6
		if b.mono%b.every != phase {
			continue
		}
		if n, err := b.renewOne(k); err != nil && (n != b.evicting || !errors.Is(err, ErrNotFound)) {
			b.Fatalf("%v: renew %s at %s: %v", b.mono, k, n.name, err)
		}
	}
}

// renewOne renews a key at one node, or at the next one that isn't behind.
func (b *balanced) renewOne(k model.Key) (n *node, err error) {
	for range 10 {
		n = b.pick()
		for n == b.evicting && n == b.last[k] {
			n = b.pick()
		}
		if err = n.RenewPlain(k, b.now()); !errors.Is(err, ErrBehind) {
			break
		}
	}
	b.last[k] = n
	return n, err
}

// still lets time pass in which nobody authors anything.
func (b *balanced) still(d time.Duration) {
	b.Helper()
	before := b.authored()
	b.run(d, b.renew)
	if n := b.authored() - before; n != 0 {
		b.Fatalf("%v: %d entries were authored in the last %v", b.mono, n, d)
	}
}

// wantAll checks that everything is registered at living nodes, that all agree,
// and that nothing of it was ever seen to go.
func (b *balanced) wantAll() {
	b.Helper()
	living := func(inc model.Incarnation) bool {
		return slices.ContainsFunc(b.nodes, func(n *node) bool { return !n.dead && n.Replica().Self() == inc })
	}
	if got := b.agree(); len(got) != len(b.keys) {
		b.Fatalf("%v: %d of %d are left: %v", b.mono, len(got), len(b.keys), got)
	}
	for _, n := range b.nodes {
		for _, k := range b.keys {
			if e := n.Replica().Map().Get(k); !n.dead && !living(e.Owner()) {
				b.Errorf("%v: %s is owned by the dead %s", b.mono, k, e.Owner())
			}
		}
		for _, line := range n.shown {
			if strings.HasPrefix(line, "-") && n != b.evicting {
				b.Errorf("%s showed %v", n.name, n.shown)
				break
			}
		}
	}
}

// TestOwnershipDoesntFollowTheBalancer has clients renew through whichever node,
// over a network that loses, delays and repeats.
func TestOwnershipDoesntFollowTheBalancer(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			w := newSeededWorld(t, seed, "a", "b", "c")
			b := behindBalancer(w, 12)
			w.loss, w.late, w.twice = 0.1, 0.1, 0.1
			b.run(5*sec, b.renew) // what was put may have got lost
			b.still(3 * time.Minute)
			b.wantAll()

			victim := w.nodes[w.random.IntN(3)]
			victim.dead = true
			b.run(time.Duration(1+w.random.IntN(30))*sec, b.renew)
			w.start(victim.name, 3)
			b.run(30*sec, b.renew)
			b.wantAll()
			b.still(2 * time.Minute)

			// Too short for a lease to end where it isn't heard of.
			cut := b.pick()
			cut.cut = true
			b.run(time.Duration(1+w.random.IntN(14))*sec, b.renew)
			cut.cut = false
			b.run(30*sec, b.renew)
			b.wantAll()
			b.still(2 * time.Minute)

			// Long enough for the node that is cut off to evict what the others hear of.
			b.evicting = b.pick()
			b.evicting.cut = true
			b.run(time.Duration(30+w.random.IntN(180))*sec, b.renew)
			b.evicting.cut = false
			w.loss, w.late = 0, 0 // three seconds are the others' to say otherwise
			b.run(30*sec, b.renew)
			w.loss, w.late = 0.1, 0.1
			b.wantAll()
			b.still(2 * time.Minute)
			b.wantAll()
		})
	}
}
