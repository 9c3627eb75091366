package api

import (
	"context"
	"errors"
	"fmt"
	"time"

	"heureka/wire"

	"github.com/coder/websocket"
)

// outgoing is what is there to be said at one time.
type outgoing struct {
	messages []wire.Message
	batches  int         // whose slots it gives back
	last     *wire.Error // closes the connection, and is the last of messages
}

// write sends answers and the node's own words until the session ends.
func (s *session) write() {
	slow := time.AfterFunc(time.Hour, func() { s.cancel(errTooSlow) })
	slow.Stop()
	defer slow.Stop()
	var frame []byte
	var out outgoing
	for s.gather(&out) {
		var err error
		frame, err = s.send(out.messages, frame, slow)
		for range out.batches {
			<-s.slots
			s.api.metrics.unwritten.Dec()
		}
		if err != nil {
			s.cancel(err)
			return
		}
		if out.last != nil {
			_ = s.conn.Close(websocket.StatusCode(out.last.Code.CloseCode()), out.last.Name)
			s.cancel(out.last)
			return
		}
	}
}

// gather waits for something to say and takes all that is there. It reports
// false when the session has ended.
func (s *session) gather(out *outgoing) bool {
	clear(out.messages)
	*out = outgoing{messages: out.messages[:0]}
	select {
	case <-s.ctx.Done():
		return false
	case b := <-s.answers:
		out.add(b)
	case m := <-s.orders:
		s.obey(out, m)
	}
	for out.last == nil {
		select {
		case b := <-s.answers:
			out.add(b)
		case m := <-s.orders:
			s.obey(out, m)
		default:
			return true
		}
	}
	return true
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

// obey adds a word of the node itself. One that ends the connection comes after
// the answers that are there.
func (s *session) obey(out *outgoing, m wire.Message) {
	last, ends := m.(*wire.Error)
	if !ends {
		out.messages = append(out.messages, m)
		return
	}
	for out.last == nil {
		select {
		case b := <-s.answers:
			out.add(b)
		default:
			out.end(last)
		}
	}
}

// send writes messages in as few frames as the frames' size allows. It returns
// the buffer, to be used again.
func (s *session) send(messages []wire.Message, frame []byte, slow *time.Timer) ([]byte, error) {
	limit := s.api.cfg.MaxFrame
	for len(messages) > 0 {
		frame = frame[:0]
		for len(messages) > 0 && len(frame) < limit {
			var err error
			if frame, err = s.format.Append(frame, messages[0]); err != nil {
				return frame, err
			}
			s.api.metrics.count(messages[0])
			messages = messages[1:]
		}
		slow.Reset(s.api.cfg.WriteTimeout)
		err := s.conn.Write(s.ctx, frameType(s.format), frame)
		slow.Stop()
		if err != nil {
			if errors.Is(context.Cause(s.ctx), errTooSlow) {
				s.api.metrics.count(wire.NewError(wire.CodeTooSlow, "%s", errTooSlow))
			}
			return frame, fmt.Errorf("write: %w", err)
		}
	}
	if cap(frame) > 2*limit {
		frame = nil
	}
	return frame, nil
}
