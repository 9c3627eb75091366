package session

import (
	"bufio"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"heureka/read-node/fanout"
	"heureka/wire"

	"github.com/coder/websocket"
)

// Serve makes a websocket of a request, serves it as the session with that id and
// returns when it has ended, with all its goroutines. A request that can't become
// one is answered as HTTP.
func Serve(w http.ResponseWriter, r *http.Request, id fanout.SessionID, config Config, hub Hub, log *slog.Logger) {
	if !speaksJSON(r) {
		WriteError(w, wire.NewError(wire.CodeUnsupportedVersion, "the only subprotocol here is %s", wire.SubprotocolJSON))
		return
	}
	taken := &taking{ResponseWriter: w, patience: config.Patience}
	conn, err := websocket.Accept(taken, r, &websocket.AcceptOptions{
		Subprotocols:   []string{wire.SubprotocolJSON},
		OriginPatterns: config.Origins,
	})
	if err != nil {
		log.Debug("no websocket", "remote", r.RemoteAddr, "err", err)
		return
	}
	conn.SetReadLimit(-1) // Config.MaxMessage counts: the peer is to hear of it
	newSession(id, conn, taken.socket, config, hub, log).run()
}

// speaksJSON reports whether the peer leaves the subprotocol to the node or
// offers the one that is spoken here.
func speaksJSON(r *http.Request) bool {
	offers := r.Header.Values("Sec-WebSocket-Protocol")
	if len(offers) == 0 {
		return true
	}
	return slices.ContainsFunc(strings.Split(strings.Join(offers, ","), ","), func(offer string) bool {
		return strings.EqualFold(strings.TrimSpace(offer), wire.SubprotocolJSON)
	})
}

// taking is a response that remembers the socket that a handshake takes over, and
// makes it a patient one.
type taking struct {
	http.ResponseWriter
	patience time.Duration
	socket   net.Conn
}

// Hijack hands over the socket.
func (w *taking) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	socket, buffers, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	w.socket = &patient{socket, w.patience}
	return w.socket, bufio.NewReadWriter(buffers.Reader, bufio.NewWriterSize(w.socket, buffers.Writer.Size())), nil
}

// WriteError answers a request by an error, with its status and as JSON.
func WriteError(w http.ResponseWriter, err *wire.Error) {
	body, _ := wire.AppendJSON(nil, err) // plain texts and numbers, which always have a JSON form
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(err.Code.Kind().HTTP)
	_, _ = w.Write(body) // a peer that has gone needs no answer
}
