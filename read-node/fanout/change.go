package fanout

import "heureka/wire"

// syncedRoom is more than the longest Synced line takes.
const syncedRoom = 128

// change brings a session to the group of its newest Subscribe and returns what
// it must hear before that group's log.
//
// A session that subscribed to other interests before comes to the end of their
// log first and hears which of their members the new interests don't have. What
// both have it keeps, untouched; what only the new ones have it finds in their
// log. All up to there is said at one moment, so nothing can come between; where
// it doesn't fit one frame, the session gets a snapshot that replaces, which is
// the shorter thing to say then, and no more than that has to be held for it.
func (h *Hub) change(s *session) []byte {
	before, next := s.group, s.next
	s.next = nil
	prefix, fits := h.farewell(s, next)
	h.leave(s.held)
	if fits {
		s.enter(next, before)
		h.counters.Switched++
		return prefix
	}
	h.leave(before)
	s.enter(next, nil)
	return nil
}

// farewell returns the rest of what the session's group has to say, and a remove
// for each of its members that the next group doesn't have. It reports false where
// a snapshot of the next group is the thing to say.
func (h *Hub) farewell(s *session, next *group) ([]byte, bool) {
	if s.group == nil || s.group == next || s.lost() {
		return nil, false
	}
	at := s.at(h.stale)
	at.owes = false // the next group's Synced counts
	rest := h.build(s, at, nil)
	if !rest.whole || len(rest.bytes)+syncedRoom > h.config.MaxFrame {
		return nil, false
	}
	out := rest.bytes
	for _, slot := range s.group.log.slots {
		r := slot.record
		if r == nil || r.left() || next.log.has(r.key) {
			continue
		}
		out = appendLine(out, &wire.Remove{App: r.key.App, ID: r.key.ID})
		if len(out)+syncedRoom > h.config.MaxFrame {
			return nil, false
		}
	}
	return out, true
}
