package api

import (
	"bytes"

	"heureka/internal/nowait"
	"heureka/wire"
)

// deliver says the answers of a batch. It is called on the owner's goroutine and
// doesn't wait: what the socket doesn't take at once is the writer's. It reports
// whether nobody needs the answers any more.
func (s *session) deliver(b batch) bool {
	s.out.Lock()
	defer s.out.Unlock()
	if s.over || b.last == nil && !s.writing && !s.shut && s.raw != nil && s.try(b) {
		return true
	}
	s.answers = append(s.answers, b)
	s.start()
	return false
}

// tell has the writer say something of the node's own. It doesn't wait.
func (s *session) tell(m wire.Message) {
	s.out.Lock()
	defer s.out.Unlock()
	if len(s.orders) < maxOrders { // else it is ending already
		s.orders = append(s.orders, m)
		s.start()
	}
}

// start has a writer say what waits. It is called with out held.
func (s *session) start() {
	if !s.writing && !s.over {
		s.writing = true
		s.writers.Go(s.write)
	}
}

// trial is what one write at once needs.
type trial struct {
	writer *nowait.Writer
	frame  []byte
}

func newTrial() any {
	return &trial{writer: nowait.New(), frame: make([]byte, wire.FrameHeadroom, 512)}
}

// try writes the answers of a batch as one frame, of which all or the beginning
// leaves, and the rest becomes the writer's. It reports false if it must be written
// otherwise. It is called with out held.
func (s *session) try(b batch) bool {
	t := s.api.trials.Get().(*trial)
	defer s.api.trials.Put(t)
	room := t.frame[:wire.FrameHeadroom]
	for _, m := range b.answers {
		var err error
		if room, err = s.format.Append(room, m); err != nil || len(room) > s.api.cfg.MaxFrame {
			return false
		}
	}
	if cap(room) <= maxKept {
		t.frame = room
	}
	if len(b.answers) > 0 {
		frame := wire.SealFrame(s.format, room)
		left := t.writer.Write(s.raw, frame)
		s.count(b.answers)
		if left < len(frame) {
			s.rest, s.owed = bytes.Clone(frame[left:]), 1
			s.start()
			return true
		}
	}
	s.give(1)
	return true
}

// give gives slots back: the answers of so many batches have left.
func (s *session) give(batches int) {
	for range batches {
		<-s.slots
		s.api.metrics.unwritten.Dec()
	}
}

func (s *session) count(messages []wire.Message) {
	for _, m := range messages {
		s.api.metrics.count(m)
	}
}
