package fanout

import (
	"errors"

	"heureka/interest"
)

var (
	// ErrFull is returned where a new group would have more patterns than
	// Config.Patterns has room for, or has patterns and doesn't fit Config.References
	// even without a log. It is also what ends the sessions of a group with patterns
	// for which there is no room any more.
	ErrFull = errors.New("fanout: no room for another group of patterns")
	// ErrUnsurveyed is returned where a new group has patterns that nobody has matched
	// against the view: see Survey.
	ErrUnsurveyed = errors.New("fanout: the patterns aren't matched yet")
)

// group is all sessions with the same set of interests, and those on their way
// to it or from it.
type group struct {
	id       uint64 // never used twice
	set      interest.Set
	patterns int
	uses     int // by sessions

	head   uint64 // the number of the last change that concerned it
	count  int    // members
	digest uint64 // sum of their hashes
	// Nothing between these two numbers concerned the group, the second included:
	// who has been told everything up to anywhere there, has up to the second.
	calmFrom, calmTo uint64

	// log is its own. A group without walks the node's. So do those of its sessions
	// that don't know all up to born, when it got the log that it has now: that doesn't
	// say who had left before.
	log  *log
	born uint64
	seen bits    // members by their seats, of a group that walks and has patterns
	want []*want // made when needed, see wanted
	cost int     // references that it takes

	// idle are the sessions that have been told everything and have no frame on
	// its way: those that the next change makes ready.
	idle  []*session
	dirty bool // has changed since the last Deliveries
}

// join returns the group of that set, made if there was none, and counts one
// more use of it.
func (h *Hub) join(set interest.Set, known Verdicts) (*group, error) {
	g := h.groups[set.String()]
	if g == nil {
		g = &group{set: set, patterns: patterns(set), head: h.number}
		if g.patterns > 0 && h.index.Stats().Patterns+g.patterns > h.config.Patterns {
			return nil, ErrFull
		}
		if !known.cover(set) {
			return nil, ErrUnsurveyed
		}
		if !h.gather(g, known) {
			return nil, ErrFull
		}
		h.made++
		g.id = h.made
		h.groups[set.String()] = g
		if g.log == nil {
			h.walking++
		}
		h.index.Add(set, g)
	}
	g.uses++
	return g, nil
}

// patterns returns how many patterns a set has.
func patterns(set interest.Set) int {
	n := 0
	for _, atom := range set.Atoms() {
		if atom.Op == interest.Like {
			n++
		}
	}
	return n
}

// leave counts one use less. A group that nobody uses goes, its log and its
// place in the index with it.
func (h *Hub) leave(g *group) {
	if g == nil {
		return
	}
	g.uses--
	if g.uses > 0 {
		return
	}
	h.index.Remove(g)
	delete(h.groups, g.set.String())
	h.references -= g.cost
	if g.log == nil {
		h.walking--
	}
	if len(h.groups) == 0 {
		h.groups = make(map[string]*group) // a map keeps the room it once needed
	}
}

// note tells a group of a change that concerns it: the record as it is now, and
// the hash that it had.
func (h *Hub) note(g *group, r *record, had uint64, was, is bool) {
	if !g.dirty {
		g.dirty = true
		g.calmFrom, g.calmTo = g.head, r.number-1
		h.dirty = append(h.dirty, g)
	}
	g.head = r.number
	if was {
		g.count--
		g.digest -= had
	}
	if is {
		g.count++
		g.digest += r.hash
	}
	switch {
	case g.log != nil && is:
		g.log.put(r, was)
	case g.log != nil:
		g.log.remove(r)
	case g.patterns > 0:
		g.seen.set(r.seat, is)
	}
	h.weigh(g)
}

// weigh counts what a group takes after it has changed.
func (h *Hub) weigh(g *group) {
	cost := g.seen.references()
	if g.log != nil {
		cost = len(g.log.slots)
	}
	h.references += cost - g.cost
	g.cost = cost
}

// rest puts a session among the idle.
func (g *group) rest(s *session) {
	s.seat = len(g.idle)
	g.idle = append(g.idle, s)
}

// rouse takes a session from among the idle.
func (g *group) rouse(s *session) {
	last := len(g.idle) - 1
	g.idle[s.seat] = g.idle[last]
	g.idle[s.seat].seat = s.seat
	g.idle[last] = nil
	g.idle = g.idle[:last]
}
