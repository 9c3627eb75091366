package session

import (
	"bufio"
	"io"
	"net"
	"sync"
	"syscall"
	"time"

	"heureka/interest"
	"heureka/internal/socket"
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
	// ended. The set is that of the message's interests. A refusal comes back
	// through Session.Refuse.
	Subscribe(s *Session, m *wire.Subscribe, set interest.Set)
	// Written tells that a frame has left of which Session.Send reported that it
	// had not.
	Written(s *Session)
	// Close is the last word about a session: it has ended, with all its
	// goroutines but the one that says so.
	Close(s *Session)
}

// Session is one subscriber's websocket. Its exported methods may be called from
// any goroutine, and none of them waits for the peer.
type Session struct {
	ID fanout.SessionID

	common *Acceptor
	conn   *websocket.Conn
	input  *bufio.Reader   // of conn
	socket net.Conn        // below conn
	raw    syscall.RawConn // of socket; nil: nothing can be tried there
	ended  chan struct{}   // closed when the session begins to end

	mu       sync.Mutex // held for one write that doesn't wait, at most
	backlog  *backlog   // nil: nothing waits for the peer
	format   wire.Format
	held     bool // the welcome hasn't been put yet: nothing leaves before it
	sentAway bool
	shut     bool // the last words have been put: nothing may follow
	over     bool // ended is closed

	// Only the reader's:
	early      []byte // what came with the handshake
	greeted    bool
	hello      *time.Timer // nil once greeted
	subscribed time.Time   // when the last Subscribe was passed on
	unread     io.Reader   // the rest of a message that ended the session

	writing sync.WaitGroup // the goroutine that writes a backlog; none is started once shut
}

func newSession(a *Acceptor, id fanout.SessionID, format wire.Format) *Session {
	return &Session{ID: id, common: a, format: format, held: true, ended: make(chan struct{})}
}

// take makes a connection the session's. Its kernel buffer gets a fixed size: it is
// held for a peer that doesn't read.
func (s *Session) take(t socket.Taken) {
	s.socket, s.raw, s.early = t.Conn, t.Raw, t.Early
	s.buffer(s.common.config.SendBuffer)
}

// buffer sets the bytes that the kernel keeps for the peer, where that can be done.
func (s *Session) buffer(bytes int) {
	if c, ok := s.socket.(interface{ SetWriteBuffer(int) error }); ok {
		_ = c.SetWriteBuffer(bytes) // a socket that has just broken says so when it is used
	}
}

// run begins to serve the websocket.
func (s *Session) run() {
	s.common.hub.Open(s)
	s.hello = time.AfterFunc(s.common.config.HelloTimeout, func() {
		s.Stop(wire.NewError(wire.CodeHelloExpected, "no hello within %v", s.common.config.HelloTimeout))
	})
	s.listen()
}

// Format returns the format of the frames that the peer takes.
func (s *Session) Format() wire.Format { return s.format }

// GoAway tells the peer to reconnect elsewhere after a while. Only the first call
// counts.
func (s *Session) GoAway(after time.Duration) {
	frame, err := seal(s.format, &wire.GoAway{AfterMs: after.Milliseconds()})
	if err != nil {
		s.Stop(wire.NewError(wire.CodeInternal, "%v", err))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.sentAway {
		s.sentAway = true
		s.put(frame, false)
	}
}

// Refuse answers the Subscribe with that number by an error that closes.
func (s *Session) Refuse(seq uint64, err *wire.Error) { s.Stop(err.For(seq)) }

// Ended is closed when the session has begun to end.
func (s *Session) Ended() <-chan struct{} { return s.ended }

// stopped reports whether the session has begun to end.
func (s *Session) stopped() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}
