package session

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"heureka/interest"
	"heureka/read-node/fanout"
	"heureka/wire"

	"github.com/coder/websocket"
)

const patience = time.Minute // of the tests themselves, on a busy machine

// stage is a node that has nothing but sessions, and a hub that notes what it is
// told.
type stage struct {
	t      *testing.T
	config Config
	server *httptest.Server
	web    *http.Client // that reaches it; nil: any does
	hub    *hub
	door   *Acceptor
	errors chan wire.Code
}

// hub passes what sessions say to the test.
type hub struct {
	opened     chan *Session
	subscribed chan string
	written    chan struct{}
	closed     chan *Session
}

func (h *hub) Open(s *Session) { h.opened <- s }
func (h *hub) Subscribe(_ *Session, _ *wire.Subscribe, set interest.Set) {
	h.subscribed <- set.String()
}
func (h *hub) Written(*Session) { h.written <- struct{}{} }
func (h *hub) Close(s *Session) { h.closed <- s }

func newStage(t *testing.T, adjust func(*Config)) *stage {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return newStageOn(t, ln, adjust)
}

func newStageOn(t *testing.T, ln net.Listener, adjust func(*Config)) *stage {
	t.Helper()
	st := &stage{
		t: t, config: DefaultConfig(), errors: make(chan wire.Code, 100),
		hub: &hub{make(chan *Session, 10), make(chan string, 10), make(chan struct{}, 1000), make(chan *Session, 10)},
	}
	st.config.Node = "stage"
	st.config.Pace = 0
	st.config.OnError = func(code wire.Code) { st.errors <- code }
	if adjust != nil {
		adjust(&st.config)
	}
	if err := st.config.Validate(); err != nil {
		t.Fatal(err)
	}
	st.door = NewAcceptor(st.config, st.hub, slog.New(slog.DiscardHandler))
	var last atomic.Uint64
	st.server = &httptest.Server{Listener: ln, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		st.door.Serve(w, r, fanout.SessionID(last.Add(1)))
	})}}
	st.server.Start()
	t.Cleanup(st.server.Close)
	return st
}

// lines returns a frame of them.
func lines(text string) []byte {
	return wire.SealFrame(wire.FormatJSON, append(make([]byte, wire.FrameHeadroom), text...))
}

// send hands a frame over and waits until it has left.
func (st *stage) send(s *Session, frame []byte) {
	if !s.Send(frame) {
		<-st.hub.written
	}
}

// peer is a subscriber that does exactly what the test says.
type peer struct {
	t    *testing.T
	conn *websocket.Conn
	ctx  context.Context
	rest [][]byte // lines of the last frame that weren't taken yet
}

func (st *stage) dial(options *websocket.DialOptions) *peer {
	st.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	st.t.Cleanup(cancel)
	if st.web != nil {
		options = &websocket.DialOptions{HTTPClient: st.web}
	}
	conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(st.server.URL, "http"), options)
	if err != nil {
		st.t.Fatal(err)
	}
	conn.SetReadLimit(-1)
	st.t.Cleanup(func() { _ = conn.CloseNow() })
	return &peer{t: st.t, conn: conn, ctx: ctx}
}

// greeted returns a peer whose hello was answered, and its session.
func (st *stage) greeted() (*peer, *Session) {
	st.t.Helper()
	p := st.dial(nil)
	p.say(`{"type":"hello","version":1}`)
	if w, ok := p.next().(*wire.Welcome); !ok || w.Node != "stage" || w.MaxMessage != st.config.MaxMessage {
		st.t.Fatalf("welcome = %+v", w)
	}
	return p, <-st.hub.opened
}

func (p *peer) say(text string) {
	p.t.Helper()
	if err := p.conn.Write(p.ctx, websocket.MessageText, []byte(text)); err != nil {
		p.t.Fatal(err)
	}
}

// next returns the next message.
func (p *peer) next() wire.Message {
	p.t.Helper()
	m, err := p.read()
	if err != nil {
		p.t.Fatal(err)
	}
	return m
}

func (p *peer) read() (wire.Message, error) {
	for len(p.rest) == 0 {
		_, frame, err := p.conn.Read(p.ctx)
		if err != nil {
			return nil, err
		}
		p.rest = bytes.Split(bytes.TrimSuffix(frame, []byte("\n")), []byte("\n"))
	}
	line := p.rest[0]
	p.rest = p.rest[1:]
	return wire.DecodeJSON(line)
}

// refused expects an error with that code, and the close that goes with it where
// the table says so.
func (p *peer) refused(code wire.Code) {
	p.t.Helper()
	said, ok := p.next().(*wire.Error)
	if !ok || said.Code != code || said.Retry != code.Kind().Retry {
		p.t.Fatalf("got %+v, wanted code %d", said, code)
	}
	if !code.Kind().Closes {
		return
	}
	_, err := p.read()
	var closed websocket.CloseError
	if !errors.As(err, &closed) || int(closed.Code) != code.CloseCode() || closed.Reason != code.Kind().Name {
		p.t.Fatalf("closed with %v, wanted code %d", err, code.CloseCode())
	}
}
