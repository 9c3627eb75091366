package registry

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"sort"

	"heureka/model"
)

// trail is what one incarnation authored and the map still holds, by the number
// of the dot: so what lies beyond a number is found without a look at the rest.
type trail struct {
	steps []step
	// replaced counts the steps whose entries the map doesn't hold any more. Such an
	// entry goes at once where the steps are in order, or it would keep its memory.
	replaced int
	shuffled bool // the steps aren't in order
}

// step is one place in a trail; without an entry it is a hole.
type step struct {
	seq   uint64
	entry *Entry
}

// trailSlack is how many replaced entries a trail keeps at least.
const trailSlack = 4

func (t *trail) add(e *Entry) {
	if n := len(t.steps); n > 0 && t.steps[n-1].seq > e.Dot.Seq {
		t.shuffled = true
	}
	t.steps = append(t.steps, step{e.Dot.Seq, e})
}

// punch makes a hole where the entry is.
func (t *trail) punch(e *Entry) {
	for i := t.beyond(e.Dot.Seq - 1); i < len(t.steps) && t.steps[i].seq == e.Dot.Seq; i++ {
		if t.steps[i].entry == e {
			t.steps[i].entry = nil
		}
	}
}

// beyond returns the index of the first step above a number, of steps in order.
func (t *trail) beyond(seq uint64) int {
	return sort.Search(len(t.steps), func(i int) bool { return t.steps[i].seq > seq })
}

// tread notes in the trails that a slot has another entry now.
func (m *Map) tread(before, after *Entry) {
	if after != nil {
		t := m.trails[after.Owner()]
		if t == nil {
			t = new(trail)
			m.trails[after.Owner()] = t
		}
		t.add(after)
	}
	if before == nil {
		return
	}
	t := m.trails[before.Owner()]
	t.replaced++
	if !t.shuffled {
		t.punch(before)
	}
	switch {
	case t.replaced == len(t.steps):
		delete(m.trails, before.Owner())
	case t.replaced > len(t.steps)/2+trailSlack:
		m.tidy(t)
	}
}

// tidy drops what was replaced from a trail and brings the rest in order.
func (m *Map) tidy(t *trail) {
	t.steps = slices.Clone(slices.DeleteFunc(t.steps, m.stale))
	t.replaced = 0
	if t.shuffled {
		slices.SortFunc(t.steps, func(a, b step) int { return cmp.Compare(a.seq, b.seq) })
		t.shuffled = false
	}
}

// tidyAll tidies the trails to which entries came out of order.
func (m *Map) tidyAll() {
	for _, t := range m.trails {
		if t.shuffled {
			m.tidy(t)
		}
	}
}

// stale reports whether a step's entry isn't in the map any more.
func (m *Map) stale(s step) bool { return s.entry == nil || m.At(s.entry.Slot()) != s.entry }

// Beyond yields the entries, tombstones included, whose dots a vector doesn't
// cover: by incarnation, then by number. It costs in proportion to what it yields,
// and to what was replaced among that. The map must not change meanwhile.
func (m *Map) Beyond(vector model.Vector) iter.Seq[*Entry] {
	return func(yield func(*Entry) bool) {
		for _, inc := range slices.SortedFunc(maps.Keys(m.trails), model.Incarnation.Compare) {
			t := m.trails[inc]
			if t.shuffled {
				m.tidy(t)
			}
			for _, s := range t.steps[t.beyond(vector[inc]):] {
				if s.entry != nil && !yield(s.entry) {
					return
				}
			}
		}
	}
}
