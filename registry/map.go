package registry

import (
	"iter"
	"maps"
	"slices"
	"time"

	"heureka/model"
)

// Map is the registry as one node holds it. The zero Map isn't usable; see
// NewMap. It is not safe for concurrent use.
type Map struct {
	instances map[model.Key]*Entry
	overrides map[model.Key]*Entry
	vector    model.Vector
	horizon   model.Vector
	graves    []grave // tombstones by arrival, oldest first

	live   int // instances
	tombs  int
	digest uint64
	owned  map[model.Incarnation]int // live instances by owner
	borne  map[model.Incarnation]int // entries by the incarnation in their dot
	trails map[model.Incarnation]*trail
	newest model.Time // greatest time ever merged
}

// grave remembers when a tombstone arrived here.
type grave struct {
	entry *Entry
	at    time.Duration
}

// NewMap returns an empty map.
func NewMap() *Map {
	return &Map{
		instances: make(map[model.Key]*Entry),
		overrides: make(map[model.Key]*Entry),
		vector:    make(model.Vector),
		horizon:   make(model.Vector),
		owned:     make(map[model.Incarnation]int),
		borne:     make(map[model.Incarnation]int),
		trails:    make(map[model.Incarnation]*trail),
	}
}

// Get returns the entry of a key's instance, which may be a tombstone, or nil.
func (m *Map) Get(key model.Key) *Entry { return m.instances[key] }

// Override returns the entry of the override of a key's status, which may be a
// tombstone, or nil.
func (m *Map) Override(key model.Key) *Entry { return m.overrides[key] }

// Instances yields the entries of instances, tombstones included, in no
// particular order.
func (m *Map) Instances() iter.Seq[*Entry] { return maps.Values(m.instances) }

// Overrides yields the entries of overrides, tombstones included, in no
// particular order.
func (m *Map) Overrides() iter.Seq[*Entry] { return maps.Values(m.overrides) }

// All yields every entry, of instances and overrides, tombstones included, in no
// particular order.
func (m *Map) All() iter.Seq[*Entry] {
	return func(yield func(*Entry) bool) {
		for _, slots := range []map[model.Key]*Entry{m.instances, m.overrides} {
			for _, e := range slots {
				if !yield(e) {
					return
				}
			}
		}
	}
}

// slots returns where a map holds entries of that kind.
func (m *Map) slots(override bool) map[model.Key]*Entry {
	if override {
		return m.overrides
	}
	return m.instances
}

// At returns the entry in a slot, which may be a tombstone, or nil.
func (m *Map) At(s Slot) *Entry { return m.slots(s.Override)[s.Key] }

// Vector returns how much has been merged. It is the map's own: don't change
// it, and Clone it before keeping it.
func (m *Map) Vector() model.Vector { return m.vector }

// Horizon returns the vector up to which tombstones may have been forgotten. It
// is the map's own, like Vector.
func (m *Map) Horizon() model.Vector { return m.horizon }

// Live returns the number of live instances.
func (m *Map) Live() int { return m.live }

// Tombstones returns the number of tombstones.
func (m *Map) Tombstones() int { return m.tombs }

// Overridden returns the number of live overrides.
func (m *Map) Overridden() int { return len(m.instances) + len(m.overrides) - m.live - m.tombs }

// Graves returns how many arrivals of tombstones are remembered, those of
// tombstones that were replaced since included.
func (m *Map) Graves() int { return len(m.graves) }

// Digest returns the sum, modulo 2^64, of a hash of the slot and version of each
// live entry.
func (m *Map) Digest() uint64 { return m.digest }

// Newest returns the greatest time ever merged.
func (m *Map) Newest() model.Time { return m.newest }

// Owners yields the incarnations that own live instances, with their number.
func (m *Map) Owners() iter.Seq2[model.Incarnation, int] { return maps.All(m.owned) }

// Owned returns how many live instances an incarnation owns.
func (m *Map) Owned(inc model.Incarnation) int { return m.owned[inc] }

// Borne returns how many entries, tombstones included, bear an incarnation's dot.
func (m *Map) Borne(inc model.Incarnation) int { return m.borne[inc] }

// Depart takes an incarnation whose dot nothing bears out of the vector and the
// horizon: as if nothing of it had ever been merged, which shows in no entry.
func (m *Map) Depart(inc model.Incarnation) {
	delete(m.vector, inc)
	delete(m.horizon, inc)
}

// Apply merges a delta. It reports whether the map now has all that the delta
// has; false means that something before the delta is missing: it was not
// applied. Merging what has been merged before does nothing.
func (m *Map) Apply(d *Delta, now time.Duration) (transitions []Transition, applied bool) {
	have := m.vector[d.Incarnation]
	if d.To <= have {
		return nil, true
	}
	if d.From > have {
		return nil, false
	}
	for _, e := range d.Entries {
		if e.Dot.Seq <= have {
			continue // it may have ended since
		}
		if t, changed := m.merge(e, now); changed {
			transitions = append(transitions, t)
		}
	}
	m.vector[d.Incarnation] = d.To
	return transitions, true
}

// Author adds an entry in the name of an incarnation, as its next number. It
// reports false, and does nothing, if the entry doesn't beat what the map holds.
func (m *Map) Author(self model.Incarnation, e Entry, now time.Duration) (*Entry, Transition, bool) {
	e.Dot = model.Dot{Incarnation: self, Seq: m.vector[self] + 1}
	t, changed := m.merge(&e, now)
	if !changed {
		return nil, Transition{}, false
	}
	m.vector[self] = e.Dot.Seq
	return &e, t, true
}

// merge takes the greater of an entry and what the map holds in its slot.
func (m *Map) merge(e *Entry, now time.Duration) (Transition, bool) {
	m.newest = max(m.newest, e.Version.Time)
	before := m.At(e.Slot())
	if before != nil && before.Compare(e) >= 0 {
		return Transition{}, false
	}
	m.set(e.Slot(), before, e)
	if e.Removed {
		m.bury(e, now)
	}
	return Transition{Slot: e.Slot(), Before: before, After: e}, true
}

// bury remembers when a tombstone arrived. Graves whose tombstone was replaced
// since are cleared away before they outnumber the others.
func (m *Map) bury(e *Entry, now time.Duration) {
	m.graves = append(m.graves, grave{e, now})
	if len(m.graves) > 2*m.Tombstones()+64 {
		m.graves = slices.DeleteFunc(m.graves, func(g grave) bool { return m.At(g.entry.Slot()) != g.entry })
	}
}

// set replaces before by after, either of which may be nil, and keeps the sums.
func (m *Map) set(slot Slot, before, after *Entry) {
	m.count(before, -1)
	m.count(after, +1)
	if after == nil {
		delete(m.slots(slot.Override), slot.Key)
	} else {
		m.slots(slot.Override)[slot.Key] = after
	}
	m.tread(before, after)
}

// count adds an entry to the sums, or takes it out of them; nil counts for
// nothing.
func (m *Map) count(e *Entry, sign int) {
	if e == nil {
		return
	}
	add(m.borne, e.Owner(), sign)
	switch {
	case e.Removed:
		m.tombs += sign
		return
	case sign > 0:
		m.digest += e.hash()
	default:
		m.digest -= e.hash()
	}
	if e.Override {
		return
	}
	m.live += sign
	add(m.owned, e.Owner(), sign)
}

// add changes a count, which goes when it is 0.
func add(counts map[model.Incarnation]int, inc model.Incarnation, n int) {
	if counts[inc] += n; counts[inc] == 0 {
		delete(counts, inc)
	}
}

// Forget drops the tombstones that arrived before a time and raises the horizon
// to cover them, so that nobody who lacks one of them is answered by vector.
// It returns the slots that are empty from now on.
func (m *Map) Forget(before time.Duration) []Slot {
	var forgotten []Slot
	n := 0
	for n < len(m.graves) && m.graves[n].at < before {
		e := m.graves[n].entry
		if m.At(e.Slot()) == e {
			m.set(e.Slot(), e, nil)
			m.horizon.Raise(e.Dot)
			forgotten = append(forgotten, e.Slot())
		}
		m.graves[n] = grave{}
		n++
	}
	m.graves = m.graves[n:]
	return forgotten
}
