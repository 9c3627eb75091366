package session

import (
	"net"
	"slices"
	"time"

	"heureka/internal/socket"
)

// below is the connection as the websocket library sees it. The library reads
// from it, and writes nothing but close frames: messages and pongs are the
// session's.
type below struct {
	net.Conn
	session *Session
}

// Read reads what came with the handshake, then from the connection.
func (c *below) Read(p []byte) (int, error) {
	if s := c.session; len(s.early) > 0 {
		n := copy(p, s.early)
		if s.early = s.early[n:]; len(s.early) == 0 {
			s.early = nil // let go
		}
		return n, nil
	}
	return c.Conn.Read(p)
}

// Write takes a close frame: the last words, unless the session has said some.
// It doesn't wait.
func (c *below) Write(p []byte) (int, error) {
	if err := socket.CheckClose(p); err != nil {
		return 0, err
	}
	s := c.session
	s.mu.Lock()
	defer s.mu.Unlock()
	s.putLast(slices.Clone(p))
	return len(p), nil
}

// Close ends reading. The connection itself the session closes, when its last
// words have left.
func (c *below) Close() error { return c.SetReadDeadline(time.Unix(1, 0)) }
