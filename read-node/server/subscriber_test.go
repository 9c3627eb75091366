package server

import (
	"context"
	"errors"
	"testing"
	"time"

	"heureka/interest"
	"heureka/internal/promise"
	"heureka/model"
	"heureka/wire"

	"github.com/coder/websocket"
)

// subscriber is a websocket whose stream is judged.
type subscriber struct {
	t      *testing.T
	conn   *websocket.Conn
	ctx    context.Context // of its life; each wait has patience, however much there is to do
	format wire.Format
	rest   []wire.Message
	report promise.Report
	judge  *promise.Session
	bounds promise.Bounds
	seq    uint64
	heard  int // messages, but for heartbeats
}

func (n *node) dial() *subscriber { return n.dialIn(wire.FormatJSON) }

// dialIn connects a subscriber that speaks a format.
func (n *node) dialIn(format wire.Format) *subscriber {
	n.t.Helper()
	return n.dialAt("ws://"+n.Addresses().HTTP+wire.PathSubscriptions, format)
}

func (n *node) dialAt(url string, format wire.Format) *subscriber {
	n.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	n.t.Cleanup(cancel)
	soon, cancelSoon := context.WithTimeout(ctx, patience)
	defer cancelSoon()
	conn, _, err := websocket.Dial(soon, url,
		&websocket.DialOptions{Subprotocols: []string{format.Subprotocol()}})
	if err != nil {
		n.t.Fatal(err)
	}
	conn.SetReadLimit(-1)
	n.t.Cleanup(func() { _ = conn.CloseNow() })
	s := &subscriber{t: n.t, conn: conn, ctx: ctx, format: format}
	s.judge = promise.NewSession(n.t.Name(), &s.report)
	return s
}

// subscribe returns a subscriber that has been told everything.
func (n *node) subscribe(interests ...interest.Interest) *subscriber {
	n.t.Helper()
	s := n.dial()
	s.greet()
	s.change(interests...)
	return s
}

func (s *subscriber) greet() {
	s.t.Helper()
	s.send(&wire.Hello{Version: wire.ProtocolVersion})
	if _, ok := s.next().(*wire.Welcome); !ok {
		s.t.Fatal("no welcome")
	}
}

// change subscribes to other interests and waits for the answer.
func (s *subscriber) change(interests ...interest.Interest) {
	s.t.Helper()
	s.ask(interests...)
	for !s.judge.Settled() {
		s.next()
	}
}

// ask subscribes to other interests.
func (s *subscriber) ask(interests ...interest.Interest) {
	s.t.Helper()
	set, err := interest.NewSet(interest.DefaultLimits(), interests)
	if err != nil {
		s.t.Fatal(err)
	}
	s.seq++
	s.judge.Subscribed(s.seq, set.Match)
	s.send(&wire.Subscribe{Seq: s.seq, Interests: interests})
}

func (s *subscriber) send(m wire.Message) {
	s.t.Helper()
	frame, err := s.format.Append(nil, m)
	if err != nil {
		s.t.Fatal(err)
	}
	kind := websocket.MessageText
	if s.format == wire.FormatProto {
		kind = websocket.MessageBinary
	}
	s.say(kind, frame)
}

func (s *subscriber) say(kind websocket.MessageType, text []byte) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	if err := s.conn.Write(ctx, kind, text); err != nil {
		s.t.Fatal(err)
	}
}

// next returns the next message, judged.
func (s *subscriber) next() wire.Message {
	s.t.Helper()
	m, err := s.read()
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}

func (s *subscriber) read() (wire.Message, error) {
	for len(s.rest) == 0 {
		frame, err := s.frame()
		if err != nil {
			return nil, err
		}
		s.bounds.Received(&s.report, s.t.Name(), len(frame))
		for m, err := range s.format.Messages(frame) {
			if err != nil {
				return nil, err
			}
			s.rest = append(s.rest, m)
		}
	}
	m := s.rest[0]
	s.rest = s.rest[1:]
	if _, beat := m.(*wire.Heartbeat); !beat {
		s.heard++
	}
	s.judge.Receive(m)
	return m, s.report.Err()
}

func (s *subscriber) frame() ([]byte, error) {
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	_, frame, err := s.conn.Read(ctx)
	return frame, err
}

// until reads on until the condition holds of what is held. Heartbeats alone don't
// make it wait for ever.
func (s *subscriber) until(holds func(*promise.Session) bool) {
	s.t.Helper()
	for news := time.Now(); !holds(s.judge); {
		if _, beat := s.next().(*wire.Heartbeat); !beat {
			news = time.Now()
		} else if time.Since(news) > patience {
			s.t.Fatalf("nothing but heartbeats for %v", patience)
		}
	}
}

// has reads on until the instance is held with that vip.
func (s *subscriber) has(app, id, vip string) {
	s.t.Helper()
	s.until(func(*promise.Session) bool { return s.holds(app, id, vip) })
}

// holds reports whether the instance is held with that vip.
func (s *subscriber) holds(app, id, vip string) bool {
	h, ok := s.judge.Get(model.NewKey(app, id))
	return ok && h.Instance.VIP == vip
}

// lacks reads on until the instance isn't held.
func (s *subscriber) lacks(app, id string) {
	s.t.Helper()
	s.until(func(j *promise.Session) bool {
		_, ok := j.Get(model.NewKey(app, id))
		return !ok
	})
}

// closedWith reads on until the websocket is closed, and expects that code.
func (s *subscriber) closedWith(code wire.Code) {
	s.t.Helper()
	for {
		_, err := s.read()
		if err == nil {
			continue
		}
		var closed websocket.CloseError
		if !errors.As(err, &closed) || int(closed.Code) != code.CloseCode() {
			s.t.Fatalf("closed with %v, wanted %d", err, code.CloseCode())
		}
		return
	}
}

func app(name string) interest.Interest { return interest.Interest{Kind: interest.App, Value: name} }
func vip(name string) interest.Interest { return interest.Interest{Kind: interest.VIP, Value: name} }
func full() interest.Interest           { return interest.Interest{Kind: interest.Full} }
