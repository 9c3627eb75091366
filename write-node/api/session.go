package api

import (
	"bufio"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"

	"heureka/model"
	"heureka/wire"
	"heureka/write-node/owner"

	"github.com/coder/websocket"
)

// session is one registration channel. Its reader runs on the goroutine of the
// HTTP handler, its writer on one of its own.
type session struct {
	api    *API
	id     owner.ConnID
	conn   *websocket.Conn
	format wire.Format // both ways
	log    *slog.Logger

	ctx    context.Context // ends with the session
	cancel context.CancelCauseFunc

	slots   chan struct{}     // one in it for each batch whose answers haven't left
	answers chan batch        // has room for as many, so that sending never blocks
	orders  chan wire.Message // from the node itself: go-away, a closing error

	greeted bool        // reader: the hello has come
	opened  bool        // owner's goroutine: the owner knows of the connection
	silence atomic.Bool // nothing came for too long
}

// batch is the answers to some messages of a client, in order. If last is set,
// nothing follows and the connection is to be closed with it.
type batch struct {
	answers []wire.Message
	last    *wire.Error
}

// maxOrders is how many words of the node itself a session gets in its life: a
// go-away, an end by silence, one by draining.
const maxOrders = 3

var errTooSlow = errors.New("the peer took no byte for too long")

func newSession(a *API, id owner.ConnID) *session {
	s := &session{
		api: a, id: id, log: a.log,
		slots:   make(chan struct{}, a.cfg.Batches),
		answers: make(chan batch, a.cfg.Batches),
		orders:  make(chan wire.Message, maxOrders),
	}
	s.ctx, s.cancel = context.WithCancelCause(a.base)
	return s
}

func (a *API) serveRegistrations(w http.ResponseWriter, r *http.Request) {
	s, refused := a.admit()
	if refused != nil {
		a.refuse(w, refused)
		return
	}
	defer a.dismiss(s)
	format, spoken := wire.Negotiate(r.Header.Values("Sec-WebSocket-Protocol"))
	if !spoken {
		a.refuse(w, wire.NewError(wire.CodeUnsupportedVersion, "the subprotocols here are %s and %s", wire.SubprotocolJSON, wire.SubprotocolProto))
		return
	}
	taken := &taking{ResponseWriter: w}
	conn, err := websocket.Accept(taken, r, &websocket.AcceptOptions{Subprotocols: []string{format.Subprotocol()}})
	if err != nil {
		a.log.Debug("no websocket", "remote", r.RemoteAddr, "err", err)
		return // Accept has answered
	}
	conn.SetReadLimit(-1) // Config.MaxMessage counts: the peer is to hear of it
	stop := context.AfterFunc(a.base, func() { _ = taken.socket.Close() })
	defer stop()
	s.conn, s.format, s.log = conn, format, a.log.With("remote", r.RemoteAddr)
	s.run()
}

// frameType returns the type of the frames that carry a format.
func frameType(f wire.Format) websocket.MessageType {
	if f == wire.FormatProto {
		return websocket.MessageBinary
	}
	return websocket.MessageText
}

// taking is a response that remembers the socket that a handshake takes over: an
// abort closes it under whatever goes on, a closing handshake too.
type taking struct {
	http.ResponseWriter
	socket net.Conn
}

// Hijack hands over the socket.
func (w *taking) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	socket, buffers, err := http.NewResponseController(w.ResponseWriter).Hijack()
	w.socket = socket
	return socket, buffers, err
}

// run returns when the session has ended, its writer too, and the owner knows.
func (s *session) run() {
	written := make(chan struct{})
	go func() {
		defer close(written)
		s.write()
	}()
	err := s.read()
	if err != nil {
		s.cancel(err)
	}
	<-written // what has been said to it before its end leaves first
	s.cancel(err)
	_ = s.conn.CloseNow()
	s.close(s.ending(err))
	s.api.metrics.unwritten.Sub(float64(len(s.slots)))
	s.log.Debug("registration channel ended", "err", context.Cause(s.ctx))
}

// close tells the owner that the connection is no more.
func (s *session) close(why owner.Ending) {
	_ = s.api.state.Do(context.WithoutCancel(s.ctx), Command{
		Apply: func(o *owner.Owner, _ model.Moment) { o.Close(s.id, why) },
		Done:  func() {},
	})
}

// tell has the writer say something of the node's own. It never blocks.
func (s *session) tell(m wire.Message) {
	select {
	case s.orders <- m:
	default: // it is ending already
	}
}
