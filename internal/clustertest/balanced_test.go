package clustertest

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"heureka/client"
	"heureka/client/line"
	"heureka/cluster"
	"heureka/internal/dev"
	"heureka/internal/raw"
	"heureka/wire"
)

// balanced is a scene whose followers know nothing but a balancer.
type balanced struct {
	*scene
	balancer *balancer
	lost     lockedBuffer // what followers log: connections won and lost
}

// crowded is how many followers there are.
const crowded = 18

// TestBalancedByNginx and TestBalancedByHAProxy run the configurations that we
// document: a read node joins and attracts its share; one is stopped, and
// everybody moves without a failure; one is killed, and they come back. What they
// are told is judged throughout.
func TestBalancedByNginx(t *testing.T) { behind(t, nginx()) }

func TestBalancedByHAProxy(t *testing.T) { behind(t, haproxy()) }

func behind(t *testing.T, p proxy) {
	b := settle(t, p)
	first, second, third := b.reads[0], b.reads[1], b.reads[2]

	b.again(third)
	b.levels()

	b.flows()
	if err := b.balancer.passesBatchesOn(t.Context()); err != nil {
		t.Error(err)
	}
	newcomers := b.newcomers()
	before := b.losses()
	first.stop()
	newcomers()
	b.flows()
	for _, loss := range b.losses()[len(before):] {
		if !strings.Contains(loss, line.ErrGoAway.Error()) {
			t.Errorf("when a node was stopped, a follower lost its connection otherwise: %s", loss)
		}
	}
	b.hosts(second, third)

	second.kill()
	b.hosts(third)
	b.flows()
	newcomers = b.newcomers() // nodes that start aren't ready, and refuse
	b.again(first)
	b.again(second)
	newcomers()
	b.ends()
}

// settle has all followers at the first two of three read nodes, behind the
// balancer, under load.
func settle(t *testing.T, p proxy) *balanced {
	t.Helper()
	p.found(t)
	built.of(t, cluster.Read)
	plan, release, err := dev.FreePlan(1, 4)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	reads := plan.Reads()
	at := reads[3].HTTP // the balancer has the fourth one's place
	f := launchEach(t, append(plan.Writes(), reads[:3]...), func(dev.Node) place { return loopback{} }, hasty)
	f.reads[2].stop()
	b := &balanced{scene: &scene{fleet: f, audience: newAudience(), watchers: make(map[*process]*watcher)}}
	b.traffic = newTraffic(t, b.audience)
	b.balancer = f.balance(p, at)
	for n := range crowded {
		b.follows(fmt.Sprint("a follower ", n))
	}
	b.hosts(f.reads[0], f.reads[1])
	for n := range 2 {
		b.traffic.add(fmt.Sprintf("client-%d", n), b.client(loopback{}, b.writes...))
	}
	b.flows()
	return b
}

// hasty are the arguments of read nodes that level within seconds, and drain as
// slowly as the balancers' configurations want.
func hasty(n dev.Node) []string {
	if n.Role != cluster.Read {
		return patiently() // whom a newcomer's registration is passed on to
	}
	return []string{
		"--heartbeat", "10s", // nobody takes a busy machine for a dead node
		"--shed-share", "0.2", "--shed-least", "2", "--shed-age", "1s",
		"--drain-delay", "3s", "--drain-spread", "1s", "--drain-timeout", "30s",
	}
}

// follows adds a follower that knows the balancer only.
func (b *balanced) follows(name string) {
	b.t.Helper()
	cl, err := client.New(client.Config{
		ReadNodes:   []string{b.balancer.address},
		BackoffBase: 20 * time.Millisecond,
		BackoffMax:  500 * time.Millisecond,
		HTTPClient:  b.web(loopback{}),
		Log:         slog.New(slog.NewTextHandler(&b.lost, nil)),
	})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(cl.Close)
	fo := b.follow(name, cl)
	b.followers = append(b.followers, fo)
	b.audience.join(fo)
}

// losses returns what followers said when they lost a connection or got none.
func (b *balanced) losses() []string {
	var out []string
	for said := range strings.Lines(b.lost.String()) {
		if strings.Contains(said, "no connection") {
			out = append(out, said)
		}
	}
	return out
}

// hosts waits until these nodes have all followers together, and each has some.
func (b *balanced) hosts(nodes ...*process) {
	b.t.Helper()
	b.eventually("all followers to be served", func() error {
		sessions := 0
		for _, p := range nodes {
			s, err := b.status(p)
			if err != nil {
				return err
			}
			if sessions += s.Sessions; s.Sessions == 0 {
				return fmt.Errorf("%s has none", p.node.Name)
			}
		}
		if sessions != crowded {
			return fmt.Errorf("%d of %d are", sessions, crowded)
		}
		return nil
	})
}

// levels waits until no read node differs from the average by more than the
// tolerance, and judges how many have moved for that: the balancer sends who comes
// to the node that has the fewest.
func (b *balanced) levels() {
	b.t.Helper()
	average := crowded / len(b.reads)
	moved := 0
	b.eventually("the read nodes to be level", func() error {
		moved = 0
		var sessions []int
		level := true
		for _, p := range b.reads {
			s, err := b.status(p)
			if err != nil {
				return err
			}
			moved += s.Fleet.Shed
			sessions = append(sessions, s.Sessions)
			level = level && max(s.Sessions-average, average-s.Sessions) <= 2
		}
		if !level {
			return fmt.Errorf("they have %v", sessions)
		}
		return nil
	})
	if moved > average+2 {
		b.t.Errorf("%d were asked to move, one node lacked %d", moved, average)
	}
}

// subscribes connects through the balancer as a subscriber does.
func (b *balanced) subscribes(ctx context.Context) error {
	channel, _, err := raw.Dialer{HTTP: b.balancer.web}.Hello(ctx, b.balancer.address, wire.PathSubscriptions, wire.Hello{Client: "newcomer"})
	if err == nil {
		channel.Close()
	}
	return err
}

// newcomers has one after the other register as a Eureka 1 client and connect as a
// subscriber, through the balancer. The function that it returns ends that, and fails the
// test unless all were served.
func (b *balanced) newcomers() (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended, enough := make(chan struct{}), make(chan struct{})
	var served int
	var failed []error
	go func() {
		defer close(ended)
		next := time.NewTicker(10 * time.Millisecond)
		defer next.Stop()
		for ; ctx.Err() == nil; <-next.C {
			within, done := context.WithTimeout(context.Background(), patience)
			err := b.balancer.registersAsEureka(within)
			if err == nil {
				err = b.subscribes(within)
			}
			done()
			if err != nil {
				failed = append(failed, err)
			} else {
				served++
			}
			if served+len(failed) == 10 {
				close(enough)
			}
		}
	}()
	return func() {
		b.t.Helper()
		select { // on a busy machine fewer have come
		case <-enough:
		case <-time.After(patience):
		}
		cancel()
		<-ended
		if err := b.balancer.leavesAsEureka(b.t.Context()); err != nil {
			b.t.Error(err)
		}
		for _, err := range failed[:min(len(failed), 5)] {
			b.t.Errorf("a newcomer: %v", err)
		}
		if served < 10 || len(failed) > 0 {
			b.t.Errorf("%d newcomers were served, %d weren't", served, len(failed))
		}
	}
}
