package api

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"heureka/cluster"
	"heureka/internal/ops"
	"heureka/model"
	"heureka/wire"
	"heureka/write-node/owner"

	"github.com/coder/websocket"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// state is the loop of a node without peers.
type state struct {
	owner    *owner.Owner
	commands chan Command
	refusal  atomic.Pointer[wire.Error]
	start    time.Time
}

func newState(cfg owner.Config) *state {
	self := model.Incarnation{Name: "write-1", ID: uuid.New()}
	replica := cluster.New(cluster.DefaultConfig(), self, cluster.Write, "", rand.New(rand.NewPCG(1, 1)))
	return &state{owner: owner.New(cfg, replica), commands: make(chan Command), start: time.Now()}
}

func (s *state) Do(ctx context.Context, c Command) error {
	select {
	case s.commands <- c:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *state) Refusal() *wire.Error { return s.refusal.Load() }

func (s *state) now() model.Moment {
	now := time.Now()
	return model.Moment{Mono: now.Sub(s.start), Wall: now.UnixMicro()}
}

func (s *state) run() {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case c, more := <-s.commands:
			if !more {
				return
			}
			s.owner.Tick(s.now())
			c.Apply(s.owner, s.now())
			s.owner.Settle(s.now())
			c.Done()
		case <-ticker.C:
			s.owner.Tick(s.now())
		}
	}
}

// bench is an API that serves.
type bench struct {
	*testing.T
	api     *API
	state   *state
	metrics *prometheus.Registry
	client  *http.Client
	base    string // http://host:port
}

// serve has an API serve on a listener until the test ends. Dial connects to it.
func serve(t *testing.T, cfg Config, own owner.Config, ln net.Listener, dial func(context.Context, string, string) (net.Conn, error)) *bench {
	t.Helper()
	reg := prometheus.NewRegistry()
	s := newState(own)
	a := New(cfg, s, NewMetrics(reg), slog.New(slog.DiscardHandler))
	mux := http.NewServeMux()
	a.Handle(mux)
	ctx, stop := context.WithCancelCause(context.Background())
	var served, looped sync.WaitGroup
	served.Go(func() {
		if err := ops.ServeHTTP(ctx, ln, mux, ops.DefaultHTTPConfig(), slog.New(slog.DiscardHandler)); err != nil {
			t.Error(err)
		}
	})
	looped.Go(s.run)
	transport := &http.Transport{DialContext: dial}
	t.Cleanup(func() {
		a.Abort()
		stop(ops.ErrAbort)
		served.Wait()
		close(s.commands)
		looped.Wait()
		transport.CloseIdleConnections()
	})
	return &bench{T: t, api: a, state: s, metrics: reg, client: &http.Client{Transport: transport}, base: "http://" + ln.Addr().String()}
}

func config() Config {
	cfg := DefaultConfig()
	cfg.Node = "write-1"
	return cfg
}

// onSockets serves on a port of its own.
func onSockets(t *testing.T, cfg Config) *bench {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	own := owner.DefaultConfig()
	own.Registrations = 3
	return serve(t, cfg, own, ln, nil)
}

// channel is a client's side of a registration channel.
type channel struct {
	*bench
	conn   *websocket.Conn
	format wire.Format
	came   []wire.Message // of the frame that was read last
}

// dial opens a channel in the format of the first subprotocol, in JSON without any.
func (b *bench) dial(subprotocols ...string) *channel {
	b.Helper()
	conn, _, err := websocket.Dial(b.Context(), b.base+wire.PathRegistrations, &websocket.DialOptions{
		HTTPClient: b.client, Subprotocols: subprotocols})
	if err != nil {
		b.Fatal(err)
	}
	conn.SetReadLimit(1 << 20)
	b.Cleanup(func() { _ = conn.CloseNow() })
	c := &channel{bench: b, conn: conn}
	if len(subprotocols) > 0 {
		if conn.Subprotocol() != subprotocols[0] {
			b.Fatalf("speaks %q, asked for %v", conn.Subprotocol(), subprotocols)
		}
		c.format, _ = wire.Negotiate(subprotocols[:1])
	}
	return c
}

// open dials and says hello.
func (b *bench) open(process string, number uint64) *channel {
	b.Helper()
	c := b.dial()
	c.send(line(b, &wire.Hello{Version: 1, Process: process, Connection: number}))
	welcome, ok := c.receive().(*wire.Welcome)
	if !ok || welcome.Node != "write-1" || welcome.HeartbeatMs != 10_000 || welcome.MaxMessage != b.api.cfg.MaxMessage {
		b.Fatalf("welcome is %+v", welcome)
	}
	return c
}

func line(t testing.TB, m wire.Message) string {
	t.Helper()
	out, err := wire.AppendJSON(nil, m)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func (c *channel) send(frame string) {
	c.Helper()
	if err := c.conn.Write(c.Context(), websocket.MessageText, []byte(frame)); err != nil {
		c.Fatal(err)
	}
}

// say sends messages in one frame, in the channel's format.
func (c *channel) say(messages ...wire.Message) {
	c.Helper()
	var frame []byte
	for _, m := range messages {
		var err error
		if frame, err = c.format.Append(frame, m); err != nil {
			c.Fatal(err)
		}
	}
	c.sendFrame(frame)
}

func (c *channel) sendFrame(frame []byte) {
	c.Helper()
	if err := c.conn.Write(c.Context(), frameType(c.format), frame); err != nil {
		c.Fatal(err)
	}
}

// receive returns the next message.
func (c *channel) receive() wire.Message {
	c.Helper()
	for len(c.came) == 0 {
		kind, frame, err := c.conn.Read(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		if kind != frameType(c.format) {
			c.Fatalf("a frame that is %s", kind)
		}
		for m, refused := range c.format.Messages(frame) {
			if refused != nil {
				c.Fatalf("%q: %v", frame, refused)
			}
			c.came = append(c.came, m)
		}
	}
	m := c.came[0]
	c.came = c.came[1:]
	return m
}

func (c *channel) wantAck(seq uint64) *wire.Ack {
	c.Helper()
	m := c.receive()
	ack, ok := m.(*wire.Ack)
	if !ok || ack.Seq != seq {
		c.Fatalf("got %s, want the ack of %d", line(c, m), seq)
	}
	return ack
}

func (c *channel) wantError(seq uint64, code wire.Code) {
	c.Helper()
	m := c.receive()
	e, ok := m.(*wire.Error)
	if !ok || e.Seq != seq || e.Code != code || e.Name != code.Kind().Name || e.Retry != code.Kind().Retry {
		c.Fatalf("got %s, want error %d for %d", line(c, m), code, seq)
	}
}

// wantClosed waits for the end of the connection, which must have the code's
// close code.
func (c *channel) wantClosed(code wire.Code) {
	c.Helper()
	_, frame, err := c.conn.Read(c.Context())
	if err == nil {
		c.Fatalf("got %s, want the end", frame)
	}
	if got := websocket.CloseStatus(err); int(got) != code.CloseCode() {
		c.Fatalf("closed with %d (%v), want %d", got, err, code.CloseCode())
	}
}

// errors returns how many errors of a code were counted.
func (b *bench) errors(code wire.Code) float64 {
	b.Helper()
	families, err := b.metrics.Gather()
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != "heureka_write_errors_total" {
			continue
		}
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if l.GetName() == "name" && l.GetValue() == code.Kind().Name {
					return m.GetCounter().GetValue()
				}
			}
		}
	}
	b.Fatalf("no counter for %d", code)
	return 0
}
