package clustertest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"heureka/client"
	"heureka/internal/promise"
	"heureka/model"
)

// follower is a subscription of the SDK to everything, which goes from node to
// node by itself, judged event by event.
type follower struct {
	t            *testing.T
	fleet        *fleet
	name         string
	subscription *client.Subscription
	began        time.Time
	ended        chan struct{}

	mu     sync.Mutex // guards all below
	report promise.Report
	keeper *promise.Keeper
	held   map[model.Key]*model.Instance
}

// follow subscribes through the client and waits for the first complete view.
func (f *fleet) follow(name string, cl *client.Client) *follower {
	f.t.Helper()
	subscription, err := cl.Subscribe(context.Background(), full)
	if err != nil {
		f.t.Fatal(err)
	}
	fo := &follower{t: f.t, fleet: f, name: name, subscription: subscription, began: time.Now(), ended: make(chan struct{}), held: make(map[model.Key]*model.Instance)}
	fo.keeper = promise.NewKeeper(name, promise.KeptLimits{Appear: f.appear}, &fo.report)
	go fo.take()
	f.t.Cleanup(fo.verdict)
	ctx, cancel := context.WithTimeout(f.t.Context(), patience)
	defer cancel()
	if err := subscription.Synced(ctx); err != nil {
		f.t.Fatal(err)
	}
	return fo
}

// verdict ends the subscription and fails the test if a promise was broken.
func (f *follower) verdict() {
	f.subscription.Close()
	<-f.ended
	f.keeper.End(time.Since(f.began))
	if err := f.report.Err(); err != nil {
		f.t.Errorf("%v", err)
	}
}

func (f *follower) take() {
	defer close(f.ended)
	for {
		event, err := f.subscription.Next(context.Background())
		if err != nil {
			if !errors.Is(err, client.ErrClosed) {
				f.t.Errorf("%s: %v", f.name, err)
			}
			return
		}
		f.mu.Lock()
		f.event(event)
		f.mu.Unlock()
	}
}

// event takes one in; what the SDK tells twice or of nothing it held is a fault
// of its own.
func (f *follower) event(e client.Event) {
	if e.Type == client.Synced {
		return
	}
	key, now := e.Instance.Key(), time.Since(f.began)
	_, holds := f.held[key]
	if holds == (e.Type == client.Added) {
		f.t.Errorf("%s was told %s of %s and holds it: %t", f.name, e.Type, key, holds)
	}
	if e.Type == client.Removed {
		f.keeper.Gone(key, now)
		delete(f.held, key)
		return
	}
	f.keeper.Shown(key, now)
	f.held[key] = e.Instance
}

// lives and dies are those of a watcher.
func (f *follower) lives(key model.Key) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.keeper.Acknowledged(key, time.Since(f.began))
}

func (f *follower) dies(key model.Key) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.keeper.Ended(key)
}

// node returns the name of the node that it is connected to, if any.
func (f *follower) node() string { return f.subscription.Status().Node }

// converged waits until what the SDK told adds up to what is registered.
func (f *follower) converged(registered []*model.Instance) {
	f.t.Helper()
	all := make(map[model.Key]*model.Instance, len(registered))
	for _, in := range registered {
		all[in.Key()] = in
	}
	f.fleet.eventually("what "+f.name+" was told", func() error { return f.differs(all) })
}

// toldStale waits until the SDK says that its view may be old, or that it isn't.
func (f *follower) toldStale(stale bool) {
	f.t.Helper()
	f.fleet.eventually(f.name+" to know how old its view is", func() error {
		if s := f.subscription.Status(); s.Stale != stale {
			return fmt.Errorf("it says %+v", s)
		}
		return nil
	})
}

func (f *follower) differs(all map[model.Key]*model.Instance) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var report promise.Report
	promise.Converge(&report, all, promise.View{Name: f.name, Holds: f.held})
	if s := f.subscription.Status(); s.Pending > 0 {
		return fmt.Errorf("%s has %d events to take", f.name, s.Pending)
	}
	return report.Err()
}
