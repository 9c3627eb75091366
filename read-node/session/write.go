package session

import (
	"context"
	"errors"
	"os"
	"time"

	"heureka/wire"

	"github.com/coder/websocket"
)

// write sends what there is to send until the session ends, then the last words.
// The welcome is the first message: frames and a go-away wait for it.
func (s *Session) write() {
	defer func() {
		s.Kill()
		s.deadline.Stop()
	}()
	var frames chan []byte
	var goAway chan time.Duration
	for {
		select {
		case frame := <-frames:
			if !s.send(frame) {
				return
			}
			s.hub.Written(s)
		case m := <-s.answers:
			if !s.say(m) {
				return
			}
			if _, welcomed := m.(*wire.Welcome); welcomed {
				frames, goAway = s.frames, s.goAway
			}
		case after := <-goAway:
			if !s.say(&wire.GoAway{AfterMs: after.Milliseconds()}) {
				return
			}
		case <-s.ended:
			s.farewell()
			return
		}
	}
}

// farewell tells the peer why the session ends, if there is something to tell, and
// closes the websocket. What the closing handshake says doesn't matter any more.
func (s *Session) farewell() {
	if s.cause == nil {
		return
	}
	s.config.report(s.cause.Code)
	s.log.Info("session ended", "code", int(s.cause.Code), "name", s.cause.Name, "err", s.cause.Message)
	if s.say(s.cause) {
		_ = s.conn.Close(websocket.StatusCode(s.cause.Code.CloseCode()), s.cause.Name)
	}
}

func (s *Session) say(m wire.Message) bool {
	line, err := wire.AppendJSON(nil, m)
	if err != nil {
		s.Stop(wire.NewError(wire.CodeInternal, "%v", err))
		return false
	}
	return s.send(line)
}

// send writes one text frame. It reports false, and has stopped the session, if
// the peer doesn't take it.
func (s *Session) send(frame []byte) bool {
	err := s.conn.Write(context.Background(), websocket.MessageText, frame)
	if err == nil {
		return true
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		// The frame is cut off: no other can follow on this socket, the error's
		// line least of all.
		s.config.report(wire.CodeTooSlow)
		s.log.Info("session ended", "code", int(wire.CodeTooSlow), "name", wire.CodeTooSlow.Kind().Name)
	}
	s.Stop(nil)
	return false
}
