package session

import (
	"context"
	"errors"
	"io"
	"time"

	"heureka/interest"
	"heureka/wire"

	"github.com/coder/websocket"
)

// wait is the session's goroutine while its peer is silent: a fresh one, with the
// smallest stack there is. Reading and obeying need several times as much, and a
// stack that has grown doesn't soon shrink.
func (s *Session) wait() {
	await(s.raw)
	s.listen()
}

// listen obeys what the peer says until it is silent. The session ends with it, or
// another goroutine waits.
func (s *Session) listen() {
	for !s.stopped() {
		message, err := s.message()
		if err == nil && message != nil {
			err = s.hear(message)
		}
		if err != nil {
			s.Stop(err)
		}
		if err != nil || message == nil {
			break
		}
		if s.input.Buffered() == 0 && len(s.early) == 0 && s.raw != nil {
			go s.wait()
			return
		}
	}
	s.end()
}

// hear obeys a frame, message by message, and returns an error that closes.
func (s *Session) hear(frame []byte) *wire.Error {
	for m, err := range s.format.Messages(frame) {
		if err == nil {
			err = s.obey(m)
		} else {
			err = s.misheard(err)
		}
		if err != nil && !err.Code.Kind().Closes {
			s.common.config.report(err.Code)
			err = s.answer(err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// misheard returns what to say of a message that can't be read.
func (s *Session) misheard(err *wire.Error) *wire.Error {
	if !s.greeted && !err.Code.Kind().Closes {
		return wire.NewError(wire.CodeHelloExpected, "the first message must be a hello: %s", err.Message)
	}
	return err
}

// message returns the next message of the peer, which isn't nil; neither it nor an
// error when the peer went.
func (s *Session) message() ([]byte, *wire.Error) {
	// No context that ends: the library would close the socket with it, and the
	// peer would not hear why.
	kind, reader, err := s.conn.Reader(context.Background())
	if err != nil {
		return nil, nil
	}
	s.unread = reader
	if kind != frameType(s.format) {
		return nil, wire.NewError(wire.CodeMalformed, "a %s frame, where %s was agreed on", frameName(kind), s.format.Subprotocol())
	}
	body, err := io.ReadAll(io.LimitReader(reader, int64(s.common.config.MaxMessage)+1))
	switch {
	case err != nil:
		return nil, nil
	case len(body) > s.common.config.MaxMessage:
		return nil, wire.NewError(wire.CodeTooLarge, "a message of more than %d bytes", s.common.config.MaxMessage)
	default:
		s.unread = nil
		return body, nil
	}
}

// frameType returns the type of the frames that carry a format.
func frameType(f wire.Format) websocket.MessageType {
	if f == wire.FormatProto {
		return websocket.MessageBinary
	}
	return websocket.MessageText
}

// obey does what one message asks for.
func (s *Session) obey(m wire.Message) *wire.Error {
	hello, isHello := m.(*wire.Hello)
	switch {
	case !s.greeted && !isHello:
		return wire.NewError(wire.CodeHelloExpected, "the first message must be a hello, not a %s", m.Type())
	case s.greeted && isHello:
		return wire.NewError(wire.CodeSecondHello, "a connection has one hello")
	case isHello:
		return s.greet(hello)
	}
	if m, ok := m.(*wire.Subscribe); ok {
		return s.subscribe(m)
	}
	return wire.NewError(wire.CodeUnknownType, "a subscription channel takes no %s", m.Type()).For(wire.SeqOf(m))
}

func (s *Session) greet(m *wire.Hello) *wire.Error {
	if m.Version != wire.ProtocolVersion {
		return wire.NewError(wire.CodeUnsupportedVersion, "version %d isn't spoken here, %d is", m.Version, wire.ProtocolVersion)
	}
	s.greeted = true
	s.hello.Stop()
	s.hello = nil
	s.common.log.Debug("session opened", "session", uint64(s.ID), "client", m.Client)
	return s.answer(&wire.Welcome{
		Version:     wire.ProtocolVersion,
		Node:        s.common.config.Node,
		HeartbeatMs: s.common.config.Heartbeat.Milliseconds(),
		MaxMessage:  s.common.config.MaxMessage,
	})
}

func (s *Session) subscribe(m *wire.Subscribe) *wire.Error {
	set, err := interest.NewSet(s.common.config.Interests, m.Interests)
	if err != nil {
		return InterestError(err).For(m.Seq)
	}
	if !s.pause(s.common.config.Pace - time.Since(s.subscribed)) {
		return nil
	}
	s.subscribed = time.Now()
	s.common.hub.Subscribe(s, m, set)
	return nil
}

// pause waits, and reports false if the session ended meanwhile.
func (s *Session) pause(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.ended:
		return false
	}
}

// InterestError returns the numbered error for what interest.NewSet found.
func InterestError(err error) *wire.Error {
	var fault *interest.Error
	if !errors.As(err, &fault) {
		return wire.NewError(wire.CodeInternal, "%v", err)
	}
	code := wire.CodeInvalidInterest
	switch fault.Fault {
	case interest.BadPattern:
		code = wire.CodeBadPattern
	case interest.TooMany:
		code = wire.CodeTooManyInterests
	case interest.TooLong:
		code = wire.CodeValueTooLong
	}
	return wire.NewError(code, "%v", fault)
}

// frameName is what people call a type of frames.
func frameName(kind websocket.MessageType) string {
	if kind == websocket.MessageBinary {
		return "binary"
	}
	return "text"
}
