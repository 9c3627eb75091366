package session

import (
	"bytes"
	"context"
	"io"
	"time"

	"heureka/wire"
)

// Stop ends the session: the peer is told the error, then the websocket is closed.
// Without an error it is closed without a word. Only the first call counts.
func (s *Session) Stop(err *wire.Error) {
	if err == nil {
		s.Kill()
		return
	}
	words := farewell(s.format, err)
	s.mu.Lock()
	if s.over {
		s.mu.Unlock()
		return
	}
	s.finish()
	told := !s.shut
	s.putLast(words)
	s.mu.Unlock()
	s.readUntil(time.Now().Add(s.common.config.CloseTimeout))
	if told {
		s.report(err)
	}
}

// Kill closes the socket at once, without a word.
func (s *Session) Kill() {
	s.mu.Lock()
	s.shut = true
	s.finish()
	s.mu.Unlock()
	_ = s.socket.Close() // whatever it says, the socket is gone
}

// finish makes the session one that ends. It is called with mu held.
func (s *Session) finish() {
	if !s.over {
		s.over = true
		close(s.ended)
	}
}

// putLast puts the last words, whose end is a close frame: nothing may follow it
// (RFC 6455, section 5.5.1). It is called with mu held.
func (s *Session) putLast(words []byte) {
	if s.shut {
		return
	}
	if s.held { // nothing has begun to leave
		s.held, s.backlog = false, nil
	}
	s.put(words, false)
	s.shut = true
	if b := s.backlog; b != nil {
		b.last = time.Now().Add(s.common.config.CloseTimeout)
		_ = s.socket.SetWriteDeadline(b.last) // see next
	}
}

// giveUp ends a session whose peer takes no bytes. It may yet read: the kernel gets
// what waits, the last words at its end, in a buffer that is made larger for it.
// Where that can't be done the frame stays cut off, and nothing can follow it.
func (s *Session) giveUp(b *backlog) {
	slow := wire.NewError(wire.CodeTooSlow, "no byte was taken for %v", s.common.config.Patience)
	words := farewell(s.format, slow)
	s.mu.Lock()
	waited := !s.shut
	if waited {
		s.shut = true
		b.frames = append(b.frames, words)
	}
	s.finish()
	rest := bytes.Join(b.frames, nil)
	_ = s.socket.SetWriteDeadline(time.Time{}) // it has passed, and counts for a try too
	s.buffer(s.common.config.SendBuffer + 2*len(rest))
	all := s.try(rest) == len(rest)
	s.mu.Unlock()
	if all {
		s.readUntil(time.Now().Add(s.common.config.CloseTimeout))
	} else {
		s.Kill()
	}
	if waited {
		s.common.givenUp.Add(1)
		s.report(slow)
	}
}

// readUntil bounds how long the reader goes on. Closing a socket with something
// unread in it would make the kernel drop what the peer hasn't read.
func (s *Session) readUntil(when time.Time) { _ = s.socket.SetReadDeadline(when) }

// discard reads on, until the peer closes or it has been long enough.
func (s *Session) discard() {
	var err error
	for reader := s.unread; err == nil; {
		if reader != nil {
			_, err = io.Copy(io.Discard, reader)
		}
		if err == nil {
			_, reader, err = s.conn.Reader(context.Background())
		}
	}
}

// end is the end of the session's goroutine. It closes the socket when the last words
// have left, and tells the hub when there is no other goroutine any more.
func (s *Session) end() {
	if s.hello != nil {
		s.hello.Stop()
	}
	if s.stopped() {
		s.discard()
	}
	s.mu.Lock()
	words := s.shut && s.backlog != nil
	s.shut = true // so that no goroutine is started any more
	s.mu.Unlock()
	if words {
		s.writing.Wait() // they have a deadline
	}
	s.Kill()
	_ = s.conn.CloseNow() // so that nothing of the library is left to a finalizer
	s.writing.Wait()
	s.common.hub.Close(s)
}

// report tells the node of an error that ends the session.
func (s *Session) report(err *wire.Error) {
	s.common.config.report(err.Code)
	s.common.log.Info("session ended", "session", uint64(s.ID), "code", int(err.Code), "name", err.Name, "err", err.Message)
}
