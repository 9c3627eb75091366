package api

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"syscall"
	"time"
)

// writeBuffer is what the websocket library gets for writing, instead of the 4 KiB
// of net/http: it writes close frames only, which have at most 127 bytes and must
// leave it in one Write.
const writeBuffer = 128

// The first byte of whole control frames: RFC 6455, section 5.2. They have at most
// 125 bytes of payload, and so a header of two.
const (
	closeFrame = 0x88
	pongFrame  = 0x8a
)

// taking is a response whose socket, when a handshake takes it over, becomes the
// session's.
type taking struct {
	http.ResponseWriter
	session *session
}

// Hijack hands over the session's socket.
func (w *taking) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffers, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	w.session.socket = conn
	if c, ok := conn.(syscall.Conn); ok {
		w.session.raw, _ = c.SyscallConn() // without it nothing is tried
	}
	below := &socket{conn, w.session}
	return below, bufio.NewReadWriter(buffers.Reader, bufio.NewWriterSize(below, writeBuffer)), nil
}

// socket is the connection as the websocket library sees it. The library reads from
// it, and writes nothing but close frames: messages and pongs are the session's.
type socket struct {
	net.Conn
	session *session
}

// errNotClose would be a library that writes what it isn't known to.
var errNotClose = errors.New("api: the library wrote something other than one close frame")

// closeTimeout is for a close frame to leave.
const closeTimeout = 5 * time.Second

// Write takes a close frame. It is written after the frame that is on its way, if
// there is one, and nothing follows it. Like the library's own it is waited for.
func (c *socket) Write(p []byte) (int, error) {
	if len(p) < 2 || p[0] != closeFrame || int(p[1]) != len(p)-2 {
		return 0, errNotClose
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
	s.pong = append(append(s.pong[:0:0], pongFrame, byte(len(payload))), payload...)
	s.start()
	return false
}
