package registry

import "heureka/model"

// Slot is where a map holds an entry. A key has two: one for its instance, and
// beside it one for an operator's override of its status, which neither a new
// word of the client nor a change of owner touches.
type Slot struct {
	Key      model.Key
	Override bool
}

// Compare orders slots by key, the instance's before the override's.
func (s Slot) Compare(other Slot) int {
	if c := s.Key.Compare(other.Key); c != 0 || s.Override == other.Override {
		return c
	}
	if s.Override {
		return 1
	}
	return -1
}

// Entry is what a map holds in one slot: a live instance, a live override, or a
// tombstone that remembers a removal. It is immutable and shared by pointer.
type Entry struct {
	Key model.Key
	// Version orders the entries of a key. A tombstone has the version that it
	// ends: an eviction that of the copy, an unregister the infinite turn of the
	// client's word.
	Version model.Version
	Dot     model.Dot     // who authored it; its incarnation is the owner
	Speaker model.Speaker // who said the word, or ended it; of no override

	Instance model.Packed // of a live instance, else none
	Hash     uint64       // content hash of Instance, else 0
	Status   model.Status // of a live override, else empty
	Override bool         // an override, or the tombstone of one
	Removed  bool         // a tombstone
}

// Slot returns where maps hold the entry.
func (e *Entry) Slot() Slot { return Slot{e.Key, e.Override} }

// Compare orders the entries of one slot: by version; at equal version removed
// beats present; then by dot, so that two nodes that evict the same copy agree.
func (e *Entry) Compare(other *Entry) int {
	if c := e.Version.Compare(other.Version); c != 0 {
		return c
	}
	if e.Removed != other.Removed {
		if e.Removed {
			return 1
		}
		return -1
	}
	return e.Dot.Compare(other.Dot)
}

// Live reports whether e is there and no tombstone; e may be nil.
func (e *Entry) Live() bool { return e != nil && !e.Removed }

// Owner returns the incarnation that alone holds the entry's lease.
func (e *Entry) Owner() model.Incarnation { return e.Dot.Incarnation }

// Unregistered reports whether e is the tombstone of a client's unregister,
// after which nobody may author that word again.
func (e *Entry) Unregistered() bool { return e.Removed && e.Version.Turn == model.TurnEnd }

// hash is what the digest of a map sums: of which slot has which version.
func (e *Entry) hash() uint64 {
	h := model.EntryHash(e.Key, e.Version)
	if e.Override {
		return ^h
	}
	return h
}

// Size estimates the entry's encoded size in bytes.
func (e *Entry) Size() int {
	return 160 + len(e.Key.App) + len(e.Key.ID) + e.Instance.Len()
}

// Transition is what a merge did to one slot of a map. After is nil where an
// answer of the whole map dropped an entry without a tombstone.
type Transition struct {
	Slot
	Before, After *Entry
}

// Delta is what one incarnation authored in the range (From, To] of its
// numbers. A number whose entry is missing from Entries was overwritten by a
// later one of the same range.
type Delta struct {
	Incarnation model.Incarnation
	From, To    uint64
	Entries     []*Entry
}
