package registry_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"heureka/model"
	"heureka/registry"
)

// told is what somebody knows of a view who heard all of its changes.
type told map[model.Key]model.Change

// hear takes the changes in and reports what doesn't fit.
func (seen told) hear(changes []model.Change) error {
	for _, c := range changes {
		last, held := seen[c.Key]
		switch {
		case c.Before != last.After:
			return fmt.Errorf("%s was %s, its change says %s", c.Key, last.After, c.Before)
		case c.Kind == model.Remove && !held:
			return fmt.Errorf("%s is removed and wasn't shown", c.Key)
		case c.Kind == model.Remove:
			delete(seen, c.Key)
			continue
		case held && (c.Hash == last.Hash || c.Version.Compare(last.Version) <= 0):
			return fmt.Errorf("%s at %s after %s", c.Key, c.Version, last.Version)
		}
		seen[c.Key] = c
	}
	return nil
}

// check compares the view with what was heard of it.
func (seen told) check(v *registry.View) error {
	n := 0
	for key, s := range v.All() {
		n++
		last, held := seen[key]
		if !held || s.Instance != last.After || s.Hash != last.Hash || s.Version.Compare(last.Version) < 0 {
			return fmt.Errorf("%s is shown as %s, its last change said %s", key, s.Instance, last.After)
		}
		if got, is := v.Get(key); !is || got != s {
			return fmt.Errorf("%s is %+v among all and %+v alone", key, s, got)
		}
	}
	if n != len(seen) || v.Len() != n {
		return fmt.Errorf("%d are shown, counted as %d, and %d were told", n, v.Len(), len(seen))
	}
	still := maps.Collect(v.Still().All())
	for key, s := range still {
		if got, is := v.Get(key); !is || got != s {
			return fmt.Errorf("%s is %+v, and %+v in a still", key, got, s)
		}
	}
	if len(still) != n || v.Still().Len() < n {
		return fmt.Errorf("%d are shown, and %d in a still, at most %d", n, len(still), v.Still().Len())
	}
	return nil
}

// TestAViewIsWhatItsChangesTell drives maps with words, removals, overrides, deltas,
// pulls and whole answers, and a view of each. What a view shows must always be what its
// changes told; and once nothing is in doubt, what the map holds, of which it then
// remembers no more than where it differs.
func TestAViewIsWhatItsChangesTell(t *testing.T) {
	differed := 0
	for _, s := range seeds(t, 300) {
		n, err := runView(s)
		if err != nil {
			t.Fatalf("seed %d: %v", s, err)
		}
		differed += n
	}
	if differed == 0 {
		t.Error("no view ever differed from its map")
	}
}

func runView(seed uint64) (differed int, err error) {
	r := rand.New(rand.NewPCG(seed, 3))
	w := make(twin)
	a := &node{self: nodeA, m: registry.NewMap(), inbox: registry.NewInbox(8)}
	b := &node{self: nodeB, m: registry.NewMap(), inbox: registry.NewInbox(8)}
	config := registry.ViewConfig{Grace: 3 * time.Second, BehindGrace: time.Minute}
	v, seen := registry.NewView(config, b.m), make(told)
	var now time.Duration
	for step := range 150 {
		now += time.Duration(r.IntN(3)) * time.Second
		for range r.IntN(3) {
			a.author(r, w)
		}
		var transitions []registry.Transition
		switch r.IntN(5) {
		case 0:
			transitions = b.word(r)
		case 1:
			answer := a.m.Cut(b.m.Vector().Clone(), r.IntN(3) == 0)
			transitions = b.m.Adopt(&answer, now)
		case 2:
			answer := b.m.Cut(a.m.Vector().Clone(), false)
			a.m.Adopt(&answer, now)
		case 3:
			b.m.Forget(now - 10*time.Second)
			if r.IntN(4) == 0 { // it has ended, and nobody knows how
				transitions = b.m.Adopt(&registry.Answer{Whole: true, Vector: b.m.Vector().Clone()}, now)
			}
		case 4:
			from, to := b.m.Vector()[nodeA], a.m.Vector()[nodeA]
			transitions, _ = b.m.Apply(&registry.Delta{Incarnation: nodeA, From: from, To: to, Entries: w[nodeA][from:to]}, now)
		}
		v.Apply(transitions, r.IntN(4) == 0, now)
		v.Settle(r.IntN(4) == 0, now)
		if err = seen.hear(v.Drain()); err == nil {
			err = seen.check(v)
		}
		if err == nil && v.Doubts() == 0 {
			err = settled(b.m, v)
		}
		if err != nil {
			return 0, fmt.Errorf("step %d: %w", step, err)
		}
		differed += v.Differs()
	}
	return differed, nil
}

// word makes up what a client says through one of two connections, or its end.
func (n *node) word(r *rand.Rand) []registry.Transition {
	k := key(r.IntN(6))
	e := live(k, n.m.Newest()+1, 0, n.self, r.IntN(3))
	if have := n.m.Get(k); have.Live() && r.IntN(3) == 0 {
		e = tomb(k, have.Version)
	}
	e.Speaker = model.Speaker{Process: 7, Connection: 1 + r.Uint64N(2)}
	_, transition, ok := n.m.Author(n.self, e, 0)
	if !ok {
		return nil
	}
	return []registry.Transition{transition}
}

// settled compares a view in which nothing is in doubt with its map.
func settled(m *registry.Map, v *registry.View) error {
	differs := 0
	for e := range m.Instances() {
		s, is := v.Get(e.Key)
		if is != e.Live() {
			return fmt.Errorf("%s is live %v and shown %v", e.Key, e.Live(), is)
		}
		if !is {
			continue
		}
		instance, version, hash := registry.Merged(e, m.Override(e.Key))
		if s.Instance != instance || s.Hash != hash || s.Version.Compare(version) < 0 {
			return fmt.Errorf("%s is shown as %s, and is %s", e.Key, s.Instance, instance)
		}
		if s.Version != e.Version || s.Hash != e.Hash {
			differs++
		}
	}
	if v.Len() != m.Live() || v.Differs() != differs {
		return fmt.Errorf("%d are shown of %d, %d remembered for %d that differ", v.Len(), m.Live(), v.Differs(), differs)
	}
	return nil
}
