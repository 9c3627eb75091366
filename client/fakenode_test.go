package client_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"heureka/client"
	"heureka/model"
	"heureka/wire"
)

// patience bounds every wait of these tests; it passes only when one fails.
const patience = time.Minute

// failer is what the fake node needs of a test, or of an example.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// node is a fake node: it accepts websockets on any path and hands each to the
// test, which speaks the node's part.
type node struct {
	t      failer
	server *http.Server
	addr   string
	old    bool // it speaks JSON only
	peers  chan *peer
	served sync.WaitGroup
}

// startNode starts a node on a socket of its own.
func startNode(t failer) *node {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	return serveNode(t, listener)
}

func serveNode(t failer, listener net.Listener) *node {
	n := &node{t: t, addr: listener.Addr().String(), peers: make(chan *peer, 64)}
	n.server = &http.Server{Handler: http.HandlerFunc(n.accept)}
	n.served.Go(func() { n.server.Serve(listener) })
	return n
}

func (n *node) accept(w http.ResponseWriter, r *http.Request) {
	n.served.Add(1)
	defer n.served.Done()
	format, _ := wire.Negotiate(r.Header.Values("Sec-WebSocket-Protocol"))
	if n.old {
		format = wire.FormatJSON
	}
	socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{format.Subprotocol()}})
	if err != nil {
		return
	}
	socket.SetReadLimit(1 << 20)
	p := &peer{t: n.t, path: r.URL.Path, format: format, socket: socket, said: make(chan wire.Message, 1<<16)}
	n.peers <- p
	p.listen()
}

// stop ends the node; its connections must be dropped already.
func (n *node) stop() {
	n.server.Close()
	n.served.Wait()
}

// die drops every connection that the test hasn't taken, and the listener.
func (n *node) die(peers ...*peer) {
	for _, p := range peers {
		p.drop()
	}
	n.server.Close()
}

// peer waits for the next connection.
func (n *node) peer() *peer {
	n.t.Helper()
	select {
	case p := <-n.peers:
		return p
	case <-time.After(patience):
		n.t.Fatalf("nobody connected")
		return nil
	}
}

// welcomed waits for the next connection and exchanges hellos.
func (n *node) welcomed() (*peer, *wire.Hello) {
	n.t.Helper()
	p := n.peer()
	hello := next[*wire.Hello](p)
	p.say(&wire.Welcome{Version: 1, Node: n.addr, HeartbeatMs: 10_000, LeaseMs: 30_000, MaxMessage: 1 << 20})
	return p, hello
}

// peer is the node's end of one connection.
type peer struct {
	t      failer
	path   string
	format wire.Format
	socket *websocket.Conn
	said   chan wire.Message // closed when the connection is over
}

func (p *peer) listen() {
	defer close(p.said)
	for {
		kind, frame, err := p.socket.Read(context.Background())
		if err != nil {
			return
		}
		if kind != p.frameType() {
			p.said <- wire.NewError(wire.CodeMalformed, "a frame that is %s", kind)
		}
		for m, err := range p.format.Messages(frame) {
			if err != nil {
				m = err
			}
			p.said <- m
		}
	}
}

func (p *peer) frameType() websocket.MessageType {
	if p.format == wire.FormatProto {
		return websocket.MessageBinary
	}
	return websocket.MessageText
}

// next waits for the client's next message, which must be of that type.
// Heartbeats are acknowledged on the way, unless they are what is asked for.
func next[M wire.Message](p *peer) M {
	p.t.Helper()
	for {
		m := p.any()
		if want, ok := m.(M); ok {
			return want
		}
		if h, ok := m.(*wire.Heartbeat); ok {
			p.say(&wire.Ack{Seq: h.Seq})
			continue
		}
		var zero M
		p.t.Fatalf("the client said %T %+v, not %T", m, m, zero)
	}
}

// any waits for the client's next message; nil when the connection is over.
func (p *peer) any() wire.Message {
	p.t.Helper()
	select {
	case m := <-p.said:
		return m
	case <-time.After(patience):
		p.t.Fatalf("the client said nothing")
		return nil
	}
}

// over waits for the client to end the connection.
func (p *peer) over() {
	p.t.Helper()
	for m := p.any(); m != nil; m = p.any() {
		if _, ok := m.(*wire.Heartbeat); !ok {
			p.t.Fatalf("the client said %T %+v instead of leaving", m, m)
		}
	}
}

// say sends messages in one frame.
func (p *peer) say(messages ...wire.Message) {
	p.t.Helper()
	if err := p.trySay(messages...); err != nil {
		p.t.Fatalf("%v", err)
	}
}

func (p *peer) trySay(messages ...wire.Message) error {
	var frame []byte
	for _, m := range messages {
		var err error
		if frame, err = p.format.Append(frame, m); err != nil {
			return err
		}
	}
	return p.write(frame)
}

func (p *peer) write(frame []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return p.socket.Write(ctx, p.frameType(), frame)
}

// drop ends the connection without a word, as a killed process does.
func (p *peer) drop() { p.socket.CloseNow() }

// close ends the connection with a code.
func (p *peer) close(code int) { p.socket.Close(websocket.StatusCode(code), "") }

// ackAll acknowledges everything until the connection is over, and returns what
// was registered in the end.
func (p *peer) ackAll(version string) map[model.Key]*wire.Register {
	registered := make(map[model.Key]*wire.Register)
	for m := range p.said {
		ack := &wire.Ack{Version: version}
		switch m := m.(type) {
		case *wire.Register:
			ack.Seq = m.Seq
			registered[m.Instance.Key()] = m
		case *wire.Update:
			ack.Seq = m.Seq
		case *wire.Unregister:
			ack.Seq = m.Seq
			delete(registered, m.Key())
		case *wire.Heartbeat:
			ack.Seq, ack.Version = m.Seq, ""
		}
		if p.trySay(ack) != nil {
			break
		}
	}
	return registered
}

// put is the message that an instance is there.
func put(inst *model.Instance) *wire.Put {
	return &wire.Put{Hash: wire.FormatHash(inst.Hash()), Instance: inst}
}

// synced is the message that these are all there are.
func synced(seq uint64, instances ...*model.Instance) *wire.Synced {
	return &wire.Synced{Seq: seq, Check: check(instances...)}
}

func check(instances ...*model.Instance) wire.Check {
	var sum uint64
	for _, inst := range instances {
		sum += inst.Hash()
	}
	return wire.Check{Count: len(instances), Digest: wire.FormatHash(sum)}
}

// snapshot says all instances as the answer to a Subscribe.
func (p *peer) snapshot(seq uint64, instances ...*model.Instance) {
	p.t.Helper()
	messages := []wire.Message{&wire.Snapshot{Seq: seq}}
	for _, inst := range instances {
		messages = append(messages, put(inst))
	}
	p.say(append(messages, synced(seq, instances...))...)
}

func up(app, id string) *model.Instance {
	return &model.Instance{App: app, ID: id, Status: model.StatusUp}
}

func with(inst *model.Instance, status model.Status) *model.Instance {
	out := inst.Clone()
	out.Status = status
	return out
}

// quick is a configuration whose pauses are short.
func quick(nodes ...*node) client.Config {
	cfg := client.Config{BackoffBase: time.Millisecond, BackoffMax: 10 * time.Millisecond, ReconnectSpread: time.Millisecond, DialTimeout: patience}
	for _, n := range nodes {
		cfg.WriteNodes = append(cfg.WriteNodes, n.addr)
		cfg.ReadNodes = append(cfg.ReadNodes, n.addr)
	}
	return cfg
}

// isError reports whether an error is a node's, with that code.
func isError(err error, code wire.Code) bool {
	var e *wire.Error
	return errors.As(err, &e) && e.Code == code
}
