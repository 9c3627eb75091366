package session

import (
	"context"
	"time"

	"heureka/internal/nowait"
	"heureka/internal/socket"
	"heureka/wire"
)

// backlog is what waits for the peer to take bytes, and the goroutine that writes
// it. It goes as soon as all of it has left.
type backlog struct {
	frames   [][]byte // in order
	begun    bool     // the first of them is the rest of one, or on its way
	pong     []byte   // the newest; it goes before the next frame
	delivery bool     // one of the frames was handed to Send
	flushing bool
	last     time.Time     // after the last words: when to wait no more
	done     chan struct{} // closed when nothing is written any more
}

// Send hands over the next frame: a whole websocket frame, which nobody changes any
// more. It reports whether all of it has left; otherwise it is written as the peer
// takes it, and Hub.Written tells when it has left. The owner hands over the next
// one then; a frame that comes before ends the session, because memory would grow.
func (s *Session) Send(frame []byte) (left bool) {
	s.mu.Lock()
	early := s.backlog != nil && s.backlog.delivery
	if !early {
		left = s.put(frame, true)
	}
	s.mu.Unlock()
	if early {
		s.Stop(wire.NewError(wire.CodeInternal, "a frame came before the last one had left"))
	}
	return left
}

// put writes a frame, at once if nothing is before it and the socket takes it, or
// else as the peer takes it. It reports whether all of it has left. It is called
// with mu held, and never waits.
func (s *Session) put(frame []byte, delivery bool) bool {
	if s.shut {
		return false
	}
	left := s.first(frame)
	if left == len(frame) {
		return true
	}
	b := s.pend(left > 0)
	b.frames = append(b.frames, frame[left:])
	b.delivery = b.delivery || delivery
	s.start()
	return false
}

// first writes what it can of a frame, if nothing is before it.
func (s *Session) first(frame []byte) int {
	if s.backlog != nil || s.held {
		return 0
	}
	return s.try(frame)
}

// pend returns the backlog. If there was none, it begins with the rest of a frame
// or with a whole one.
func (s *Session) pend(rest bool) *backlog {
	if s.backlog == nil {
		s.backlog = &backlog{begun: rest, done: make(chan struct{})}
	}
	return s.backlog
}

// try writes once, without waiting, and returns how many bytes have left.
func (s *Session) try(bytes []byte) int {
	if s.raw == nil {
		return 0
	}
	a := s.common.attempts.Get().(*nowait.Writer)
	defer s.common.attempts.Put(a)
	return a.Write(s.raw, bytes)
}

// start has the backlog written, unless it is, or waits for the welcome.
func (s *Session) start() {
	b := s.backlog
	if b == nil || b.flushing || s.held {
		return
	}
	b.flushing = true
	s.writing.Go(func() { s.flush(b) })
}

// answer says a message of the reader's. It waits for the peer to take it: who
// doesn't listen isn't listened to.
func (s *Session) answer(m wire.Message) *wire.Error {
	frame, err := seal(s.format, m)
	if err != nil {
		return wire.NewError(wire.CodeInternal, "%v", err)
	}
	s.mu.Lock()
	if _, is := m.(*wire.Welcome); is {
		s.release(frame)
	} else {
		s.put(frame, false)
	}
	b := s.backlog
	s.mu.Unlock()
	if b != nil {
		select {
		case <-b.done:
		case <-s.ended:
		}
	}
	return nil
}

// release puts the welcome, and what has waited for it behind it. Where the session
// ends before it could, the last words are in the backlog, and no welcome goes first.
func (s *Session) release(welcome []byte) {
	if s.shut {
		return
	}
	s.held = false
	b := s.backlog
	if b == nil {
		s.put(welcome, false)
		return
	}
	b.frames = append([][]byte{welcome}, b.frames...)
	s.start()
}

// pinged answers a ping, and tells the library not to: its pong would wait behind
// what the peer doesn't take, for five seconds, and then close the connection. Of
// several pings that wait only the newest is answered (RFC 6455, section 5.5.3).
func (s *Session) pinged(_ context.Context, payload []byte) bool {
	pong := socket.AppendControl(make([]byte, 0, 2+len(payload)), socket.PongFrame, payload)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shut {
		return false
	}
	switch left := s.first(pong); left {
	case len(pong):
	case 0:
		s.pend(false).pong = pong
	default:
		b := s.pend(true)
		b.frames = append(b.frames, pong[left:])
	}
	s.start()
	return false
}
