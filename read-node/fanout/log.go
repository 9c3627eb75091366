package fanout

import (
	"cmp"
	"slices"

	"heureka/model"
)

// compactLeast is how many slots a log has before compacting it is worth it.
const compactLeast = 32

// slot is one place in a log; without a record it is a hole.
type slot struct {
	number uint64
	record *record
}

// log is a group's compacted log. The numbers of its slots rise; each key has at
// most one slot with a record: a put if it is a member, a departure if it left.
type log struct {
	slots  []slot
	at     map[model.Key]int // index in slots
	holes  int
	left   int    // departures remembered
	count  int    // members
	digest uint64 // sum of the members' hashes
	// head is the number of the last change; a session whose cursor is here has
	// been told everything.
	head uint64
	// forgotten is the number of the newest departure that was dropped. Who
	// comes from before it can't be told everything any more.
	forgotten uint64
	least     int // Config.Departures
}

// newLog returns a log of these members, sorted by rising number.
func newLog(members []*record, departures int) *log {
	l := &log{
		slots: make([]slot, 0, len(members)),
		at:    make(map[model.Key]int, len(members)),
		least: departures,
	}
	for _, r := range members {
		l.put(r)
	}
	return l
}

// has reports whether the key is a member.
func (l *log) has(key model.Key) bool {
	i, ok := l.at[key]
	return ok && !l.slots[i].record.left()
}

// put makes the record's key a member, or says that it changed.
func (l *log) put(r *record) {
	l.punch(r.key)
	l.append(r)
	l.count++
	l.digest += r.hash
}

// remove says that a member left.
func (l *log) remove(r *record) {
	l.punch(r.key)
	l.append(r)
	l.left++
}

// punch makes a hole where the key was.
func (l *log) punch(key model.Key) {
	i, ok := l.at[key]
	if !ok {
		return
	}
	old := l.slots[i].record
	if old.left() {
		l.left--
	} else {
		l.count--
		l.digest -= old.hash
	}
	l.slots[i].record = nil
	l.holes++
}

// append adds a slot; the record's number is greater than any before.
func (l *log) append(r *record) {
	if l.crowded() {
		l.compact()
	}
	l.slots = append(l.slots, slot{r.number, r})
	l.at[r.key] = len(l.slots) - 1
	l.head = r.number
}

// remembered is how many departures are worth keeping: beyond the number of
// members, a snapshot is the shorter thing to say.
func (l *log) remembered() int { return max(l.least, l.count) }

// crowded reports whether half of the slots are holes or too old departures.
func (l *log) crowded() bool {
	return len(l.slots) >= compactLeast && l.holes > len(l.slots)/2 || l.left >= 2*l.remembered()
}

// compact closes the holes and forgets the oldest departures.
func (l *log) compact() {
	forget := l.left - l.remembered()
	kept := l.slots[:0]
	for _, s := range l.slots {
		switch {
		case s.record == nil:
			continue
		case s.record.left() && forget > 0:
			forget--
			l.left--
			l.forgotten = s.number
			delete(l.at, s.record.key)
			continue
		}
		kept = append(kept, s)
		l.at[s.record.key] = len(kept) - 1
	}
	clear(l.slots[len(kept):])
	l.slots, l.holes = kept, 0
	if cap(kept) > 4*len(kept)+compactLeast {
		l.slots = slices.Clip(slices.Clone(kept))
	}
}

// after returns the slots beyond the cursor.
func (l *log) after(cursor uint64) []slot {
	if cursor >= l.head {
		return nil
	}
	i, _ := slices.BinarySearchFunc(l.slots, cursor+1, func(s slot, number uint64) int {
		return cmp.Compare(s.number, number)
	})
	return l.slots[i:]
}
