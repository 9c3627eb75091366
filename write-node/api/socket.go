package api

import (
	"bufio"
	"bytes"
	"context"
	"net"
	"net/http"
	"time"

	"heureka/internal/socket"
)

// readBuffer is what is read from the socket at once.
const readBuffer = 4 << 10

// taking is a response whose socket, when a handshake takes it over, becomes the
// session's.
type taking struct {
	http.ResponseWriter
	session *session
}

// Hijack hands over the session's socket. What the peer sent behind its request is
// read from it first.
func (w *taking) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	taken, err := socket.Take(w.ResponseWriter)
	if err != nil {
		return nil, nil, err
	}
	w.session.socket, w.session.raw, w.session.early = taken.Conn, taken.Raw, taken.Early
	conn := &below{taken.Conn, w.session}
	return conn, socket.Buffers(conn, readBuffer), nil
}

// below is the connection as the websocket library sees it. The library reads from
// it, and writes nothing but close frames: messages and pongs are the session's.
type below struct {
	net.Conn
	session *session
}

// Read reads what came with the handshake, then from the connection.
func (c *below) Read(p []byte) (int, error) {
	if s := c.session; len(s.early) > 0 {
		n := copy(p, s.early)
		s.early = s.early[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}

// closeTimeout is for a close frame to leave.
const closeTimeout = 5 * time.Second

// Write takes a close frame. It is written after the frame that is on its way, if
// there is one, and nothing follows it. Like the library's own it is waited for.
func (c *below) Write(p []byte) (int, error) {
	if err := socket.CheckClose(p); err != nil {
		return 0, err
	}
	s := c.session
	s.out.Lock()
	before, own := s.shut, s.closing
	s.shut = true
	if !before && !own {
		s.farewell, s.parted = bytes.Clone(p), make(chan struct{})
		s.start()
	}
	parted := s.parted
	s.out.Unlock()
	switch {
	case own && !before: // the writer says it, who has written everything
		_ = c.SetWriteDeadline(time.Now().Add(closeTimeout)) // a closed socket says so when it is written to
		return c.Conn.Write(p)
	case !before:
		select {
		case <-parted:
		case <-s.ctx.Done():
		case <-time.After(closeTimeout):
		}
	}
	return len(p), nil
}

// pinged answers a ping, and tells the library not to. Of several pings that wait
// only the newest is answered (RFC 6455, section 5.5.3).
func (s *session) pinged(_ context.Context, payload []byte) bool {
	s.out.Lock()
	defer s.out.Unlock()
	s.pong = socket.AppendControl(nil, socket.PongFrame, payload)
	s.start()
	return false
}
