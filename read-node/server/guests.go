package server

import (
	"container/list"
	"math/rand/v2"
	"time"

	"heureka/read-node/fanout"
)

// guests is who is let in, since when, and how far they have come: opening until
// they have been told everything once, leaving once they have been asked to. It
// decides nothing; who calls it holds the lock of the sessions.
type guests struct {
	openFor  time.Duration // nobody counts as opening for longer
	leaveFor time.Duration // nobody counts as leaving for longer

	all     map[fanout.SessionID]*guest
	opening list.List // of *guest, the earliest first
	leaving list.List // likewise
}

// guest is one session, from its handshake to its end.
type guest struct {
	id      fanout.SessionID
	since   time.Time
	asked   time.Time     // to go elsewhere; zero: never
	opening *list.Element // nil: not any more
	leaving *list.Element // nil: not, or it didn't go
}

func newGuests(openFor, leaveFor time.Duration) guests {
	return guests{openFor: openFor, leaveFor: leaveFor, all: make(map[fanout.SessionID]*guest)}
}

// add lets one more in, who is opening.
func (gs *guests) add(id fanout.SessionID, now time.Time) {
	g := &guest{id: id, since: now}
	g.opening = gs.opening.PushBack(g)
	gs.all[id] = g
}

// remove forgets one that has gone.
func (gs *guests) remove(id fanout.SessionID) {
	if g := gs.all[id]; g != nil {
		gs.opened(id)
		gs.stays(g)
		delete(gs.all, id)
	}
}

// opened notes that a guest has been told everything.
func (gs *guests) opened(id fanout.SessionID) {
	if g := gs.all[id]; g != nil && g.opening != nil {
		gs.opening.Remove(g.opening)
		g.opening = nil
	}
}

// stays notes that a guest isn't on its way out.
func (gs *guests) stays(g *guest) {
	if g.leaving != nil {
		gs.leaving.Remove(g.leaving)
		g.leaving = nil
	}
}

// count returns how many are opening and how many are leaving. One that takes too
// long for either doesn't count any more: it has its place in the house, and
// nobody waits for it.
func (gs *guests) count(now time.Time) (opening, leaving int) {
	for e := gs.opening.Front(); e != nil; e = gs.opening.Front() {
		g := e.Value.(*guest)
		if now.Sub(g.since) < gs.openFor {
			break
		}
		gs.opened(g.id)
	}
	for e := gs.leaving.Front(); e != nil; e = gs.leaving.Front() {
		g := e.Value.(*guest)
		if now.Sub(g.asked) < gs.leaveFor {
			break
		}
		gs.stays(g)
	}
	return gs.opening.Len(), gs.leaving.Len()
}

// pick chooses at random, and marks as leaving, at most n of those that have been
// here for an age and were never asked to go before.
func (gs *guests) pick(n int, age time.Duration, now time.Time) []fanout.SessionID {
	var picked []*guest
	seen := 0
	for _, g := range gs.all {
		if g.opening != nil || !g.asked.IsZero() || now.Sub(g.since) < age {
			continue
		}
		// Each of those seen so far is among the picked with the same chance
		// (algorithm R: Waterman in Knuth, "The Art of Computer Programming", volume 2).
		seen++
		if len(picked) < n {
			picked = append(picked, g)
		} else if i := rand.IntN(seen); i < n {
			picked[i] = g
		}
	}
	ids := make([]fanout.SessionID, 0, len(picked))
	for _, g := range picked {
		g.asked = now
		g.leaving = gs.leaving.PushBack(g)
		ids = append(ids, g.id)
	}
	return ids
}
