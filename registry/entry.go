package registry

import "heureka/model"

// Entry is what a map holds for one key: a live instance, or a tombstone that
// remembers a removal. It is immutable and shared by pointer.
type Entry struct {
	Key model.Key
	// Version orders the entries of a key. A tombstone has the version that it
	// ends: an eviction that of the copy, an unregister the infinite turn of the
	// client's word.
	Version model.Version
	Dot     model.Dot     // who authored it; its incarnation is the owner
	Removed bool          // a tombstone
	Speaker model.Speaker // who said the word, or ended it

	Instance *model.Instance // nil for a tombstone
	Hash     uint64          // content hash of Instance; 0 for a tombstone
}

// Compare orders the entries of one key: by version; at equal version removed
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

// Size estimates the entry's encoded size in bytes.
func (e *Entry) Size() int {
	size := 160 + len(e.Key.App) + len(e.Key.ID)
	if e.Instance != nil {
		size += e.Instance.Size()
	}
	return size
}

// Transition is what a merge did to one key of a map. After is nil where an
// answer of the whole map dropped an entry without a tombstone.
type Transition struct {
	Key           model.Key
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
