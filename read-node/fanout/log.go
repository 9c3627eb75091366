package fanout

import (
	"iter"
	"slices"

	"heureka/model"
)

// compactLeast is how many slots a log has before compacting it is worth it.
const compactLeast = 32

// slot is one place in a log: the number of a change, what it was about, and in
// the lowest bit whether it made a member of the key or a departure.
type slot struct {
	mark   uint64
	record *record
}

func (s slot) number() uint64 { return s.mark >> 1 }

func (s slot) departure() bool { return s.mark&1 != 0 }

// log is a compacted log: of the node, whose members are the view, or of a group.
// The numbers of its slots rise. Of each key at most one slot counts; the others
// are holes, which nobody has to be told to ignore: a member's slot is a hole as
// soon as the record has another number, because any change of a member is in the
// log again.
type log struct {
	slots []slot
	// departed has the number of the slot that says that a key left. There is no
	// such map of members.
	departed map[model.Key]uint64
	holes    int
	count    int // members
	// forgotten is the number of the newest departure that was dropped. Who comes
	// from before it can't be told everything any more.
	forgotten uint64
	least     int // Config.Departures
}

// newLog returns a log of these members, by rising number.
func newLog(members iter.Seq[*record], count, departures int) *log {
	l := &log{slots: make([]slot, 0, count), count: count, least: departures}
	for r := range members {
		l.slots = append(l.slots, slot{r.number << 1, r})
	}
	return l
}

// counts reports whether a slot is the latest of its key.
func (l *log) counts(s slot) bool {
	if s.departure() {
		return l.departed[s.record.key] == s.number()
	}
	return s.record.number == s.number()
}

// has reports whether the record is of a member.
func (l *log) has(r *record) bool {
	i := l.search(r.number)
	return i < len(l.slots) && l.slots[i].record == r && l.slots[i].mark == r.number<<1
}

// put makes the record a member, or says that it changed. Its number is greater
// than any before.
func (l *log) put(r *record, was bool) {
	if was {
		l.holes++
	} else {
		l.count++
		if _, ok := l.departed[r.key]; ok {
			delete(l.departed, r.key)
			l.holes++
		}
	}
	l.append(slot{r.number << 1, r})
}

// remove says that a member left with the record's last change.
func (l *log) remove(r *record) {
	l.holes++
	l.count--
	if l.departed == nil {
		l.departed = make(map[model.Key]uint64)
	}
	l.departed[r.key] = r.number
	l.append(slot{r.number<<1 | 1, r})
}

func (l *log) append(s slot) {
	if l.crowded() {
		l.compact()
	}
	l.slots = append(l.slots, s)
}

// remembered is how many departures are worth keeping: beyond the number of
// members, a snapshot is the shorter thing to say.
func (l *log) remembered() int { return max(l.least, l.count) }

// crowded reports whether half of the slots are holes or too old departures.
func (l *log) crowded() bool {
	return len(l.slots) >= compactLeast && l.holes > len(l.slots)/2 || len(l.departed) >= 2*l.remembered()
}

// compact closes the holes and forgets the oldest departures.
func (l *log) compact() {
	forget := len(l.departed) - l.remembered()
	kept := l.slots[:0]
	for _, s := range l.slots {
		switch {
		case !l.counts(s):
			continue
		case s.departure() && forget > 0:
			forget--
			l.forgotten = s.number()
			delete(l.departed, s.record.key)
			continue
		}
		kept = append(kept, s)
	}
	clear(l.slots[len(kept):])
	l.slots, l.holes = kept, 0
	if cap(kept) > 4*len(kept)+compactLeast {
		l.slots = slices.Clip(slices.Clone(kept))
	}
	if len(l.departed) == 0 {
		l.departed = nil // a map keeps the room it once needed
	}
}

// search returns the index of the first slot at or beyond a number.
func (l *log) search(number uint64) int {
	low, high := 0, len(l.slots)
	for low < high {
		if middle := int(uint(low+high) >> 1); l.slots[middle].number() < number {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// after returns the slots beyond the cursor.
func (l *log) after(cursor uint64) []slot { return l.slots[l.search(cursor+1):] }

// floor returns the number of the last slot up to a cursor: whoever is between the
// two is at the same place.
func (l *log) floor(cursor uint64) uint64 {
	if i := l.search(cursor + 1); i > 0 {
		return l.slots[i-1].number()
	}
	return 0
}
