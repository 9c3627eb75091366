package server

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"heureka/interest"
	"heureka/internal/promise"
	"heureka/model"
	"heureka/wire"

	"github.com/coder/websocket"
)

// wild is one of a crowd that does as it likes: it comes, changes its mind, stays
// silent, pings, goes without a word, and comes back with its token.
type wild struct {
	n      *node
	random *rand.Rand
	format wire.Format
	memory *promise.Memory
	of     []interest.Interest
	counts *wildCounts
}

// wildCounts is what became of the crowd's tokens.
type wildCounts struct{ resumed, synced atomic.Int64 }

// life is one connection, from its handshake to its end.
func (p *wild) life() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, "ws://"+p.n.Addresses().HTTP+wire.PathSubscriptions,
		&websocket.DialOptions{Subprotocols: []string{p.format.Subprotocol()}})
	if err != nil {
		return err
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(-1)
	s := &subscriber{t: p.n.t, conn: conn, ctx: ctx, format: p.format}
	s.judge = promise.NewSession(p.n.t.Name(), &s.report)
	kind := websocket.MessageText
	if p.format == wire.FormatProto {
		kind = websocket.MessageBinary
	}
	say := func(m wire.Message) bool {
		frame, err := p.format.Append(nil, m)
		if err != nil {
			p.n.t.Error(err)
		}
		return conn.Write(ctx, kind, frame) == nil
	}
	if p.random.IntN(20) == 0 || !say(&wire.Hello{Version: wire.ProtocolVersion}) {
		return nil
	}
	want := wildSet(p.random)
	asked := func(token string) *wire.Subscribe {
		s.seq++
		set, err := interest.NewSet(interest.DefaultLimits(), want)
		if err != nil {
			p.n.t.Error(err)
		}
		s.judge.Subscribed(s.seq, set.Match)
		return &wire.Subscribe{Seq: s.seq, Interests: want, Token: token, PaceMs: int64(p.random.IntN(3) * p.random.IntN(20))}
	}
	if p.memory != nil && p.random.IntN(4) > 0 {
		want = p.of
		m := asked(p.memory.Token)
		s.judge.Resumes(s.seq, p.memory)
		if !say(m) {
			return nil
		}
	} else if !say(asked("")) {
		return nil
	}
	answered := false
	for range 5 + p.random.IntN(60) {
		switch p.random.IntN(12) {
		case 0:
			want = wildSet(p.random)
			if !say(asked("")) {
				return s.report.Err()
			}
		case 1:
			for range p.random.IntN(20) {
				go func() { _ = conn.Ping(ctx) }()
			}
		}
		m, err := s.read()
		if err != nil {
			return s.report.Err()
		}
		switch m := m.(type) {
		case *wire.Resumed:
			p.counts.resumed.Add(1)
		case *wire.Error:
			if m.Code == wire.CodeInternal {
				return fmt.Errorf("internal: %s", m.Message)
			}
		case *wire.Synced:
			answered = m.Seq == s.seq
			p.counts.synced.Add(1)
			if answered && s.judge.Settled() && m.Token != "" {
				p.memory, p.of = s.judge.Remember(m.Token), want
			}
		case *wire.Heartbeat:
			if answered && s.judge.Settled() && m.Check != nil && m.Token != "" {
				p.memory, p.of = s.judge.Remember(m.Token), want
			}
		}
	}
	if p.random.IntN(3) == 0 {
		_ = conn.Close(websocket.StatusNormalClosure, "")
	}
	return s.report.Err()
}

func wildSet(random *rand.Rand) []interest.Interest {
	all := []interest.Interest{
		app("A"), app("B"), vip("x"), vip("y"), full(),
		{Kind: interest.ID, Value: "3"},
		{Kind: interest.App, Op: interest.Like, Value: "[AC]"},
		{Kind: interest.VIP, Op: interest.Like, Value: "x|z"},
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:1+random.IntN(3)]
}

// TestACrowdThatDoesAsItLikes has a wild crowd at a node with hardly any room, while
// the registry changes. What each is told is judged; and nothing is left of them.
func TestACrowdThatDoesAsItLikes(t *testing.T) {
	w, n := startReady(t, func(c *Config) {
		c.SendBuffer, c.MaxFrame, c.MaxReferences, c.Departures = 4096, 512, 150, 4
		c.MaxPortions, c.Writers, c.Heartbeat = 3, 3, 20*time.Millisecond
	}, instance("A", "1", ""))
	var crowd, input sync.WaitGroup
	var counts wildCounts
	for i := range 30 {
		p := &wild{n: n, random: rand.New(rand.NewPCG(7, uint64(i))), format: wire.Format(i % wire.Formats), counts: &counts}
		crowd.Go(func() {
			for range 6 {
				if err := p.life(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	stop := make(chan struct{})
	input.Go(func() { w.wildly(stop) })
	crowd.Wait()
	close(stop)
	input.Wait()
	if counts.resumed.Load() == 0 || counts.synced.Load() == 0 {
		t.Errorf("nobody resumed, or was told everything: %d, %d", counts.resumed.Load(), counts.synced.Load())
	}
	n.eventually(func() bool {
		empty := false
		n.loop.ask(nil, func(c *core) {
			st := c.hub.Stats()
			empty = len(c.sessions)+len(c.opening)+c.desk.Stats().Waiting+st.Sessions+st.Groups+st.References+st.Walking+st.Paced == 0
		})
		return empty && n.sessions.count() == 0
	}, "emptiness")
}

// wildly changes the registry until stop is closed.
func (w *writer) wildly(stop <-chan struct{}) {
	random := rand.New(rand.NewPCG(1, 2))
	there := make(map[model.Key]bool)
	for {
		select {
		case <-stop:
			return
		default:
		}
		in := instance([]string{"A", "B", "C"}[random.IntN(3)], fmt.Sprint(random.IntN(20)), []string{"", "x", "y", "x,y", "z"}[random.IntN(5)])
		if key := in.Key(); random.IntN(3) == 0 && there[key] {
			w.remove(key.App, key.ID)
			delete(there, key)
		} else {
			in.HomePageURL = strings.Repeat("x", random.IntN(300))
			w.put(in)
			there[key] = true
		}
	}
}
