package fanout

import "heureka/wire"

// Delivery is one frame for one session: whole lines, at most Config.MaxFrame
// bytes unless it is a single line. Other sessions may have the same bytes:
// nobody changes them.
type Delivery struct {
	Session SessionID
	Frame   []byte
}

// Deliveries returns the next frame for each session that may take one and has
// something to hear; those sessions get no other before Written. The slice is
// valid until the next call, the frames for good.
func (h *Hub) Deliveries() []Delivery {
	for _, g := range h.dirty {
		g.dirty = false
		for _, s := range g.idle {
			s.state = ready
		}
		h.ready = append(h.ready, g.idle...)
		clear(g.idle)
		g.idle = g.idle[:0]
	}
	clear(h.dirty)
	h.dirty = h.dirty[:0]

	clear(h.deliveries)
	h.deliveries = h.deliveries[:0]
	for _, s := range h.ready {
		if s.state != ready {
			continue // closed
		}
		if bytes := h.take(s); len(bytes) > 0 {
			s.state = sending
			h.deliveries = append(h.deliveries, Delivery{s.id, bytes})
			h.counters.Frames++
			h.counters.Bytes += uint64(len(bytes))
			continue
		}
		s.state = idle
		if s.group != nil {
			s.group.rest(s)
		}
	}
	clear(h.ready)
	h.ready = h.ready[:0]
	return h.deliveries
}

// take returns what the session hears next and moves its cursor behind that.
func (h *Hub) take(s *session) []byte {
	beat := s.beat
	s.beat = false
	var prefix []byte
	switch {
	case s.next != nil:
		prefix = h.change(s)
	case s.current():
		if beat {
			return h.heartbeat(s)
		}
		return nil
	case s.lost():
		h.leave(s.held)
		s.enter(s.group, nil)
		h.counters.Replaced++
	}
	return h.walk(s, prefix)
}

// walk returns the log from the session's cursor on, behind the prefix, as much
// as fits a frame.
func (h *Hub) walk(s *session, prefix []byte) []byte {
	at := s.at(h.stale)
	f, ok := h.frames.frames[at]
	if !ok || len(prefix) > 0 {
		f = h.build(s, at, prefix)
		if len(prefix) == 0 {
			h.frames.keep(at, f)
		}
	}
	s.cursor, s.opening = f.to, false
	s.synced = s.synced || f.whole
	if f.whole && s.held != nil {
		h.leave(s.held)
		s.held = nil
	}
	return f.bytes
}

// build appends to prefix what the span says of the session's group.
func (h *Hub) build(s *session, at span, prefix []byte) frame {
	log := s.group.log
	size := len(prefix)
	var opening, closing []byte
	if at.opens {
		opening = appendLine(nil, &wire.Snapshot{Seq: at.seq})
		size += len(opening)
	}
	if at.owes {
		closing = appendLine(nil, &wire.Synced{Seq: at.seq, Check: check(log), Stale: at.stale})
		size += len(closing) // room for it is kept, so that the end of a log is always one frame
	}
	slots := log.after(at.from)
	end, first := len(slots), size == len(closing)
	for i, slot := range slots {
		if skips(s, at, slot) {
			continue
		}
		line := slot.record.line()
		if size+len(line) > h.config.MaxFrame && !first {
			end = i
			break
		}
		size += len(line)
		first = false
	}
	f := frame{to: at.from, whole: end == len(slots), bytes: append(make([]byte, 0, size), prefix...)}
	f.bytes = append(f.bytes, opening...)
	for _, slot := range slots[:end] {
		f.to = slot.number
		if !skips(s, at, slot) {
			f.bytes = append(f.bytes, slot.record.line()...)
		}
	}
	if f.whole {
		f.to = max(log.head, at.from)
		f.bytes = append(f.bytes, closing...)
	}
	return f
}

// skips reports whether a slot says nothing new to who is at that span.
func skips(s *session, at span, slot slot) bool {
	switch r := slot.record; {
	case r == nil:
		return true
	case slot.number > at.base:
		return false
	default:
		return r.left() || s.held != nil && s.held.log.has(r.key)
	}
}

// check returns what a member of the group must hold at the log's end.
func check(l *log) wire.Check {
	return wire.Check{Count: l.count, Digest: wire.FormatHash(l.digest)}
}

// heartbeat returns the heartbeat line of the session's group.
func (h *Hub) heartbeat(s *session) []byte {
	at := span{beat: true, stale: h.stale}
	if s.group != nil {
		at.group, at.head = s.group.id, s.group.log.head
	}
	f, ok := h.frames.frames[at]
	if !ok {
		m := &wire.Heartbeat{Stale: at.stale}
		if s.group != nil {
			c := check(s.group.log)
			m.Check = &c
		}
		f.bytes = appendLine(nil, m)
		h.frames.keep(at, f)
	}
	h.counters.Heartbeats++
	return f.bytes
}
