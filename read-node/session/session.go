package session

import (
	"log/slog"
	"net"
	"sync"
	"time"

	"heureka/interest"
	"heureka/read-node/fanout"
	"heureka/wire"

	"github.com/coder/websocket"
)

// Hub is the owner of the fan-out as sessions see it. Its methods may wait until
// the owner has room: it is only their session that waits with them. They return
// when the owner has stopped.
type Hub interface {
	// Open makes the session known. From here on it may get frames.
	Open(s *Session)
	// Subscribe passes on what the peer wants to hear of, on the reader's
	// goroutine; it may do long work there, and gives up when the session has
	// ended. A refusal comes back through Session.Refuse.
	Subscribe(s *Session, seq uint64, set interest.Set)
	// Written tells that the frame that was delivered has left.
	Written(s *Session)
	// Close is the last word about a session.
	Close(s *Session)
}

// Session is one subscriber's websocket. Its exported methods may be called from
// any goroutine.
type Session struct {
	ID fanout.SessionID

	config Config
	hub    Hub
	log    *slog.Logger
	conn   *websocket.Conn
	socket net.Conn // below conn

	frames  chan []byte        // at most one: the next comes after Hub.Written
	goAway  chan time.Duration // at most one
	answers chan wire.Message  // from reader to writer

	ended  chan struct{} // closed by Stop
	ending sync.Once
	// Set before ended is closed:
	cause    *wire.Error // nil: the peer went
	deadline *time.Timer // kills a session whose peer lets the last words wait

	// Only the reader's:
	greeted    bool
	subscribed time.Time // when the last Subscribe was passed on
}

// newSession returns a session on an accepted websocket.
func newSession(id fanout.SessionID, conn *websocket.Conn, socket net.Conn, config Config, hub Hub, log *slog.Logger) *Session {
	return &Session{
		ID:      id,
		config:  config,
		hub:     hub,
		log:     log.With("session", uint64(id)),
		conn:    conn,
		socket:  socket,
		frames:  make(chan []byte, 1),
		goAway:  make(chan time.Duration, 1),
		answers: make(chan wire.Message),
		ended:   make(chan struct{}),
	}
}

// run serves the websocket until it ends, and returns when its goroutines have.
func (s *Session) run() {
	s.hub.Open(s)
	defer s.hub.Close(s)

	var writer sync.WaitGroup
	writer.Go(s.write)
	defer writer.Wait()

	hello := time.AfterFunc(s.config.HelloTimeout, func() {
		s.Stop(wire.NewError(wire.CodeHelloExpected, "no hello within %v", s.config.HelloTimeout))
	})
	defer hello.Stop()
	s.Stop(s.read(hello))
}

// Deliver hands over the next frame: whole lines, which nobody changes any more.
// It doesn't wait. The owner delivers again only after Hub.Written; a frame that
// comes all the same ends the session, because the stream would have a gap.
func (s *Session) Deliver(frame []byte) {
	select {
	case s.frames <- frame:
	default:
		s.Stop(wire.NewError(wire.CodeInternal, "a frame came before the last one had left"))
	}
}

// GoAway tells the peer to reconnect elsewhere after a while. It doesn't wait.
func (s *Session) GoAway(after time.Duration) {
	select {
	case s.goAway <- after:
	default: // it has been told
	}
}

// Refuse answers the Subscribe with that number by an error that closes. It
// doesn't wait.
func (s *Session) Refuse(seq uint64, err *wire.Error) { s.Stop(err.For(seq)) }

// Stop ends the session: the peer is told the error, then the websocket is closed.
// Without an error it is closed without a word. It doesn't wait, and only the
// first call counts.
func (s *Session) Stop(err *wire.Error) {
	s.ending.Do(func() {
		s.cause = err
		s.deadline = time.AfterFunc(s.config.CloseTimeout, s.Kill)
		close(s.ended)
	})
}

// Kill closes the socket at once, without a word.
func (s *Session) Kill() {
	s.Stop(nil)
	_ = s.socket.Close() // whatever it says, the socket is gone
}

// Ended is closed when the session has begun to end.
func (s *Session) Ended() <-chan struct{} { return s.ended }
