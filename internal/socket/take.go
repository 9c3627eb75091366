package socket

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"net/http"
	"syscall"
)

// Taken is the socket of a request that becomes a websocket.
type Taken struct {
	Conn  net.Conn
	Raw   syscall.RawConn // of Conn; nil: nothing can be tried there
	Early []byte          // what the peer sent behind its request
}

// Take takes the socket over from net/http, out of what internal/ops wraps it in.
func Take(w http.ResponseWriter) (Taken, error) {
	conn, buffers, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return Taken{}, err
	}
	t, err := taken(conn, buffers.Reader)
	if err != nil {
		_ = conn.Close() // it is nobody's; the error says what there is to say
		return Taken{}, err
	}
	return t, nil
}

func taken(conn net.Conn, input *bufio.Reader) (Taken, error) {
	if wrapped, ok := conn.(interface{ Unwrap() (net.Conn, error) }); ok {
		var err error
		if conn, err = wrapped.Unwrap(); err != nil {
			return Taken{}, err
		}
	}
	early, err := input.Peek(input.Buffered())
	if err != nil {
		return Taken{}, err
	}
	t := Taken{Conn: conn, Early: bytes.Clone(early)}
	if c, ok := conn.(syscall.Conn); ok {
		t.Raw, _ = c.SyscallConn() // without it nothing is tried
	}
	return t, nil
}

// writeBuffer is what the library gets for writing, instead of the 4 KiB of net/http:
// it writes close frames only, which have at most 127 bytes and must leave it in one
// Write.
const writeBuffer = 128

// Buffers returns what the library reads from and writes to a connection through.
func Buffers(conn net.Conn, read int) *bufio.ReadWriter {
	return bufio.NewReadWriter(bufio.NewReaderSize(conn, read), bufio.NewWriterSize(conn, writeBuffer))
}

// The first byte of whole control frames. They have at most 125 bytes of payload, and
// so a header of two.
const (
	CloseFrame = 0x88
	PongFrame  = 0x8a
)

// AppendControl appends a control frame.
func AppendControl(dst []byte, kind byte, payload []byte) []byte {
	dst = append(dst, kind, byte(len(payload)))
	return append(dst, payload...)
}

// ErrNotClose would be a library that writes what it isn't known to.
var ErrNotClose = errors.New("socket: the library wrote something other than one close frame")

// CheckClose returns ErrNotClose for what isn't one close frame.
func CheckClose(frame []byte) error {
	if len(frame) < 2 || frame[0] != CloseFrame || int(frame[1]) != len(frame)-2 {
		return ErrNotClose
	}
	return nil
}
