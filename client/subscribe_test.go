package client_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"heureka/client"
	"heureka/interest"
	"heureka/model"
	"heureka/wire"
)

var (
	full = interest.Interest{Kind: interest.Full}
	appA = interest.Interest{Kind: interest.App, Op: interest.Equals, Value: "A"}
)

// subscribed subscribes at a node that answers with the instances, and takes the
// events that they cause.
func subscribed(t *testing.T, c *client.Client, n *node, instances ...*model.Instance) (*client.Subscription, *peer) {
	t.Helper()
	s, err := c.Subscribe(t.Context(), appA)
	if err != nil {
		t.Fatal(err)
	}
	p, _ := n.welcomed()
	p.snapshot(next[*wire.Subscribe](p).Seq, instances...)
	for range instances {
		wantEvent(t, s, client.Added, "")
	}
	wantEvent(t, s, client.Synced, "")
	return s, p
}

// wantEvent takes the next event, which must be of that type and, unless empty,
// about the instance with that id.
func wantEvent(t *testing.T, s *client.Subscription, kind client.EventType, id string) client.Event {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	event, err := s.Next(ctx)
	if err != nil {
		t.Fatalf("no %s %s: %v", kind, id, err)
	}
	if event.Type != kind || id != "" && event.Instance.ID != id {
		t.Fatalf("event %s %+v, want %s %s", event.Type, event.Instance, kind, id)
	}
	return event
}

func TestSubscriptionShowsWhatIsThere(t *testing.T) {
	n := startNode(t)
	c := open(t, quick(n), n)
	s, err := c.Subscribe(t.Context(), appA)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Status(); got.Synced || !got.Stale {
		t.Errorf("status %+v", got)
	}
	p, _ := n.welcomed()
	if p.path != wire.PathSubscriptions {
		t.Errorf("connected to %s", p.path)
	}
	subscribe := next[*wire.Subscribe](p)
	if len(subscribe.Interests) != 1 || subscribe.Interests[0] != appA {
		t.Errorf("subscribe %+v", subscribe)
	}
	one, two := up("A", "1"), up("A", "2")
	p.snapshot(subscribe.Seq, two, one)
	if err := s.Synced(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := s.Snapshot(); len(got) != 2 || got[0].ID != "1" || got[1].ID != "2" {
		t.Errorf("snapshot %v", got)
	}
	wantEvent(t, s, client.Added, "2")
	wantEvent(t, s, client.Added, "1")
	wantEvent(t, s, client.Synced, "")

	p.say(put(with(one, model.StatusDown)), &wire.Remove{App: "A", ID: "2"})
	event := wantEvent(t, s, client.Modified, "1")
	if event.Before.Status != model.StatusUp || event.Instance.Status != model.StatusDown {
		t.Errorf("event %+v", event)
	}
	wantEvent(t, s, client.Removed, "2")
	if s.Get(one.Key()).Status != model.StatusDown || s.Get(two.Key()) != nil {
		t.Errorf("%v, %v", s.Get(one.Key()), s.Get(two.Key()))
	}
	want := client.SubscriptionStatus{Synced: true, Connected: true, Node: n.addr, Count: 1}
	if got := s.Status(); got != want {
		t.Errorf("status %+v, want %+v", got, want)
	}
}

func TestSubscriptionNeverEmpties(t *testing.T) {
	n := startNode(t)
	c := open(t, quick(n), n)
	one, two, three := up("A", "1"), up("A", "2"), up("A", "3")
	s, p := subscribed(t, c, n, one, two, three)
	p.drop()

	q, _ := n.welcomed()
	subscribe := next[*wire.Subscribe](q)
	if got := s.Status(); got.Count != 3 || got.Connected || !got.Stale || !got.Synced {
		t.Errorf("status %+v", got)
	}
	down := with(two, model.StatusDown)
	q.snapshot(subscribe.Seq, one, down)
	wantEvent(t, s, client.Modified, "2")
	wantEvent(t, s, client.Removed, "3")
	wantEvent(t, s, client.Synced, "") // and nothing of 1
}

func TestDifferenceIsRepaired(t *testing.T) {
	n := startNode(t)
	c := open(t, quick(n), n)
	one, two := up("A", "1"), up("A", "2")
	s, p := subscribed(t, c, n, one)

	wrong := check(one, two)
	p.say(&wire.Heartbeat{Check: &wrong})
	again := next[*wire.Subscribe](p)
	p.snapshot(again.Seq, one, two)
	wantEvent(t, s, client.Added, "2")
	wantEvent(t, s, client.Synced, "")
	if got := s.Status().Repairs; got != 1 {
		t.Errorf("%d repairs", got)
	}

	// One that stays costs the node the connection.
	none := check()
	p.say(&wire.Heartbeat{Check: &none})
	p.say(synced(next[*wire.Subscribe](p).Seq))
	q, _ := n.welcomed()
	q.snapshot(next[*wire.Subscribe](q).Seq, one, two)
	wantEvent(t, s, client.Synced, "")
	if got := s.Status(); got.Repairs != 3 || got.Count != 2 {
		t.Errorf("status %+v", got)
	}
}

func TestSlowConsumerHoldsUpNobody(t *testing.T) {
	const changes = 2000
	n := startNode(t)
	c := open(t, quick(n), n)
	one, two := up("A", "1"), up("A", "2")
	s, p := subscribed(t, c, n, one, two)
	var last *model.Instance
	for i := range changes {
		last = one.Clone()
		last.VIP = fmt.Sprint(i)
		flash := up("A", "flash") // comes and goes untold
		p.say(put(last), put(flash), &wire.Remove{App: "A", ID: "flash"})
	}
	p.say(&wire.Remove{App: "A", ID: "2"})
	set := asyncErr(func() error { return s.SetInterests(t.Context(), full) }) // a round trip
	p.say(synced(next[*wire.Subscribe](p).Seq, last))
	if err := set(t); err != nil {
		t.Fatal(err)
	}
	if got := s.Status().Pending; got != 3 {
		t.Errorf("%d events wait", got)
	}
	event := wantEvent(t, s, client.Modified, "1")
	if event.Before.VIP != "" || event.Instance.VIP != last.VIP {
		t.Errorf("from %q to %q", event.Before.VIP, event.Instance.VIP)
	}
	wantEvent(t, s, client.Removed, "2")
	wantEvent(t, s, client.Synced, "")
}

func TestInterestsChangeOnTheLivingConnection(t *testing.T) {
	n := startNode(t)
	c := open(t, quick(n), n)
	one, other := up("A", "1"), up("B", "1")
	s, p := subscribed(t, c, n, one)

	set := asyncErr(func() error { return s.SetInterests(t.Context(), full) })
	subscribe := next[*wire.Subscribe](p)
	p.say(put(other), synced(subscribe.Seq, one, other))
	if err := set(t); err != nil {
		t.Fatal(err)
	}
	wantEvent(t, s, client.Added, "1")
	wantEvent(t, s, client.Synced, "")

	bad := interest.Interest{Kind: interest.App, Op: interest.Like, Value: "("}
	set = asyncErr(func() error { return s.SetInterests(t.Context(), bad) })
	p.say(wire.NewError(wire.CodeBadPattern, "no").For(next[*wire.Subscribe](p).Seq))
	if err := set(t); !isError(err, wire.CodeBadPattern) {
		t.Errorf("error %v", err)
	}
	p.drop()
	q, _ := n.welcomed()
	if subscribe := next[*wire.Subscribe](q); subscribe.Interests[0] != full {
		t.Errorf("subscribed to %v", subscribe.Interests)
	}
	if err := s.SetInterests(t.Context()); !errors.Is(err, client.ErrNoInterests) {
		t.Errorf("no interests: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	set = asyncErr(func() error { return s.SetInterests(ctx, appA) })
	next[*wire.Subscribe](q)
	cancel()
	if err := set(t); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}

func TestRefusedInterestsEndTheSubscription(t *testing.T) {
	n := startNode(t)
	c := open(t, quick(n), n)
	s, err := c.Subscribe(t.Context(), appA)
	if err != nil {
		t.Fatal(err)
	}
	p, _ := n.welcomed()
	p.say(wire.NewError(wire.CodeInvalidInterest, "no").For(next[*wire.Subscribe](p).Seq))
	if err := s.Synced(t.Context()); !isError(err, wire.CodeInvalidInterest) {
		t.Errorf("Synced: %v", err)
	}
	if _, err := s.Next(t.Context()); !isError(err, wire.CodeInvalidInterest) {
		t.Errorf("Next: %v", err)
	}
	if !isError(s.Err(), wire.CodeInvalidInterest) {
		t.Errorf("Err: %v", s.Err())
	}
	p.over()
}

func TestSubscriptionEnds(t *testing.T) {
	for _, tt := range []struct {
		name string
		end  func(*client.Client, *client.Subscription, context.CancelFunc)
		want error
	}{
		{"with Close", func(_ *client.Client, s *client.Subscription, _ context.CancelFunc) { s.Close() }, client.ErrClosed},
		{"with the client", func(c *client.Client, _ *client.Subscription, _ context.CancelFunc) { c.Close() }, client.ErrClosed},
		{"with its context", func(_ *client.Client, _ *client.Subscription, cancel context.CancelFunc) { cancel() }, context.Canceled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := startNode(t)
			c := open(t, quick(n), n)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			s, err := c.Subscribe(ctx, appA)
			if err != nil {
				t.Fatal(err)
			}
			p, _ := n.welcomed()
			p.snapshot(next[*wire.Subscribe](p).Seq, up("A", "1"))
			if err := s.Synced(t.Context()); err != nil {
				t.Fatal(err)
			}
			tt.end(c, s, cancel)
			p.over()
			wantEvent(t, s, client.Added, "1") // what waited comes first
			wantEvent(t, s, client.Synced, "")
			if _, err := s.Next(t.Context()); !errors.Is(err, tt.want) {
				t.Errorf("Next: %v", err)
			}
			if len(s.Snapshot()) != 1 {
				t.Error("the view is gone")
			}
			if err := s.SetInterests(t.Context(), full); !errors.Is(err, tt.want) {
				t.Errorf("SetInterests: %v", err)
			}
		})
	}
}

func TestFrameAboveTheLimitCostsTheConnection(t *testing.T) {
	n := startNode(t)
	cfg := quick(n)
	cfg.ReadLimit = 4096
	c := open(t, cfg, n)
	s, p := subscribed(t, c, n, up("A", "1"))
	large := up("A", "2")
	large.Metadata = map[string]string{"k": string(make([]byte, 8192))}
	p.trySay(put(large)) // it may be cut off while it is written
	q, _ := n.welcomed()
	q.snapshot(next[*wire.Subscribe](q).Seq, up("A", "1"))
	wantEvent(t, s, client.Synced, "")
}

func TestSubscribeConditions(t *testing.T) {
	n := startNode(t)
	cfg := quick(n)
	cfg.WriteNodes = nil
	c := open(t, cfg, n)
	if _, err := c.Subscribe(t.Context()); !errors.Is(err, client.ErrNoInterests) {
		t.Errorf("no interests: %v", err)
	}
	if _, err := c.Register(t.Context(), up("A", "1")); !errors.Is(err, client.ErrNoNodes) {
		t.Errorf("no write nodes: %v", err)
	}
	c.Close()
	if _, err := c.Subscribe(t.Context(), full); !errors.Is(err, client.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}
