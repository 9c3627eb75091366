package session

import (
	"bytes"
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

// hear obeys a message line by line, and returns an error that closes.
func (s *Session) hear(message []byte) *wire.Error {
	for line := range bytes.Lines(message) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		err := s.obey(line)
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
	if kind != websocket.MessageText {
		return nil, wire.NewError(wire.CodeMalformed, "a binary message on a text channel")
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

// obey does what one line asks for.
func (s *Session) obey(line []byte) *wire.Error {
	m, err := wire.DecodeJSON(line)
	if err != nil {
		var said *wire.Error
		if !errors.As(err, &said) {
			said = wire.NewError(wire.CodeMalformed, "%v", err)
		}
		if !s.greeted && !said.Code.Kind().Closes {
			return wire.NewError(wire.CodeHelloExpected, "the first message must be a hello: %s", said.Message)
		}
		return said
	}
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
	s.common.hub.Subscribe(s, m.Seq, set)
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
