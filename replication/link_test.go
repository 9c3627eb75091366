package replication_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"heureka/cluster"
	"heureka/internal/dev"
	"heureka/model"
	"heureka/registry"
	"heureka/replication"

	natsserver "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"go.uber.org/goleak"

	"github.com/google/uuid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 20 * time.Second

// quiet drops the log: nodes that die make noise.
var quiet = slog.New(slog.DiscardHandler)

func config() replication.Config {
	c := replication.DefaultConfig()
	c.Listen, c.Routes = "127.0.0.1:0", "127.0.0.1:0"
	c.Ping = 200 * time.Millisecond
	return c
}

func open(t *testing.T, name string, c replication.Config) (*replication.Link, model.Incarnation) {
	t.Helper()
	self := model.Incarnation{Name: name, ID: uuid.New()}
	l, err := replication.Open(t.Context(), c, self, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l, self
}

// embedded opens a write node's link whose server joins the first one's.
func embedded(t *testing.T, name string, first *replication.Link) (*replication.Link, model.Incarnation) {
	c := config()
	if first != nil {
		c.Peers = []string{first.RoutesAddress()}
	}
	return open(t, name, c)
}

// client opens a link to the servers of others.
func client(t *testing.T, name string, urls ...string) (*replication.Link, model.Incarnation) {
	c := config()
	c.URLs = urls
	return open(t, name, c)
}

func url(l *replication.Link) string { return "nats://" + l.NATSAddress() }

// await sends beacons from one link until the other hears one: routes take a
// moment to form.
func await(t *testing.T, from *replication.Link, self model.Incarnation, to *replication.Link) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for tick := uint64(1); ; {
		select {
		case <-again.C:
			// An error says that the link isn't connected yet.
			_ = from.Send(cluster.Outgoing{Message: &cluster.Beacon{From: self, Role: cluster.Write, Tick: tick}})
			tick++
		case m := <-to.Incoming():
			if b, ok := m.(*cluster.Beacon); ok && b.From == self {
				return
			}
		case <-ctx.Done():
			t.Fatalf("no beacon of %s came through", self.Name)
		}
	}
}

// next returns the next message that is no beacon.
func next(t *testing.T, l *replication.Link) cluster.Message {
	t.Helper()
	late := time.After(patience)
	for {
		select {
		case m := <-l.Incoming():
			if _, ok := m.(*cluster.Beacon); !ok {
				return m
			}
		case <-late:
			t.Fatal("nothing came")
		}
	}
}

func send(t *testing.T, l *replication.Link, to model.Incarnation, m cluster.Message) {
	t.Helper()
	if err := l.Send(cluster.Outgoing{To: to, Message: m}); err != nil {
		t.Fatal(err)
	}
}

func delta(inc model.Incarnation, from, to uint64) *cluster.Delta {
	return &cluster.Delta{Delta: registry.Delta{Incarnation: inc, From: from, To: to}}
}

// TestLink is what a node may rely on, against embedded servers and against one
// that somebody else runs.
func TestLink(t *testing.T) {
	type end struct {
		link *replication.Link
		self model.Incarnation
	}
	carriers := map[string]func(t *testing.T) []end{
		"embedded servers, one reader": func(t *testing.T) []end {
			a, selfA := embedded(t, "write-1", nil)
			b, selfB := embedded(t, "write-2", a)
			r, selfR := client(t, "read-1", url(a), url(b))
			return []end{{a, selfA}, {b, selfB}, {r, selfR}}
		},
		"a server of the user's": func(t *testing.T) []end {
			external := startExternal(t, natsserver.RANDOM_PORT)
			a, selfA := client(t, "write-1", external.ClientURL())
			b, selfB := client(t, "write-2", external.ClientURL())
			r, selfR := client(t, "read-1", external.ClientURL())
			return []end{{a, selfA}, {b, selfB}, {r, selfR}}
		},
	}
	for name, start := range carriers {
		t.Run(name, func(t *testing.T) {
			ends := start(t)
			for _, from := range ends {
				for _, to := range ends {
					if from != to {
						await(t, from.link, from.self, to.link)
					}
				}
			}
			a, b, r := ends[0], ends[1], ends[2]

			for i := range uint64(100) {
				send(t, a.link, model.Incarnation{}, delta(a.self, i, i+1))
			}
			send(t, a.link, r.self, &cluster.PullMore{From: a.self, Answer: 1, Next: 7})
			for _, to := range []end{b, r} {
				for i := range uint64(100) {
					for {
						m := next(t, to.link)
						if d, ok := m.(*cluster.Delta); ok {
							if d.From != i {
								t.Fatalf("%s: delta %d came after %d", to.self.Name, d.From, i)
							}
							break
						}
						if to == b {
							t.Fatalf("%s got a message for another: %+v", to.self.Name, m)
						}
					}
				}
			}
			send(t, b.link, r.self, &cluster.PullMore{From: b.self, Answer: 2, Next: 8})
			for {
				if m, ok := next(t, r.link).(*cluster.PullMore); ok && m.From == b.self {
					break
				}
			}
			if s := a.link.Stats(); s.Sent < 101 || s.SentBytes == 0 || !s.Connected {
				t.Errorf("%+v", s)
			}
		})
	}
}

func startExternal(t *testing.T, port int) *natsserver.Server {
	t.Helper()
	s, err := natsserver.NewServer(&natsserver.Options{Host: "127.0.0.1", Port: port, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(patience) {
		t.Fatal("NATS doesn't start")
	}
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	return s
}

// free returns an address on which nothing listens, and nobody else's test will.
func free(t *testing.T) (address string, port int) {
	t.Helper()
	plan, release, err := dev.FreePlan(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	address = plan.Writes()[0].NATS
	if _, err := fmt.Sscanf(address, "127.0.0.1:%d", &port); err != nil {
		t.Fatal(err)
	}
	return address, port
}

func TestNATSMayComeLaterAndGoAndComeBack(t *testing.T) {
	free, number := free(t)
	address := "nats://" + free
	a, selfA := client(t, "write-1", address)
	if err := a.Send(cluster.Outgoing{Message: delta(selfA, 0, 1)}); !errors.Is(err, nats.ErrReconnectBufExceeded) && err == nil {
		t.Fatalf("sending without NATS: %v", err)
	}
	if s := a.Stats(); s.SendErrors != 1 || s.Connected {
		t.Fatalf("%+v", s)
	}
	second := startExternal(t, number)
	b, selfB := client(t, "write-2", address)
	await(t, a, selfA, b)

	second.Shutdown()
	second.WaitForShutdown()
	startExternal(t, number)
	await(t, b, selfB, a)
	reconnected(t, a)
}

// reconnected waits until a link has counted that it is connected again: NATS tells it
// beside the messages that come.
func reconnected(t *testing.T, l *replication.Link) {
	t.Helper()
	for late := time.After(patience); l.Stats().Reconnects == 0; {
		select {
		case <-late:
			t.Fatal("no reconnect was counted")
		case <-time.After(time.Millisecond):
		}
	}
}

func TestASilentServerIsLeft(t *testing.T) {
	lonely, busy := startExternal(t, natsserver.RANDOM_PORT), startExternal(t, natsserver.RANDOM_PORT)
	c := config()
	c.Silence = 150 * time.Millisecond
	c.URLs = []string{lonely.ClientURL(), busy.ClientURL()}
	r, _ := open(t, "read-1", c)
	for _, server := range []*natsserver.Server{lonely, busy, lonely} {
		w, self := client(t, "write-1", server.ClientURL())
		await(t, w, self, r) // wherever the reader is, it gets there
		w.Close()
	}
	reconnected(t, r) // it has left a server
}

func TestANodeThatDiesIsNoticedByNobodyButItsBeacons(t *testing.T) {
	a, selfA := embedded(t, "write-1", nil)
	b, selfB := embedded(t, "write-2", a)
	c, selfC := embedded(t, "write-3", a)
	await(t, b, selfB, c) // by gossip: neither was told of the other
	await(t, c, selfC, b)
	a.Close()
	await(t, b, selfB, c)
	await(t, c, selfC, b)
	_ = selfA
}

func TestForeignBytesAreIgnored(t *testing.T) {
	external := startExternal(t, natsserver.RANDOM_PORT)
	r, _ := client(t, "read-1", external.ClientURL())
	w, self := client(t, "write-1", external.ClientURL())
	await(t, w, self, r)
	nc, err := nats.Connect(external.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if err := errors.Join(nc.Publish("heureka.heureka.all.delta.x", []byte("nonsense")), nc.Flush()); err != nil {
		t.Fatal(err)
	}
	await(t, w, self, r)
	for late := time.After(patience); r.Stats().Undecodable != 1; {
		select {
		case <-late:
			t.Fatalf("%+v", r.Stats())
		case <-r.Incoming():
		default:
			await(t, w, self, r)
		}
	}
}

func TestOpenReports(t *testing.T) {
	taken := startExternal(t, natsserver.RANDOM_PORT)
	for name, breakIt := range map[string]func(*replication.Config){
		"a port in use":       func(c *replication.Config) { c.Listen = taken.Addr().String() },
		"a bad address":       func(c *replication.Config) { c.Routes = "nonsense" },
		"a bad peer":          func(c *replication.Config) { c.Peers = []string{"nonsense"} },
		"a bad cluster name":  func(c *replication.Config) { c.Cluster = "a.b" },
		"missing credentials": func(c *replication.Config) { c.URLs, c.Credentials = []string{taken.ClientURL()}, "/nowhere" },
	} {
		c := config()
		breakIt(&c)
		if l, err := replication.Open(t.Context(), c, model.Incarnation{Name: "x", ID: uuid.New()}, quiet); err == nil {
			l.Close()
			t.Errorf("%s: opened", name)
		}
	}
}
