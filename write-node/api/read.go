package api

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"heureka/internal/socket"
	"heureka/model"
	"heureka/wire"
)

// item is one message of a client, decoded, or the error that answers it.
type item struct {
	message wire.Message
	acked   model.Version // of a register or an unregister
	err     *wire.Error
}

// maxKept is the size from which a read buffer isn't kept for the next message.
const maxKept = 16 << 10

// read hands on what comes until the connection ends, which it returns as an
// error, or the client says something that ends it, or the node closes it.
func (s *session) read() error {
	cfg := s.api.cfg
	patience := cfg.Silence()
	noHello := time.AfterFunc(cfg.Hello, func() { s.tell(s.noHello()) })
	defer noHello.Stop()
	silent := time.AfterFunc(patience, func() { s.tell(s.fallsSilent()) })
	silent.Stop()
	defer silent.Stop()
	due := time.Now().Add(cfg.Hello) // when the client must have said something
	var buffer bytes.Buffer
	for {
		frame, refused, err := s.readFrame(&buffer)
		if err != nil {
			return err
		}
		if s.parts() {
			return nil
		}
		silent.Stop() // while there is no room for its answers, it isn't the client that is silent
		if time.Now().After(due) {
			// This node stood still, so the timer is as late as the frame. Its client
			// heard nothing either, and may have gone on elsewhere: what it said here
			// before would pass for its newest word, and bring back what it has ended.
			// If it stands still from now on, the owner knows.
			return s.refuse(s.tooLate())
		}
		ended, err := s.handFrame(frame, refused)
		if ended || err != nil {
			return err
		}
		if buffer.Cap() > maxKept {
			buffer = bytes.Buffer{}
		}
		if s.greeted {
			noHello.Stop()
			due = time.Now().Add(patience)
			silent.Reset(patience)
		}
	}
}

// fallsSilent is the end of a session of which nothing came for too long, or came so
// late that it can't be told from that. Nothing of it is obeyed any more.
func (s *session) fallsSilent() *wire.Error {
	s.silence.Store(true)
	return wire.NewError(wire.CodeSilent, "nothing came for %s", s.api.cfg.Silence())
}

func (s *session) noHello() *wire.Error {
	return wire.NewError(wire.CodeHelloExpected, "no hello came within %s", s.api.cfg.Hello)
}

// tooLate is what refuses a frame that came too late. It is the reader's.
func (s *session) tooLate() *wire.Error {
	if !s.greeted {
		return s.noHello()
	}
	return s.fallsSilent()
}

// readFrame reads one message, or as much of it as tells why it is refused. What
// comes as one frame in one piece is taken past the library, which would read it in
// four; that mustn't read meanwhile, and doesn't: the session closes by itself. The
// message is valid until the next call.
func (s *session) readFrame(buffer *bytes.Buffer) ([]byte, *wire.Error, error) {
	limit, kind := s.api.cfg.MaxMessage, frameType(s.format)
	if _, err := s.input.Peek(1); err == nil { // an error the library finds too
		if message := socket.Whole(s.input, byte(kind), limit); message != nil {
			return message, nil, nil
		}
	}
	buffer.Reset()
	came, r, err := s.conn.Reader(context.Background()) // the socket is closed with s.ctx
	if err != nil {
		return nil, nil, fmt.Errorf("read: %w", err)
	}
	s.unread = r
	if came != kind {
		return nil, wire.NewError(wire.CodeMalformed, "%s speaks in frames of the other type", s.format.Subprotocol()), nil
	}
	n, err := buffer.ReadFrom(io.LimitReader(r, int64(limit)+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read: %w", err)
	}
	if n > int64(limit) {
		buffer.Reset()
		return nil, wire.NewError(wire.CodeTooLarge, "a message may have %d bytes", limit), nil
	}
	s.unread = nil
	return buffer.Bytes(), nil, nil
}

// discard reads on after the client's last word, until it closes or the session ends,
// which it returns as an error: see part.
func (s *session) discard() (err error) {
	for reader := s.unread; err == nil; {
		if reader != nil {
			_, err = io.Copy(io.Discard, reader)
		}
		if err == nil {
			_, reader, err = s.conn.Reader(context.Background())
		}
	}
	return err
}

// handFrame hands on the messages of a frame, in order, and what refuses the whole
// of it, if anything does. It reports whether the connection ends with it.
func (s *session) handFrame(frame []byte, refused *wire.Error) (ended bool, err error) {
	if refused != nil {
		return true, s.refuse(refused)
	}
	x := s.api.exchange()
	for m, refused := range s.format.Messages(frame) {
		it := s.place(m, refused)
		x.items = append(x.items, it)
		if it.err != nil && it.err.Code.Kind().Closes {
			return true, s.hand(x)
		}
		if len(x.items) >= s.api.cfg.Batch {
			if err := s.hand(x); err != nil {
				return false, err
			}
			x = s.api.exchange()
		}
	}
	return false, s.hand(x)
}

// place checks that a message, or the error instead of one, has its place here.
func (s *session) place(m wire.Message, refused *wire.Error) item {
	if refused != nil {
		if !s.greeted && !refused.Code.Kind().Closes {
			refused = wire.NewError(wire.CodeHelloExpected, "the first message must be a hello").For(refused.Seq)
		}
		return item{err: refused}
	}
	s.api.metrics.messages.WithLabelValues(m.Type()).Inc()
	if hello, ok := m.(*wire.Hello); ok {
		return s.greet(hello)
	}
	if !s.greeted {
		return item{err: wire.NewError(wire.CodeHelloExpected, "the first message must be a hello, not a %s", m.Type())}
	}
	switch m := m.(type) {
	case *wire.Register:
		return register(m)
	case *wire.Unregister:
		return acked(m, m.Seq, m.Acked)
	case *wire.Update, *wire.Heartbeat:
		return item{message: m}
	default:
		return item{err: wire.NewError(wire.CodeUnknownType, "a client doesn't say %s on this channel", m.Type()).For(wire.SeqOf(m))}
	}
}

// maxProcess is how many bytes the name of a client's process, or of the client,
// may have.
const maxProcess = 256

func (s *session) greet(h *wire.Hello) item {
	switch {
	case s.greeted:
		return item{err: wire.NewError(wire.CodeSecondHello, "there was a hello already")}
	case h.Version != wire.ProtocolVersion:
		return item{err: wire.NewError(wire.CodeUnsupportedVersion, "this node speaks version %d", wire.ProtocolVersion)}
	case len(h.Process) > maxProcess || len(h.Client) > maxProcess || !model.ValidText(h.Process) || !model.ValidText(h.Client):
		return item{err: wire.NewError(wire.CodeMalformed, "process and client must be printable and have at most %d bytes", maxProcess)}
	}
	s.greeted = true
	return item{message: h}
}

func register(m *wire.Register) item {
	if m.Instance == nil {
		return item{err: wire.NewError(wire.CodeInvalidInstance, "instance is missing").For(m.Seq)}
	}
	return acked(m, m.Seq, m.Acked)
}

// acked is a message that carries a version, which may be empty.
func acked(m wire.Message, seq uint64, text string) item {
	version, err := model.ParseVersion(text)
	if err != nil {
		return item{err: wire.NewError(wire.CodeInvalidInstance, "acked is no version").For(seq)}
	}
	return item{message: m, acked: version}
}
