package fanout

import (
	"time"

	"heureka/wire"
)

// Delivery is one frame for one session: whole lines, at most Config.MaxFrame
// bytes unless it is a single line, sealed if Config says so. Other sessions may
// have the same bytes: nobody changes them.
//
// With an error there is no frame: the hub has given the session up and closed it.
// The error is ErrFull.
type Delivery struct {
	Session SessionID
	Frame   []byte
	Err     error
}

// Deliveries returns the next frame for each session that may take one and has
// something to hear; those sessions get no other before Written. The slice is
// valid until the next call, the frames for good. Now is measured from any fixed
// start; it counts only for sessions that have a pace.
func (h *Hub) Deliveries(now time.Duration) []Delivery {
	h.rouseDirty()
	h.release(now)
	h.frames.pass()
	clear(h.deliveries)
	h.deliveries = h.deliveries[:0]
	for _, id := range h.ended {
		h.deliveries = append(h.deliveries, Delivery{Session: id, Err: ErrFull})
	}
	h.ended = nil
	for _, s := range h.ready {
		if s.state == ready {
			h.deliver(s, now)
		}
	}
	clear(h.ready)
	h.ready = h.ready[:0]
	return h.deliveries
}

// rouseDirty makes ready the idle sessions of all groups that have changed.
func (h *Hub) rouseDirty() {
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
}

// deliver gives a session its next frame, or has it wait.
func (h *Hub) deliver(s *session, now time.Duration) {
	switch {
	case s.current() && !s.beat:
		s.state = idle
		if s.group != nil {
			s.group.rest(s)
		}
	case s.settled() && s.due() > now:
		h.wait(s)
	default:
		frame := h.take(s)
		s.state, s.last = sending, now
		h.deliveries = append(h.deliveries, Delivery{Session: s.id, Frame: frame})
		h.counters.Frames++
		h.counters.Bytes += uint64(len(frame))
	}
}

// take returns what a session hears next.
func (h *Hub) take(s *session) []byte {
	var prefix []byte
	if s.next != nil {
		prefix = h.change(s)
	}
	if s.group == nil {
		return h.greet(s)
	}
	return h.next(s, prefix)
}

// greet returns the heartbeat of a session that hasn't subscribed yet.
func (h *Hub) greet(s *session) []byte {
	name := span{format: s.format, beat: true, stale: h.stale}
	f, ok := h.frames.get(name)
	if !ok {
		p := h.page(s.format, nil)
		p.message(&wire.Heartbeat{Stale: h.stale})
		f.bytes = p.sealed()
		h.frames.keep(name, f, true, false)
	}
	s.beat = false
	h.counters.Heartbeats++
	return f.bytes
}
