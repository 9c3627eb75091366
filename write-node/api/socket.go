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
	buffers := socket.Buffers(conn, readBuffer)
	w.session.input = buffers.Reader
	return conn, buffers, nil
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

// closeTimeout is for a close frame to leave, and then for the client to answer it.
const closeTimeout = 5 * time.Second

// Write takes a close frame. It is written after the frame that is on its way, if
// there is one, and nothing follows it. Like the library's own it is waited for.
func (c *below) Write(p []byte) (int, error) {
	if err := socket.CheckClose(p); err != nil {
		return 0, err
	}
	s := c.session
	s.out.Lock()
	if s.shut {
		s.out.Unlock()
		return len(p), nil
	}
	s.shut, s.left = true, true
	parted := make(chan struct{})
	s.farewell, s.parted = bytes.Clone(p), parted
	s.start()
	s.out.Unlock()
	select {
	case <-parted:
	case <-s.ctx.Done():
	case <-time.After(closeTimeout):
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
