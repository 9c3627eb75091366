package registry

import (
	"slices"
	"time"

	"heureka/model"
)

// Answer is what a node gives to one who asks for everything beyond a vector,
// cut from one moment of its map.
type Answer struct {
	// Whole says that Entries are all of the map: what the asker holds, the
	// answer doesn't, and Vector covers, was removed long ago.
	Whole   bool
	Entries []*Entry
	Vector  model.Vector
	Horizon model.Vector // of a whole answer
}

// ordered is up to how many entries an answer is in order, so that a simulation
// can be repeated. For more, the order isn't worth its time.
const ordered = 1 << 12

// Cut answers a pull: the entries and tombstones whose dots the asker's vector
// doesn't cover. An asker who may lack a tombstone that this map has forgotten,
// or who asks for it, gets the whole map.
func (m *Map) Cut(asker model.Vector, whole bool) Answer {
	a := Answer{
		Whole:   whole || !asker.Includes(m.horizon),
		Vector:  m.vector.Clone(),
		Horizon: m.horizon.Clone(),
	}
	if a.Whole {
		a.Entries = slices.AppendSeq(make([]*Entry, 0, len(m.instances)+len(m.overrides)), m.All())
	} else {
		a.Entries = slices.Collect(m.Beyond(asker))
	}
	if len(a.Entries) <= ordered {
		slices.SortFunc(a.Entries, func(a, b *Entry) int { return a.Slot().Compare(b.Slot()) })
	}
	return a
}

// Adopt merges a complete answer, as a whole: afterwards the map has everything
// that the answering map had, unless it knows better. A living entry that its own
// vector covers it has merged before: what isn't there any more has ended, even
// where the tombstone is forgotten and the answering map never heard of it.
//
// A whole answer also takes away: the answer's map has seen every entry that its
// vector covers, so where it now holds nothing for the key, or something lesser
// that came in after a forgotten tombstone, the entry ended. Nothing that the
// answer's vector doesn't cover is touched.
func (m *Map) Adopt(a *Answer, now time.Duration) []Transition {
	transitions := make([]Transition, 0, len(a.Entries)) // a node that joins takes nearly all of them
	if a.Whole {
		transitions = append(transitions, m.drop(a, now)...)
	}
	for _, e := range a.Entries {
		if m.ended(e) {
			continue
		}
		if t, changed := m.merge(e, now); changed {
			transitions = append(transitions, t)
		}
	}
	m.tidyAll()
	m.vector.Join(a.Vector)
	if a.Whole {
		m.horizon.Join(a.Horizon)
	}
	return transitions
}

// drop takes away what a whole answer says has ended.
func (m *Map) drop(a *Answer, now time.Duration) []Transition {
	held := make(map[Slot]*Entry, len(a.Entries))
	for _, e := range a.Entries {
		held[e.Slot()] = e
	}
	var transitions []Transition
	for mine := range m.All() {
		if !mine.Live() || !a.Vector.Covers(mine.Dot) {
			continue
		}
		theirs := held[mine.Slot()]
		if theirs != nil && theirs.Compare(mine) >= 0 {
			continue // it wins by itself
		}
		if m.ended(theirs) {
			theirs = nil // both have
		}
		m.set(mine.Slot(), mine, theirs)
		if theirs != nil && theirs.Removed {
			m.bury(theirs, now)
		}
		transitions = append(transitions, Transition{Slot: mine.Slot(), Before: mine, After: theirs})
	}
	slices.SortFunc(transitions, func(a, b Transition) int { return a.Slot.Compare(b.Slot) })
	return transitions
}

// ended reports whether an entry of an answer, which may be nil, is a living one
// that has been merged here before: it has ended since, or is still there.
func (m *Map) ended(e *Entry) bool { return e.Live() && m.vector.Covers(e.Dot) }
