package fanout

import (
	"heureka/model"
	"heureka/wire"
)

// span returns the name of the frame that a session at that place gets next.
func (h *Hub) span(s *session, at stand) span {
	name := span{
		format:  s.format,
		opening: s.opening,
		owes:    !s.synced,
		beat:    s.synced && s.beat,
		walks:   at.log == h.node,
		group:   s.group.id,
		head:    s.group.head,
		from:    at.from,
		base:    at.same(s.group, at.base),
	}
	if s.level() || at.log == s.group.log {
		name.from = at.same(s.group, at.from)
	}
	if name.owes || name.opening != opened {
		name.seq = s.seq
	}
	if name.opening == snapshot {
		name.refused = s.refused
	}
	if name.owes || name.beat {
		name.stale = h.stale
	}
	if s.held != nil {
		name.held = s.held.id
	}
	return name
}

// next returns what a session hears next, behind the prefix, and moves it behind
// that.
func (h *Hub) next(s *session, prefix []byte) []byte {
	at := h.stand(s)
	if at.lost() {
		h.forgetMissed(s)
		h.leave(s.held)
		s.enter(s.group, nil, h.number)
		at = h.stand(s)
		h.counters.Replaced++
	}
	if s.missed != nil || len(prefix) > 0 {
		return h.moved(s, h.write(s, at, prefix))
	}
	name := h.span(s, at)
	fleeting := h.token != nil && (name.owes || name.beat)
	f, ok := h.frames.get(name)
	if !ok {
		f = h.write(s, at, nil)
		h.frames.keep(name, f, fleeting, s.group.uses == 1)
	}
	return h.moved(s, f)
}

// moved moves a session behind a frame.
func (h *Hub) moved(s *session, f frame) []byte {
	s.opening = opened
	s.cursor = f.to
	if f.all {
		s.cursor = max(f.to, s.base) // who shares a frame may have come a little later
		s.base = s.cursor
		h.leave(s.held)
		s.held = nil
		h.forgetMissed(s)
	}
	if f.whole {
		if s.synced && s.beat {
			h.counters.Heartbeats++
		}
		s.synced, s.beat, s.refused = true, false, ""
	}
	return f.bytes
}

// write writes a frame for a session, behind the prefix, as much as fits.
func (h *Hub) write(s *session, at stand, prefix []byte) frame {
	p := h.page(s.format, prefix)
	switch s.opening {
	case snapshot:
		p.message(&wire.Snapshot{Seq: s.seq, Refused: s.refused})
	case resumed:
		p.message(&wire.Resumed{Seq: s.seq})
	}
	told, to, all := h.walk(p, s, at)
	if s.missed != nil {
		h.tell(s, told)
	}
	f := frame{to: to, all: all}
	f.whole = all && h.close(p, s)
	f.bytes = p.sealed()
	return f
}

// walk adds what a session hears from its place on: what it missed, and then the
// log. It returns how many keys that it missed are told, the cursor behind what
// fits, and whether that is all.
func (h *Hub) walk(p *page, s *session, at stand) (told int, to uint64, all bool) {
	if s.missed != nil {
		for _, key := range s.missed.keys {
			if !h.tellMissed(p, s, at, key) {
				return told, at.from, false
			}
			told++
		}
	}
	if at.rest {
		return told, h.number, true
	}
	to = at.from
	budget := keyMatches
	for _, slot := range at.log.after(at.from) {
		switch says, departure := h.says(s, at, slot, &budget); {
		case says && !p.record(slot.record, departure):
			return told, to, false
		}
		to = slot.number()
	}
	return told, h.number, true
}

// tellMissed adds what a session hears of a key that it missed, if it fits.
func (h *Hub) tellMissed(p *page, s *session, at stand, key model.Key) bool {
	r, owed := h.owed(s, at, key)
	switch {
	case !owed:
		return true
	case r != nil:
		return p.record(r, false)
	default:
		return p.message(remove(key))
	}
}

// says reports whether a slot has something to say to a session at that place, and
// whether that is a remove.
func (h *Hub) says(s *session, at stand, slot slot, budget *int) (says, departure bool) {
	r, late := slot.record, slot.number() > at.base
	switch {
	case !at.log.counts(slot):
		return false, false
	case slot.departure():
		return late && (at.log != h.node || s.group.could(r.key, budget)), true
	case at.log != h.node || s.group.has(r):
		return late || s.held == nil || !s.held.has(r), false
	default: // it may have left the set, if its vips changed
		return late && r.since > at.base && s.group.loose(), true
	}
}

// close adds what is due at the end of everything, if it fits. Count, digest and
// token are of this moment.
func (h *Hub) close(p *page, s *session) bool {
	g := s.group
	check := wire.Check{Count: g.count, Digest: wire.FormatHash(g.digest)}
	switch {
	case !s.synced:
		return p.message(&wire.Synced{Seq: s.seq, Check: check, Stale: h.stale, Token: h.tokenOf(g)})
	case s.beat:
		return p.message(&wire.Heartbeat{Check: &check, Stale: h.stale, Token: h.tokenOf(g)})
	default:
		return true
	}
}

func (h *Hub) tokenOf(g *group) string {
	if h.token == nil {
		return ""
	}
	return h.token(g.set)
}
