package fanout

import (
	"container/heap"
	"time"
)

// paced are the sessions that wait for the time of their next frame: a heap, who is
// due first at the top. Of those due at once, the one that was opened first.
type paced []*session

func (s *session) due() time.Duration { return s.last + s.pace }

// settled reports whether a session has been told everything that its newest
// Subscribe is answered by, or that a snapshot replaces. Until then it has no pace: a
// long answer would take as many of them as it has frames.
func (s *session) settled() bool { return s.next == nil && s.synced }

// Len, Less, Swap, Push and Pop are for package heap.
func (p paced) Len() int { return len(p) }

// Less reports whether a session is due before another.
func (p paced) Less(i, j int) bool {
	if p[i].due() != p[j].due() {
		return p[i].due() < p[j].due()
	}
	return p[i].id < p[j].id
}

// Swap swaps two sessions.
func (p paced) Swap(i, j int) {
	p[i], p[j] = p[j], p[i]
	p[i].seat, p[j].seat = i, j
}

// Push adds a session at the end.
func (p *paced) Push(x any) {
	s := x.(*session)
	s.seat = len(*p)
	*p = append(*p, s)
}

// Pop takes the last session.
func (p *paced) Pop() any {
	last := len(*p) - 1
	s := (*p)[last]
	(*p)[last] = nil
	*p = (*p)[:last]
	return s
}

func (p *paced) remove(s *session) { heap.Remove(p, s.seat) }

// wait makes a session wait for its pace.
func (h *Hub) wait(s *session) {
	s.state = waiting
	heap.Push(&h.paced, s)
}

// setPace changes a session's pace; one that waits looks again.
func (h *Hub) setPace(s *session, pace time.Duration) {
	if s.state == waiting {
		h.paced.remove(s)
		s.state = ready
		h.ready = append(h.ready, s)
	}
	s.pace = min(max(pace, 0), h.config.MaxPace)
}

// release makes ready whoever has waited long enough.
func (h *Hub) release(now time.Duration) {
	for len(h.paced) > 0 && h.paced[0].due() <= now {
		s := h.paced[0]
		h.paced.remove(s)
		s.state = ready
		h.ready = append(h.ready, s)
	}
}

// Due returns when Deliveries has something to do that no input brings about: the
// next frame of a session that waits for its pace. It reports false if none does.
func (h *Hub) Due() (time.Duration, bool) {
	if len(h.paced) == 0 {
		return 0, false
	}
	return h.paced[0].due(), true
}
