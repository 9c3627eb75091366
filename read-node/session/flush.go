package session

import (
	"errors"
	"os"
	"time"
)

// flush writes a backlog as the peer takes it, however slowly: a deadline for a
// whole frame would give up slow links and be generous to dead ones.
func (s *Session) flush(b *backlog) {
	s.common.stuck.Add(1)
	left := s.drain(b)
	s.common.stuck.Add(-1)
	close(b.done)
	if left && b.delivery {
		s.common.patiently.Add(1)
		s.common.hub.Written(s)
	}
}

// drain reports whether all of the backlog has left.
func (s *Session) drain(b *backlog) bool {
	for {
		frame := s.next(b)
		if frame == nil {
			return true
		}
		n, err := s.socket.Write(frame)
		shut := s.wrote(b, n)
		switch {
		case err == nil:
		case !errors.Is(err, os.ErrDeadlineExceeded):
			s.Stop(nil)
			return false
		case n == 0 || shut:
			s.giveUp(b)
			return false
		}
	}
}

// next returns what is to be written now, and has set the time for it; nil when all
// has left, and there is no backlog any more.
func (s *Session) next(b *backlog) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !b.begun && b.pong != nil {
		b.frames = append([][]byte{b.pong}, b.frames...)
		b.pong = nil
	}
	if len(b.frames) == 0 {
		s.backlog = nil
		return nil
	}
	b.begun = true
	deadline := b.last
	if !s.shut {
		deadline = time.Now().Add(s.common.config.Patience)
	}
	_ = s.socket.SetWriteDeadline(deadline) // a closed socket says so when it is written to
	return b.frames[0]
}

// wrote takes from the backlog what has left, and reports whether the last words
// are in it.
func (s *Session) wrote(b *backlog, n int) (shut bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b.frames[0] = b.frames[0][n:]; len(b.frames[0]) == 0 {
		b.frames, b.begun = b.frames[1:], false
	}
	return s.shut
}
