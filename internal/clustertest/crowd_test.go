package clustertest

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"heureka/internal/raw"
	"heureka/model"
	"heureka/wire"
)

// crowd is many clients at once, each with a connection of its own and instances
// on it, that say only what they are told to.
type crowd struct {
	t       *testing.T
	name    string
	each    int // instances of one client
	clients []*raw.Channel
	acks    atomic.Int64
	failed  atomic.Pointer[error]
}

// gather connects so many clients in turn to the nodes.
func gather(t *testing.T, web *http.Client, name string, clients, each int, nodes ...*process) *crowd {
	t.Helper()
	c := &crowd{t: t, name: name, each: each, clients: make([]*raw.Channel, clients)}
	var receiving sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() {
		cancel()
		receiving.Wait()
	})
	for i := range c.clients {
		node := nodes[i%len(nodes)].node.HTTP
		hello := wire.Hello{Process: fmt.Sprintf("%s-%d", name, i), Connection: 1}
		channel, _, err := raw.Dialer{HTTP: web}.Hello(ctx, node, wire.PathRegistrations, hello)
		if err != nil {
			t.Fatal(err)
		}
		c.clients[i] = channel
		receiving.Go(func() { c.receive(ctx, channel) })
	}
	return c
}

func (c *crowd) receive(ctx context.Context, channel *raw.Channel) {
	defer channel.Close()
	for {
		frame, err := channel.Receive(ctx)
		if err != nil {
			if ctx.Err() == nil {
				c.failed.Store(&err)
			}
			return
		}
		for _, m := range frame.Messages {
			switch m := m.(type) {
			case *wire.Ack:
				c.acks.Add(1)
			case *wire.Error:
				err := error(m)
				c.failed.Store(&err)
			}
		}
	}
}

// say has each client say something, in frames of some messages, and waits until
// all is acknowledged.
func (c *crowd) say(messages int, message func(client, number int) wire.Message) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 5*patience)
	defer cancel()
	before := c.acks.Load()
	const frame = 100
	for from := 0; from < messages; from += frame {
		for i, channel := range c.clients {
			var some []wire.Message
			for n := from; n < min(from+frame, messages); n++ {
				some = append(some, message(i, n))
			}
			if err := channel.Send(ctx, some...); err != nil {
				c.t.Fatal(err)
			}
		}
	}
	want := before + int64(messages*len(c.clients))
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	for c.acks.Load() < want {
		if err := c.failed.Load(); err != nil {
			c.t.Fatal(*err)
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			c.t.Fatalf("%d of %d acknowledged", c.acks.Load()-before, want-before)
		}
	}
}

// register has each client say all its instances, whose content depends on the
// word.
func (c *crowd) register(word string) {
	c.t.Helper()
	c.say(c.each, func(client, n int) wire.Message {
		return &wire.Register{Seq: uint64(n + 1), Instance: c.instance(client, n, word)}
	})
}

// instance is one of about the size that services have.
func (c *crowd) instance(client, n int, word string) *model.Instance {
	in := &model.Instance{
		App: fmt.Sprintf("app-%d", (client*c.each+n)%500), ID: fmt.Sprintf("%s-%d-%d", c.name, client, n),
		HostName: fmt.Sprintf("host-%d-%d.example.com", client, n), Address: "10.1.2.3", VIP: "vip.example.com",
		Ports: []model.Port{{Name: "http", Number: 8080}}, Status: model.StatusUp,
		HomePageURL: "http://host.example.com:8080/", HealthCheckURL: "http://host.example.com:8080/health",
		Metadata: map[string]string{"zone": "eu-1a", "version": "1.2.3", "word": word},
		Lease:    model.Lease{DurationMs: (10 * time.Minute).Milliseconds()},
	}
	return in.Canonical()
}

// beat has each client say a heartbeat.
func (c *crowd) beat() {
	c.t.Helper()
	c.say(1, func(int, int) wire.Message { return &wire.Heartbeat{Seq: 1} })
}
