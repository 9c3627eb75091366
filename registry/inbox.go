package registry

import (
	"slices"

	"heureka/model"
)

// Inbox holds the deltas that would leave a gap until what they lack has come.
// It is bounded: what doesn't fit is dropped, since the pull that closes the gap
// brings it anyway.
type Inbox struct {
	limit   int // entries
	entries int
	waiting map[model.Incarnation][]*Delta // by From
}

// NewInbox returns an inbox for at most so many entries.
func NewInbox(limit int) *Inbox {
	return &Inbox{limit: limit, waiting: make(map[model.Incarnation][]*Delta)}
}

// Add keeps a delta for later. It reports false if there was no room.
func (b *Inbox) Add(d *Delta) bool {
	cost := max(1, len(d.Entries))
	if b.entries+cost > b.limit {
		return false
	}
	list := b.waiting[d.Incarnation]
	i, found := slices.BinarySearchFunc(list, d.From, func(w *Delta, from uint64) int {
		switch {
		case w.From < from:
			return -1
		case w.From > from:
			return 1
		default:
			return 0
		}
	})
	if found && list[i].To >= d.To {
		return true
	}
	b.waiting[d.Incarnation] = slices.Insert(list, i, d)
	b.entries += cost
	return true
}

// Next takes out the first delta that the vector is ready for, dropping what the
// vector has passed; nil if there is none. Of several incarnations the least one's
// is the first, so that what is merged together is merged in the same order in
// every run.
func (b *Inbox) Next(v model.Vector) *Delta {
	for _, inc := range b.Incarnations() {
		list, have := b.waiting[inc], v[inc]
		n := 0
		for n < len(list) && list[n].To <= have {
			b.entries -= max(1, len(list[n].Entries))
			n++
		}
		list = list[n:]
		if len(list) == 0 {
			delete(b.waiting, inc)
			continue
		}
		if list[0].From > have {
			b.waiting[inc] = list
			continue
		}
		d := list[0]
		b.entries -= max(1, len(d.Entries))
		b.waiting[inc] = list[1:]
		if len(list) == 1 {
			delete(b.waiting, inc)
		}
		return d
	}
	return nil
}

// Discard drops what waits of an incarnation and returns how many entries that
// were.
func (b *Inbox) Discard(inc model.Incarnation) int {
	n := 0
	for _, d := range b.waiting[inc] {
		n += max(1, len(d.Entries))
	}
	b.entries -= n
	delete(b.waiting, inc)
	return n
}

// Entries returns how many entries wait.
func (b *Inbox) Entries() int { return b.entries }

// Incarnations returns the incarnations of which something waits, in order.
func (b *Inbox) Incarnations() []model.Incarnation {
	out := make([]model.Incarnation, 0, len(b.waiting))
	for inc := range b.waiting {
		out = append(out, inc)
	}
	slices.SortFunc(out, model.Incarnation.Compare)
	return out
}
