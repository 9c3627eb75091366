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
	entries  []*Entry // some of them replaced since
	replaced int
	shuffled bool // they aren't in order
}

// trailSlack is how many replaced entries a trail keeps at least.
const trailSlack = 4

func (t *trail) add(e *Entry) {
	if n := len(t.entries); n > 0 && t.entries[n-1].Dot.Seq > e.Dot.Seq {
		t.shuffled = true
	}
	t.entries = append(t.entries, e)
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
	switch {
	case t.replaced == len(t.entries):
		delete(m.trails, before.Owner())
	case t.replaced > len(t.entries)/2+trailSlack:
		t.entries = slices.Clone(slices.DeleteFunc(t.entries, m.stale))
		t.replaced = 0
	}
}

// stale reports whether an entry isn't in the map any more.
func (m *Map) stale(e *Entry) bool { return m.At(e.Slot()) != e }

// Beyond yields the entries, tombstones included, whose dots a vector doesn't
// cover: by incarnation, then by number. It costs in proportion to what it yields,
// but for the first time after entries came out of order. The map must not change
// meanwhile.
func (m *Map) Beyond(vector model.Vector) iter.Seq[*Entry] {
	return func(yield func(*Entry) bool) {
		for _, inc := range slices.SortedFunc(maps.Keys(m.trails), model.Incarnation.Compare) {
			for _, e := range m.trails[inc].beyond(vector[inc]) {
				if !m.stale(e) && !yield(e) {
					return
				}
			}
		}
	}
}

// beyond returns the entries above a number.
func (t *trail) beyond(seq uint64) []*Entry {
	if t.shuffled {
		slices.SortFunc(t.entries, func(a, b *Entry) int { return cmp.Compare(a.Dot.Seq, b.Dot.Seq) })
		t.shuffled = false
	}
	return t.entries[sort.Search(len(t.entries), func(i int) bool { return t.entries[i].Dot.Seq > seq }):]
}
