package session

import (
	"bufio"
	"net"
	"net/http"

	"heureka/internal/socket"
	"heureka/wire"
)

// readBuffer is what the websocket library gets for reading, instead of the 4 KiB that
// net/http hands over: what a subscriber says is short.
const readBuffer = 256

// taking is a response whose socket, when a handshake takes it over, becomes the
// session's.
type taking struct {
	http.ResponseWriter
	session *Session
}

// Hijack hands over the session's socket, with small buffers. What the peer sent
// behind its request is read from it first.
func (w *taking) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	taken, err := socket.Take(w.ResponseWriter)
	if err != nil {
		return nil, nil, err
	}
	s := w.session
	s.take(taken)
	conn := &below{taken.Conn, s}
	buffers := socket.Buffers(conn, readBuffer)
	s.input = buffers.Reader
	return conn, buffers, nil
}

// WriteError answers a request by an error, with its status and as JSON.
func WriteError(w http.ResponseWriter, err *wire.Error) {
	body, _ := wire.AppendJSON(nil, err) // plain texts and numbers, which always have a JSON form
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(err.Code.Kind().HTTP)
	_, _ = w.Write(body) // a peer that has gone needs no answer
}
