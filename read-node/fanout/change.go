package fanout

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
	if before == nil && s.missed != nil {
		s.enter(next, nil, s.missed.number)
		s.cursor, s.opening = s.base, resumed
		return nil
	}
	prefix, fits := h.farewell(s, next)
	h.forgetMissed(s)
	h.leave(s.held)
	if fits {
		s.enter(next, before, h.number)
		h.counters.Switched++
		return prefix
	}
	h.leave(before)
	s.enter(next, nil, h.number)
	return nil
}

// farewell returns the rest of what the session's group has to say, and a remove
// for each of its members that the next group doesn't have. It reports false where
// a snapshot of the next group is the thing to say.
func (h *Hub) farewell(s *session, next *group) ([]byte, bool) {
	if s.group == nil || s.group == next || s.refused != "" {
		return nil, false
	}
	at := h.stand(s)
	if at.lost() {
		return nil, false
	}
	p := h.page(s.format, nil)
	if _, _, all := h.walk(p, s, at); !all {
		return nil, false
	}
	for r := range h.members(s.group) {
		if !next.has(r) && !p.record(r, true) {
			return nil, false
		}
	}
	return p.lines(), true
}
