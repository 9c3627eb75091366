package clustertest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"heureka/client"
	"heureka/internal/promise"
	"heureka/internal/raw"
	"heureka/model"
	"heureka/wire"
)

// TestNothingShowsWhenAWriteNodeIsKilled also follows what the dead node leaves
// behind: an instance whose client has gone with it stays until the lease that
// its new owner gives it has ended. By then everybody knows that the node is
// dead, and still nothing shows of the instances whose clients have moved.
func TestNothingShowsWhenAWriteNodeIsKilled(t *testing.T) {
	c := start(t, 3, 3)
	watchers := c.watchAll(func(node string) *watcher { return watch(t, node, full) })
	var registrations []*client.Registration
	for i := range 6 {
		cl := c.client(c.writes, nil)
		registrations = append(registrations, registered(t, cl, instance("orders", fmt.Sprintf("o-%d", i), "blue"), watchers...))
	}
	victim := c.named(registrations[0].Status().Node)
	const orphanLease = 2 * time.Second
	orphan := instance("orders", "orphan", "blue")
	orphan.Lease.DurationMs = orphanLease.Milliseconds()
	doomed := c.client([]*node{victim}, nil)
	registered(t, doomed, orphan, watchers...)

	for _, w := range watchers {
		w.dies(orphan.Key())
	}
	killed := time.Now()
	doomed.Close()
	c.kill(victim)
	// A change is acknowledged only by a node that is alive: everybody has moved.
	var all []*model.Instance
	for _, r := range registrations {
		all = append(all, updated(t, r, func(in *model.Instance) { in.Metadata = map[string]string{"moved": "yes"} }, watchers...))
	}
	if now := registrations[0].Status().Node; now == victim.Node.Name || now == "" {
		t.Errorf("the client is at %q, %s was killed", now, victim.Node.Name)
	}
	for _, w := range watchers {
		w.misses(orphan.Key())
		if after := time.Since(killed); after < orphanLease {
			t.Errorf("what the dead node held was removed after %v, its lease is %v", after, orphanLease)
		}
		w.converged(all...)
		for _, r := range registrations {
			if puts, removes := w.history(r.Key()); puts != 2 || removes != 0 {
				t.Errorf("%s was told %d puts and %d removes of %s", w.name, puts, removes, r.Key())
			}
		}
	}
	for _, r := range registrations {
		unregistered(t, r, watchers...)
	}
}

func TestNothingShowsWhenNodesAreStopped(t *testing.T) {
	c := start(t, 3, 3)
	watchers := c.watchAll(func(node string) *watcher { return watch(t, node, full) })
	subscription, err := c.client(nil, c.reads[1:]).Subscribe(t.Context(), full)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	events := follow{t: t, ctx: ctx, subscription: subscription, counts: make(map[string]int)}
	cl := c.client(c.writes, nil)
	registration := registered(t, cl, instance("orders", "o-1", "blue"), watchers...)
	events.until("added", 1)

	stays := watchers[0]
	first := c.named(registration.Status().Node)
	c.stop(first)
	updated(t, registration, func(in *model.Instance) { in.Status = model.StatusDown }, stays)
	events.until("modified", 1)
	c.stop(c.named(subscription.Status().Node))
	updated(t, registration, func(in *model.Instance) { in.Status = model.StatusUp }, stays)
	events.until("modified", 2)
	if n := events.counts["removed"]; n != 0 || events.counts["added"] != 1 {
		t.Errorf("told %v", events.counts)
	}
	if puts, removes := stays.history(registration.Key()); puts != 3 || removes != 0 {
		t.Errorf("%s was told %d puts and %d removes", stays.name, puts, removes)
	}
}

func TestTheLastWriteNodeServes(t *testing.T) {
	c := start(t, 3, 2)
	watchers := c.watchAll(func(node string) *watcher { return watch(t, node, full) })
	first := registered(t, c.client(c.writes, nil), instance("orders", "o-1", "blue"), watchers...)
	c.kill(c.writes[0])
	c.kill(c.writes[1])

	var report promise.Report
	available := promise.NewAvailability("write-3", patience/2, &report)
	cl := c.client(c.writes[2:], nil)
	began := time.Now()
	second := registered(t, cl, instance("orders", "o-2", "blue"), watchers...)
	available.Answered("register", time.Since(began), nil)
	began = time.Now()
	in := updated(t, first, func(in *model.Instance) { in.Status = model.StatusDown }, watchers...)
	available.Answered("update", time.Since(began), nil)
	if err := report.Err(); err != nil {
		t.Error(err)
	}
	for _, w := range watchers {
		w.converged(in, second.Instance())
	}
}

func TestASubscriptionOutlivesItsReadNode(t *testing.T) {
	c := start(t, 3, 3)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	subscription, err := c.client(nil, c.reads).Subscribe(ctx, app("orders"))
	if err != nil {
		t.Fatal(err)
	}
	events := follow{t: t, ctx: ctx, subscription: subscription, counts: make(map[string]int)}
	cl := c.client(c.writes, nil)
	var registrations []*client.Registration
	for i := range 4 {
		registrations = append(registrations, registered(t, cl, instance("orders", fmt.Sprintf("o-%d", i), "blue")))
	}
	events.until("added", 4)

	victim := subscription.Status().Node
	c.kill(c.named(victim))
	// While it has no node: one is added, one changes, one goes, one stays.
	registered(t, cl, instance("orders", "o-new", "blue"))
	updated(t, registrations[0], func(in *model.Instance) { in.Status = model.StatusDown })
	unregistered(t, registrations[1])
	events.until("added", 5)
	events.until("modified", 1)
	events.until("removed", 1)
	if now := subscription.Status().Node; now == victim {
		t.Errorf("the subscription is at %q, which was killed", now)
	}
	if n := events.counts["added"] + events.counts["modified"] + events.counts["removed"]; n != 7 {
		t.Errorf("told %v", events.counts)
	}
}

// follow counts the events of a subscription by type.
type follow struct {
	t            *testing.T
	ctx          context.Context
	subscription *client.Subscription
	counts       map[string]int
}

func (f *follow) until(kind string, n int) {
	f.t.Helper()
	for f.counts[kind] < n {
		e, err := f.subscription.Next(f.ctx)
		if err != nil {
			f.t.Fatalf("waiting for %d times %s: %v", n, kind, err)
		}
		f.counts[string(e.Type)]++
	}
}

func TestASuddenDeathEndsWithTheLease(t *testing.T) {
	c := start(t, 3, 3)
	watchers := c.watchAll(func(node string) *watcher { return watch(t, node, full) })
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	channel, _, err := raw.Hello(ctx, c.writes[0].Node.HTTP, wire.PathRegistrations, wire.Hello{Process: "p", Connection: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer channel.Close()
	const lease = 1500 * time.Millisecond
	in := instance("orders", "o-1", "blue")
	in.Lease = model.Lease{DurationMs: lease.Milliseconds()}
	began := time.Now()
	if err := channel.Send(ctx, &wire.Register{Seq: 1, Instance: in}); err != nil {
		t.Fatal(err)
	}
	for _, w := range watchers {
		w.hasSeen(in)
	}
	channel.Close()
	for _, w := range watchers {
		w.misses(in.Key())
		if after := time.Since(began); after < lease {
			t.Errorf("removed %v after it registered; its lease is %v", after, lease)
		}
		w.converged()
	}
}

func TestALateReadNodeGetsEverything(t *testing.T) {
	c := start(t, 3, 1)
	early := watch(t, c.reads[0].Node.HTTP, full)
	var all []*model.Instance
	for i := range 30 {
		cl := c.client(c.writes[i%3:i%3+1], nil)
		r := registered(t, cl, instance("orders", fmt.Sprintf("o-%d", i), "blue"), early)
		if i%5 == 0 {
			unregistered(t, r, early)
		} else {
			all = append(all, r.Instance())
		}
	}
	late := c.join()
	c.ready(late)
	w := watch(t, late.Node.HTTP, full)
	w.holds(all) // of a word whose author's beacon was late, a node that is ready may still hear
	w.converged(all...)
	early.converged(all...)

	for _, w := range []*watcher{early, w} { // it goes on with changes
		registered(t, c.client(c.writes, nil), instance("carts", "c-"+w.name, "blue"), early, w)
	}
}
