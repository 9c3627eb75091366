package api

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"

	"heureka/internal/socket"
	"heureka/wire"
)

// outgoing is what is there to be said at one time.
type outgoing struct {
	first    []byte // the rest of a frame, or a control frame
	messages []wire.Message
	batches  int         // whose slots it gives back
	last     *wire.Error // closes the connection, and is the last of messages
}

// write says what waits, as the peer takes it, until nothing does.
func (s *session) write() {
	var room []byte
	var out outgoing
	for s.gather(&out) {
		err := s.patiently(out.first)
		if err == nil {
			room, err = s.send(out.messages, room)
		}
		s.give(out.batches)
		if err != nil {
			s.cancel(err)
			return
		}
		if out.last != nil && s.part(out.last) {
			return
		}
	}
}

// part closes the connection, all else having been said, as soon as the client has
// closed it too: what it hasn't read would be lost, if something that it has said were
// left unread. It reports false if the client was first, and its close frame waits to
// be answered.
func (s *session) part(why *wire.Error) bool {
	s.out.Lock()
	first := !s.shut
	s.shut = true
	s.out.Unlock()
	if !first {
		return false
	}
	close(s.parting)
	defer s.cancel(why)
	s.close(s.ending(nil)) // who is only waited for doesn't speak any more
	payload := binary.BigEndian.AppendUint16(nil, uint16(why.Code.CloseCode()))
	_ = s.socket.SetWriteDeadline(time.Now().Add(closeTimeout)) // a closed socket says so when it is written to
	if _, err := s.socket.Write(socket.AppendControl(nil, socket.CloseFrame, append(payload, why.Name...))); err != nil {
		return true
	}
	select {
	case <-s.heard:
	case <-s.ctx.Done():
	case <-time.After(closeTimeout):
	}
	return true
}

// parts reports whether the node has closed the connection by itself.
func (s *session) parts() bool {
	select {
	case <-s.parting:
		return true
	default:
		return false
	}
}

// gather takes all that there is to say. It reports false when that is nothing, and
// the writer ends; a session that has ended has nothing to say.
func (s *session) gather(out *outgoing) bool {
	clear(out.messages)
	*out = outgoing{messages: out.messages[:0]}
	s.out.Lock()
	defer s.out.Unlock()
	switch {
	case s.ctx.Err() != nil:
	case s.rest != nil:
		out.first, out.batches = s.rest, s.owed
		s.rest, s.owed = nil, 0
		return true
	case s.farewell != nil:
		out.first, s.farewell = s.farewell, nil
		return true
	case s.shut:
		if s.parted != nil {
			close(s.parted)
			s.parted = nil
		}
	case s.pong != nil:
		out.first, s.pong = s.pong, nil
		return true
	case len(s.answers)+len(s.orders) > 0:
		s.empty(out)
		return true
	}
	s.writing = false
	_ = s.socket.SetWriteDeadline(time.Time{}) // which counts for what is written at once, too
	return false
}

// empty takes the answers, then the node's own words: one that ends the connection
// comes after the answers that are there.
func (s *session) empty(out *outgoing) {
	for _, b := range s.answers {
		if out.last == nil {
			out.add(b)
		}
	}
	for _, m := range s.orders {
		last, ends := m.(*wire.Error)
		switch {
		case out.last != nil:
		case ends:
			out.end(last)
		default:
			out.messages = append(out.messages, m)
		}
	}
	clear(s.answers)
	s.answers, s.orders = s.answers[:0], nil
}

func (out *outgoing) add(b batch) {
	out.batches++
	out.messages = append(out.messages, b.answers...)
	if b.last != nil {
		out.end(b.last)
	}
}

func (out *outgoing) end(err *wire.Error) {
	out.messages = append(out.messages, err)
	out.last = err
}

// send writes messages in as few frames as the frames' size allows. It returns
// the buffer, to be used again.
func (s *session) send(messages []wire.Message, room []byte) ([]byte, error) {
	limit := s.api.cfg.MaxFrame
	for len(messages) > 0 {
		room = append(room[:0], make([]byte, wire.FrameHeadroom)...)
		for len(messages) > 0 && len(room) < limit {
			var err error
			if room, err = s.format.Append(room, messages[0]); err != nil {
				return room, err
			}
			s.api.metrics.count(messages[0])
			messages = messages[1:]
		}
		if err := s.patiently(wire.SealFrame(s.format, room)); err != nil {
			return room, err
		}
	}
	if cap(room) > 2*limit {
		room = nil
	}
	return room, nil
}

// patiently writes bytes as the peer takes them, however slowly, but not if it takes
// none for Config.WriteTimeout.
func (s *session) patiently(frame []byte) error {
	for len(frame) > 0 {
		_ = s.socket.SetWriteDeadline(time.Now().Add(s.api.cfg.WriteTimeout)) // a closed socket says so when it is written to
		n, err := s.socket.Write(frame)
		frame = frame[n:]
		switch {
		case err == nil, n > 0 && errors.Is(err, os.ErrDeadlineExceeded):
		case errors.Is(err, os.ErrDeadlineExceeded):
			s.api.metrics.count(wire.NewError(wire.CodeTooSlow, "%s", errTooSlow))
			return errTooSlow
		case s.ctx.Err() != nil:
			return context.Cause(s.ctx)
		default:
			return fmt.Errorf("write: %w", err)
		}
	}
	return nil
}
