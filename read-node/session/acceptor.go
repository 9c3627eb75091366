package session

import (
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"

	"heureka/internal/nowait"
	"heureka/read-node/fanout"
	"heureka/wire"

	"github.com/coder/websocket"
)

// Acceptor makes sessions of requests. It holds what all sessions of a node have
// in common, so that a session holds little. Its methods may be called from any
// goroutine.
type Acceptor struct {
	config   Config
	hub      Hub
	log      *slog.Logger
	attempts sync.Pool // of *nowait.Writer

	stuck     atomic.Int64
	patiently atomic.Uint64
	givenUp   atomic.Uint64
}

// NewAcceptor returns an acceptor whose sessions belong to that hub. The
// configuration is a valid one.
func NewAcceptor(config Config, hub Hub, log *slog.Logger) *Acceptor {
	a := &Acceptor{config: config, hub: hub, log: log}
	a.attempts.New = func() any { return nowait.New() }
	return a
}

// Stats tells how the sessions' peers take what is written.
type Stats struct {
	Stuck     int    // sessions now that wait for their peer to take bytes
	Patiently uint64 // frames delivered that didn't leave at once
	GivenUp   uint64 // peers that took no byte for Config.Patience
}

// Stats returns the counts.
func (a *Acceptor) Stats() Stats {
	return Stats{Stuck: int(a.stuck.Load()), Patiently: a.patiently.Load(), GivenUp: a.givenUp.Load()}
}

// Serve makes a websocket of a request and starts the session with that id. It
// returns after the handshake, so that nothing of the request is kept while the
// session lives; Hub.Close tells of the session's end. A request that can't become
// a websocket is answered as HTTP: then Serve reports false, and the hub hears
// nothing.
func (a *Acceptor) Serve(w http.ResponseWriter, r *http.Request, id fanout.SessionID) bool {
	format, spoken := wire.Negotiate(r.Header.Values("Sec-WebSocket-Protocol"))
	if !spoken {
		WriteError(w, wire.NewError(wire.CodeUnsupportedVersion, "the subprotocols here are %s and %s", wire.SubprotocolJSON, wire.SubprotocolProto))
		return false
	}
	s := newSession(a, id, format)
	conn, err := websocket.Accept(&taking{w, s}, r, &websocket.AcceptOptions{
		Subprotocols:   []string{format.Subprotocol()},
		OriginPatterns: a.config.Origins,
		OnPingReceived: s.pinged,
	})
	if err != nil {
		a.log.Debug("no websocket", "remote", r.RemoteAddr, "err", err)
		return false
	}
	conn.SetReadLimit(-1) // Config.MaxMessage counts: the peer is to hear of it
	s.conn = conn
	go s.run()
	return true
}
