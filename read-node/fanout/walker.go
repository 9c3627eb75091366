package fanout

import (
	"iter"
	"slices"

	"heureka/interest"
	"heureka/model"
)

// bits is a set of seats.
type bits []uint64

func (b bits) has(seat uint32) bool {
	return int(seat/64) < len(b) && b[seat/64]&(1<<(seat%64)) != 0
}

func (b *bits) set(seat uint32, on bool) {
	if at := int(seat / 64); at >= len(*b) {
		if !on {
			return
		}
		*b = append(*b, make([]uint64, at+1-len(*b))...)
	}
	(*b)[seat/64] &^= 1 << (seat % 64)
	if on {
		(*b)[seat/64] |= 1 << (seat % 64)
	}
}

// newBits returns an empty set with room for all seats up to a number.
func newBits(seats uint32) bits { return make(bits, (seats+63)/64) }

// references returns how many places of a log take as much.
func (b bits) references() int { return (len(b) + 1) / 2 }

// walkCost is what a group takes that has no log.
func (h *Hub) walkCost(g *group) int {
	if g.patterns == 0 {
		return 0
	}
	return int(h.catalog.seats+127) / 128
}

// has reports whether the record is of a member of the group. No pattern is
// matched for it.
func (g *group) has(r *record) bool {
	switch {
	case g.log != nil:
		return g.log.has(r)
	case g.set.Full():
		return true
	case g.patterns > 0:
		return g.seen.has(r.seat)
	}
	for _, w := range g.wanted() {
		if w.equalsAny(r) {
			return true
		}
	}
	return false
}

// wanted returns what the group's set wants, kind by kind.
func (g *group) wanted() []*want {
	if g.want == nil {
		g.want = wants(g.set, nil)
	}
	return g.want
}

// loose reports whether an instance that stays in the view can leave the group's
// set: what its key says stays, what its vips say doesn't.
func (g *group) loose() bool {
	return slices.ContainsFunc(g.wanted(), func(w *want) bool {
		return w.kind == interest.VIP || w.kind == interest.SecureVIP
	})
}

// could reports whether the set may ever have matched an instance with that key,
// that isn't there now. The budget is how many patterns may be tried to find out;
// beyond that it reports true, as it does where a key can't tell.
func (g *group) could(key model.Key, budget *int) bool {
	for _, w := range g.wanted() {
		switch w.kind {
		case interest.App:
			if w.could(key.App, budget) {
				return true
			}
		case interest.ID:
			if w.could(key.ID, budget) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// members yields the records of a group's members, by rising number.
func (h *Hub) members(g *group) iter.Seq[*record] {
	return func(yield func(*record) bool) {
		l := g.log
		if l == nil {
			l = h.node
		}
		for _, s := range l.slots {
			if s.departure() || !l.counts(s) || g.log == nil && !g.has(s.record) {
				continue
			}
			if !yield(s.record) {
				return
			}
		}
	}
}
