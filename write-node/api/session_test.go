package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"heureka/model"
	"heureka/wire"
	"heureka/write-node/owner"

	"github.com/coder/websocket"
)

// pipes is a listener whose connections are in memory, so that time on them can
// be virtual.
type pipes struct {
	accepted chan net.Conn
	closed   chan struct{}
}

func newPipes() *pipes { return &pipes{make(chan net.Conn), make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accepted:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error { close(p.closed); return nil }

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.accepted <- theirs:
		return ours, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// inBubble runs a test of a node in virtual time.
func inBubble(t *testing.T, cfg Config, f func(*bench)) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		f(serve(t, cfg, owner.DefaultConfig(), p, p.dial))
	})
}

func TestAConversation(t *testing.T) {
	b := onSockets(t, config())
	c := b.open("p", 1)
	c.send(`{"type":"register","seq":1,"instance":{"app":"a","id":"i","vip":"v"}}` + "\n" +
		`{"type":"update","seq":2,"app":"a","id":"i","set":{"vip":null,"status":"UP"}}` + "\n" +
		`{"type":"heartbeat","seq":3}` + "\r\n" +
		`{"type":"update","seq":4,"app":"b","id":"i","set":{"status":"UP"}}` + "\n" +
		`{"type":"register","seq":5,"instance":{"app":"b","id":"i"}}`)
	first, second := c.wantAck(1), c.wantAck(2)
	if first.Version == "" || second.Version == "" || first.Version == second.Version {
		t.Errorf("versions %q and %q", first.Version, second.Version)
	}
	c.wantAck(3)
	c.wantError(4, wire.CodeNotRegistered)
	c.wantAck(5)
	if _, body := b.request("GET", "/api/v1/apps/A/instances/i", ""); !strings.Contains(body, `"UP"`) || strings.Contains(body, "vip") {
		t.Errorf("after the update: %s", body)
	}
	c.send(`{"type":"unregister","seq":6,"app":"A","id":"i"}`)
	c.wantAck(6)
	if status, body := b.request("GET", "/api/v1/apps/A/instances/i", ""); status != 404 {
		t.Errorf("after the unregister: %d %s", status, body)
	}
	if status, body := b.request("GET", "/api/v1/apps/B/instances/i", ""); status != 200 {
		t.Errorf("the other application's: %d %s", status, body)
	}
}

func TestAHeartbeatAsksToSayAgainWhatWasLost(t *testing.T) {
	b := onSockets(t, config())
	c := b.open("p", 1)
	c.send(`{"type":"register","seq":1,"instance":{"app":"A","id":"i"}}`)
	c.wantAck(1)
	if status, _ := b.request("DELETE", "/api/v1/apps/A/instances/i", ""); status != 204 {
		t.Fatalf("delete: %d", status)
	}
	c.send(`{"type":"heartbeat","seq":2}`)
	c.wantAck(2)
	if again, ok := c.receive().(*wire.Again); !ok || again.Key() != model.NewKey("A", "i") {
		t.Errorf("asked for %+v", again)
	}
}

func TestAWordIsEndedByItsVersion(t *testing.T) {
	b := onSockets(t, config())
	old := b.open("p", 1)
	old.send(`{"type":"register","seq":1,"instance":{"app":"A","id":"i"}}`)
	version := old.wantAck(1).Version
	next := b.open("p", 2)
	next.send(`{"type":"unregister","seq":1,"app":"A","id":"i"}`)
	next.wantError(1, wire.CodeNotRegistered)
	next.send(`{"type":"unregister","seq":2,"app":"A","id":"i","acked":"yesterday"}`)
	next.wantError(2, wire.CodeInvalidInstance)
	next.send(`{"type":"unregister","seq":3,"app":"A","id":"i","acked":"` + version + `"}`)
	next.wantAck(3)
	if status, body := b.request("GET", "/api/v1/apps/A/instances/i", ""); status != 404 {
		t.Errorf("after the unregister: %d %s", status, body)
	}
}

func TestALaterConnectionOfAProcessWins(t *testing.T) {
	b := onSockets(t, config())
	old, next := b.open("p", 1), b.open("p", 2)
	const register = `{"type":"register","seq":1,"instance":{"app":"A","id":"i"}}`
	old.send(register)
	old.wantAck(1)
	next.send(register)
	next.wantAck(1)
	old.send(`{"type":"unregister","seq":2,"app":"A","id":"i"}`)
	old.wantError(2, wire.CodeSuperseded)
	if status, _ := b.request("GET", "/api/v1/apps/A/instances/i", ""); status != 200 {
		t.Errorf("the instance: %d", status)
	}
}

func TestManyMessagesAreAnsweredInOrder(t *testing.T) {
	cfg := config()
	cfg.MaxFrame = 1000
	b := onSockets(t, cfg)
	c := b.open("p", 1)
	const n = 3000
	var all strings.Builder
	for i := range n {
		fmt.Fprintf(&all, `{"type":"heartbeat","seq":%d}`+"\n", i)
	}
	c.send(all.String())
	for i := range uint64(n) {
		c.wantAck(i)
	}
}

func TestNoHelloInTimeEndsAConnection(t *testing.T) {
	inBubble(t, config(), func(b *bench) {
		c := b.dial()
		start := time.Now()
		c.wantError(0, wire.CodeHelloExpected)
		c.wantClosed(wire.CodeHelloExpected)
		if took := time.Since(start); took != b.api.cfg.Hello {
			b.Errorf("after %v", took)
		}
	})
}

func TestSilenceEndsAConnection(t *testing.T) {
	inBubble(t, config(), func(b *bench) {
		c := b.open("p", 1)
		c.send(`{"type":"register","seq":1,"instance":{"app":"A","id":"i","lease":{"durationMs":60000}}}`)
		c.wantAck(1)
		<-time.After(29 * time.Second)
		c.send(`{"type":"heartbeat","seq":2}`)
		c.wantAck(2)
		start := time.Now()
		c.wantError(0, wire.CodeSilent)
		c.wantClosed(wire.CodeSilent)
		if took := time.Since(start); took != 30*time.Second {
			b.Errorf("after %v", took)
		}
		if status, body := b.request("GET", "/api/v1/apps/A/instances/i", ""); status != 200 {
			b.Errorf("its instance, whose lease runs on: %d %s", status, body)
		}
	})
}

func TestWhatIsRefusedIsASignOfLifeToo(t *testing.T) {
	inBubble(t, config(), func(b *bench) {
		c := b.open("p", 1)
		c.send(`{"type":"register","seq":1,"instance":{"app":"A","id":"i"}}`)
		c.wantAck(1)
		for range 6 {
			<-time.After(10 * time.Second)
			c.send(`{"type":"reboot","seq":2}`)
			c.wantError(2, wire.CodeUnknownType)
		}
		if status, body := b.request("GET", "/api/v1/apps/A/instances/i", ""); status != 200 {
			b.Errorf("the instance: %d %s", status, body)
		}
	})
}

func TestAPeerThatStallsForAMinuteIsNotSilent(t *testing.T) {
	cfg := config()
	cfg.Batch, cfg.Batches = 4, 2
	inBubble(t, cfg, func(b *bench) {
		c := b.open("p", 1)
		const n = 100
		go func() {
			for i := range n {
				if err := c.conn.Write(b.Context(), websocket.MessageText, fmt.Appendf(nil, `{"type":"heartbeat","seq":%d}`, i)); err != nil {
					b.Error(err)
				}
			}
		}()
		<-time.After(time.Minute)
		for i := range uint64(n) {
			c.wantAck(i)
		}
		c.send(`{"type":"heartbeat","seq":1000}`)
		c.wantAck(1000)
	})
}

// One that takes no answers isn't read any more, and is given up in the end; the
// node's memory for it stays bounded, and nobody waits for it.
func TestAPeerThatTakesNothing(t *testing.T) {
	cfg := config()
	cfg.Batch, cfg.Batches = 4, 2
	inBubble(t, cfg, func(b *bench) {
		c := b.open("p", 1)
		other := b.open("q", 1)
		sent := make(chan int)
		go func() {
			n := 0
			for ; n < 10_000; n++ {
				if err := c.conn.Write(b.Context(), websocket.MessageText, []byte(`{"type":"heartbeat","seq":1}`)); err != nil {
					break
				}
			}
			sent <- n
		}()
		start := time.Now()
		synctest.Wait()
		other.send(`{"type":"heartbeat","seq":1}`)
		other.wantAck(1)
		if took := time.Since(start); took != 0 {
			b.Errorf("another connection waited %v", took)
		}
		_ = other.conn.CloseNow()
		if n := <-sent; n > 20 {
			b.Errorf("%d messages were taken from a peer that takes no answer", n)
		}
		if took := time.Since(start); took != cfg.WriteTimeout {
			b.Errorf("given up after %v", took)
		}
		synctest.Wait()
		if got := b.errors(wire.CodeTooSlow); got != 1 {
			b.Errorf("%v counted as too slow", got)
		}
		if n := b.api.Connections(); n != 0 {
			b.Errorf("%d connections are left", n)
		}
		b.wantGauge("heureka_write_unwritten_batches", 0)
	})
}

func TestDrainAsksAllToGoAndWaitsForThem(t *testing.T) {
	inBubble(t, config(), func(b *bench) {
		c := b.open("p", 1)
		c.send(`{"type":"register","seq":1,"instance":{"app":"A","id":"i"}}`)
		c.wantAck(1)
		drained := make(chan struct{})
		go func() {
			b.api.Drain(b.Context(), 5*time.Second)
			close(drained)
		}()
		away, ok := c.receive().(*wire.GoAway)
		if !ok || away.AfterMs < 0 || away.AfterMs >= 5000 {
			b.Fatalf("told %+v", away)
		}
		b.wantRefused("a newcomer", nil, wire.CodeDraining)
		c.send(`{"type":"heartbeat","seq":2}`)
		c.wantAck(2)
		select {
		case <-drained:
			b.Error("it didn't wait")
		default:
		}
		_ = c.conn.Close(websocket.StatusNormalClosure, "")
		<-drained
	})
}

func TestDrainClosesThoseThatStay(t *testing.T) {
	inBubble(t, config(), func(b *bench) {
		c, mute := b.open("p", 1), b.open("q", 1)
		ctx, cancel := context.WithTimeout(b.Context(), 3*time.Second)
		defer cancel()
		drained := make(chan time.Duration)
		go func() {
			start := time.Now()
			b.api.Drain(ctx, time.Second)
			drained <- time.Since(start)
		}()
		if _, ok := c.receive().(*wire.GoAway); !ok {
			b.Error("no go-away")
		}
		c.wantError(0, wire.CodeDraining)
		c.wantClosed(wire.CodeDraining)
		if took := <-drained; took != 3*time.Second+b.api.cfg.Goodbye {
			b.Errorf("took %v with a peer that takes nothing", took)
		}
		_ = mute.conn.CloseNow()
	})
}

// A client that goes on speaking is heard out, but not obeyed: what it says is no
// hindrance to its close frame, and its connection ends without a reset.
func TestDrainClosesThoseThatGoOnSpeaking(t *testing.T) {
	cfg := config()
	cfg.Batches = 2
	inBubble(t, cfg, func(b *bench) {
		c := b.open("p", 1)
		over, stop := context.WithCancel(b.Context())
		stop()
		drained := make(chan struct{})
		go func() {
			b.api.Drain(over, time.Second)
			close(drained)
		}()
		synctest.Wait() // its last words wait for someone to read them
		go func() {
			for range 100 { // more than there is room for the answers of
				if c.conn.Write(b.Context(), websocket.MessageText, []byte(`{"type":"heartbeat","seq":1}`)) != nil {
					break
				}
			}
		}()
		start := time.Now()
		for {
			synctest.Wait() // until it can't say any more
			if _, _, err := c.conn.Read(b.Context()); err != nil {
				if got := websocket.CloseStatus(err); int(got) != wire.CodeDraining.CloseCode() {
					b.Errorf("closed by %v", err)
				}
				break
			}
		}
		<-drained
		if took := time.Since(start); took != 0 {
			b.Errorf("its connection ended after %v", took)
		}
	})
}

func TestAbortSaysNothing(t *testing.T) {
	inBubble(t, config(), func(b *bench) {
		c := b.open("p", 1)
		b.api.Abort()
		_, frame, err := c.conn.Read(b.Context())
		if err == nil || websocket.CloseStatus(err) != -1 || !errors.Is(err, io.EOF) {
			b.Errorf("got %q, %v", frame, err)
		}
	})
}

func TestConfigSaysWhatIsWrong(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	for want, spoil := range map[string]func(*Config){
		"heartbeat":       func(c *Config) { c.Heartbeat = 0 },
		"hello timeout":   func(c *Config) { c.Hello = -1 },
		"max connections": func(c *Config) { c.Connections = 0 },
		"max message":     func(c *Config) { c.MaxMessage = 0 },
		"batches":         func(c *Config) { c.Batches = 0 },
	} {
		cfg := DefaultConfig()
		spoil(&cfg)
		if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// wantGauge checks the value of a gauge without labels.
func (b *bench) wantGauge(name string, want float64) {
	b.Helper()
	families, err := b.metrics.Gather()
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			if got := f.GetMetric()[0].GetGauge().GetValue(); math.Abs(got-want) > 0 {
				b.Errorf("%s is %v, want %v", name, got, want)
			}
			return
		}
	}
	b.Errorf("no %s", name)
}
