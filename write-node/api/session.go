package api

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"

	"heureka/model"
	"heureka/wire"
	"heureka/write-node/owner"

	"github.com/coder/websocket"
)

// session is one registration channel. Its reader runs on the goroutine of the
// HTTP handler. What is said is written by whoever has it, as far as the socket takes
// it at once, and the rest by a writer, a goroutine that ends with it.
type session struct {
	api    *API
	id     owner.ConnID
	conn   *websocket.Conn
	format wire.Format // both ways
	log    *slog.Logger

	ctx    context.Context // ends with the session
	cancel context.CancelCauseFunc

	socket net.Conn        // below conn
	raw    syscall.RawConn // of socket; nil: nothing can be tried there
	slots  chan struct{}   // one in it for each batch whose answers haven't left

	out      sync.Mutex     // held for one write that doesn't wait, at most
	answers  []batch        // that wait for the writer; no more than there are slots
	orders   []wire.Message // from the node itself: go-away, a closing error
	rest     []byte         // of a frame that has begun to leave
	owed     int            // batches whose answers end in rest
	pong     []byte         // the newest that waits
	farewell []byte         // the library's close frame, if it waits
	parted   chan struct{}  // closed when it has left
	writing  bool           // there is a writer; at first: there can't be one yet
	shut     bool           // a close frame has been said: nothing may follow
	parting  chan struct{}  // closed when that was the node's own: what still comes counts for nothing
	over     bool           // no writer is started any more
	writers  sync.WaitGroup

	input   *bufio.Reader // reader: the library's, of the socket
	early   []byte        // reader: what came with the handshake
	unread  io.Reader     // reader: the rest of a message that ended the session
	heard   chan struct{} // closed when the client has nothing more to say
	left    bool          // reader: the library has said the close frame, and ends the connection
	greeted bool          // reader: the hello has come
	opened  bool          // owner's goroutine: the owner knows of the connection
	silence atomic.Bool   // nothing came for too long
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
		slots: make(chan struct{}, a.cfg.Batches), writing: true,
		parting: make(chan struct{}), heard: make(chan struct{}),
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
	s.format, s.log = format, a.log.With("remote", r.RemoteAddr)
	conn, err := websocket.Accept(&taking{w, s}, r, &websocket.AcceptOptions{
		Subprotocols: []string{format.Subprotocol()}, OnPingReceived: s.pinged,
	})
	if err != nil {
		a.log.Debug("no websocket", "remote", r.RemoteAddr, "err", err)
		return // Accept has answered
	}
	conn.SetReadLimit(-1)                                             // Config.MaxMessage counts: the peer is to hear of it
	stop := context.AfterFunc(s.ctx, func() { _ = s.socket.Close() }) // under whatever goes on, a closing handshake too
	defer stop()
	s.conn = conn
	s.run()
}

// frameType returns the type of the frames that carry a format.
func frameType(f wire.Format) websocket.MessageType {
	if f == wire.FormatProto {
		return websocket.MessageBinary
	}
	return websocket.MessageText
}

// run returns when the session has ended, its writer too, and the owner knows.
func (s *session) run() {
	s.writers.Go(s.write) // what the node has said already
	err := s.read()
	if err != nil {
		s.cancel(err)
	} else if gone := s.discard(); s.left {
		s.cancel(gone) // what waits to be said, the reason among it, can't be any more
	}
	close(s.heard)
	<-s.ctx.Done() // what has been said to it before its end leaves first
	s.out.Lock()
	s.over = true
	s.out.Unlock()
	s.writers.Wait()
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
