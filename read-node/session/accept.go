package session

import (
	"bufio"
	"net"
	"net/http"
	"slices"

	"heureka/wire"
)

// The buffers that the websocket library gets, instead of the 4 KiB that net/http
// hands over: what a subscriber says is short, and the library writes close frames
// only, which have at most 127 bytes and must leave its buffer in one Write.
const (
	readBuffer  = 256
	writeBuffer = 128
)

// taking is a response whose socket, when a handshake takes it over, becomes the
// session's.
type taking struct {
	http.ResponseWriter
	session *Session
}

// Hijack hands over the session's socket, with small buffers. What the peer sent
// behind its request is read from it first.
func (w *taking) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffers, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	early, err := buffers.Reader.Peek(buffers.Reader.Buffered())
	if err != nil {
		return nil, nil, err
	}
	s := w.session
	s.take(conn)
	s.early = slices.Clone(early)
	below := &socket{conn, s}
	s.input = bufio.NewReaderSize(below, readBuffer)
	return below, bufio.NewReadWriter(s.input, bufio.NewWriterSize(below, writeBuffer)), nil
}

// WriteError answers a request by an error, with its status and as JSON.
func WriteError(w http.ResponseWriter, err *wire.Error) {
	body, _ := wire.AppendJSON(nil, err) // plain texts and numbers, which always have a JSON form
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(err.Code.Kind().HTTP)
	_, _ = w.Write(body) // a peer that has gone needs no answer
}
