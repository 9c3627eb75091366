package session

import (
	"errors"
	"net"
	"slices"
	"time"
)

// socket is the connection as the websocket library sees it. The library reads
// from it, and writes nothing but close frames: messages and pongs are the
// session's. Each comes in one Write, see writeBuffer.
type socket struct {
	net.Conn
	session *Session
}

// Read reads what came with the handshake, then from the connection.
func (c *socket) Read(p []byte) (int, error) {
	if s := c.session; len(s.early) > 0 {
		n := copy(p, s.early)
		if s.early = s.early[n:]; len(s.early) == 0 {
			s.early = nil // let go
		}
		return n, nil
	}
	return c.Conn.Read(p)
}

// errNotClose would be a library that writes what it isn't known to.
var errNotClose = errors.New("session: the library wrote something other than one close frame")

// Write takes a close frame: the last words, unless the session has said some.
// It doesn't wait.
func (c *socket) Write(p []byte) (int, error) {
	if len(p) < 2 || p[0] != closeFrame || int(p[1]) != len(p)-2 {
		return 0, errNotClose
	}
	s := c.session
	s.mu.Lock()
	defer s.mu.Unlock()
	s.putLast(slices.Clone(p))
	return len(p), nil
}

// Close ends reading. The connection itself the session closes, when its last
// words have left.
func (c *socket) Close() error { return c.SetReadDeadline(time.Unix(1, 0)) }
