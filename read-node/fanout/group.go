package fanout

import (
	"errors"

	"heureka/interest"
)

// ErrFull is returned when a new group would have more members than
// Config.References has room for.
var ErrFull = errors.New("fanout: no room for another group")

// group is all sessions with the same set of interests, and those on their way
// to it or from it.
type group struct {
	id   uint64 // never used twice
	set  interest.Set
	log  *log
	uses int // by sessions
	// idle are the sessions that have been told everything and have no frame on
	// its way: those that the next change makes ready.
	idle  []*session
	dirty bool // has changed since the idle ones were last made ready
}

// join returns the group of that set, made if there was none, and counts one
// more use of it.
func (h *Hub) join(set interest.Set, known Verdicts) (*group, error) {
	g := h.groups[set.String()]
	if g == nil {
		if n := patterns(set); n > 0 && h.index.Stats().Patterns+n > h.config.Patterns {
			return nil, ErrFull
		}
		members, fit := h.catalog.match(set, known, h.config.References-h.references)
		if !fit {
			return nil, ErrFull
		}
		h.made++
		g = &group{id: h.made, set: set, log: newLog(members, h.config.Departures)}
		h.references += len(g.log.slots)
		h.groups[set.String()] = g
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
	h.references -= len(g.log.slots)
}

// note writes a record into a group's log.
func (h *Hub) note(g *group, r *record) {
	before := len(g.log.slots)
	if r.left() {
		g.log.remove(r)
	} else {
		g.log.put(r)
	}
	h.references += len(g.log.slots) - before
	if !g.dirty && len(g.idle) > 0 {
		g.dirty = true
		h.dirty = append(h.dirty, g)
	}
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
