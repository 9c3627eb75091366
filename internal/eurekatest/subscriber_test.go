package eurekatest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"heureka/client"
	"heureka/interest"
	"heureka/internal/promise"
	"heureka/model"
)

// subscriber is a subscription of the SDK to everything, judged event by event.
type subscriber struct {
	t            *testing.T // of the fleet
	subscription *client.Subscription
	began        time.Time
	ended        chan struct{}

	mu      sync.Mutex // guards all below
	report  promise.Report
	keeper  *promise.Keeper
	held    map[model.Key]*model.Instance
	changed chan struct{}           // closed, and replaced, when something was told
	told    map[model.Key]time.Time // when something was told of it last
}

// subscribe subscribes and waits for the first complete view. At the end all must be
// gone that was registered.
func subscribe(t *testing.T, f *fleet) *subscriber {
	t.Helper()
	subscription, err := f.sdk.Subscribe(context.Background(), interest.Interest{Kind: interest.Full})
	if err != nil {
		t.Fatal(err)
	}
	s := &subscriber{
		t: t, subscription: subscription, began: time.Now(), ended: make(chan struct{}),
		held: make(map[model.Key]*model.Instance), told: make(map[model.Key]time.Time), changed: make(chan struct{}),
	}
	s.keeper = promise.NewKeeper("the subscriber", promise.KeptLimits{Appear: patience}, &s.report)
	go s.take()
	t.Cleanup(s.verdict)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := subscription.Synced(ctx); err != nil {
		t.Fatal(err)
	}
	return s
}

// verdict ends the subscription and fails the test if a promise was broken.
func (s *subscriber) verdict() {
	s.subscription.Close()
	<-s.ended
	s.keeper.End(time.Since(s.began))
	if err := s.report.Err(); err != nil {
		s.t.Error(err)
	}
	for key := range s.held {
		s.t.Errorf("the subscriber still holds %s", key)
	}
}

func (s *subscriber) take() {
	defer close(s.ended)
	for {
		event, err := s.subscription.Next(context.Background())
		if err != nil {
			if !errors.Is(err, client.ErrClosed) {
				s.t.Errorf("the subscriber: %v", err)
			}
			return
		}
		s.mu.Lock()
		s.event(event)
		close(s.changed)
		s.changed = make(chan struct{})
		s.mu.Unlock()
	}
}

// event takes one in; what is told twice or of nothing held is a fault of its own.
func (s *subscriber) event(e client.Event) {
	if e.Type == client.Synced {
		return
	}
	key, now := e.Instance.Key(), time.Since(s.began)
	s.told[key] = time.Now()
	if _, holds := s.held[key]; holds == (e.Type == client.Added) {
		s.t.Errorf("the subscriber was told %s of %s and holds it: %t", e.Type, key, holds)
	}
	if e.Type == client.Removed {
		s.keeper.Gone(key, now)
		delete(s.held, key)
		return
	}
	s.keeper.Shown(key, now)
	s.held[key] = e.Instance
}

// lives tells the judge that the client is registered and goes on: it must not be seen
// to go.
func (s *subscriber) lives(key model.Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keeper.Acknowledged(key, time.Since(s.began))
}

// dies tells the judge that the client is about to leave.
func (s *subscriber) dies(key model.Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keeper.Ended(key)
}

// await waits until the condition holds of what is shown of the key, nil for nothing, and
// returns that and when something was told of it last.
func (s *subscriber) await(t *testing.T, key model.Key, what string, holds func(*model.Instance) bool) (*model.Instance, time.Time) {
	t.Helper()
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for {
		s.mu.Lock()
		in, at, changed := s.held[key], s.told[key], s.changed
		s.mu.Unlock()
		if holds(in) {
			return in, at
		}
		select {
		case <-changed:
		case <-timeout.C:
			t.Fatalf("the subscriber waited in vain for %s to be %s", key, what)
		}
	}
}

// sees waits until an instance is shown with that status, and returns it and when that
// was told.
func (s *subscriber) sees(t *testing.T, key model.Key, status model.Status) (*model.Instance, time.Time) {
	t.Helper()
	return s.await(t, key, string(status), func(in *model.Instance) bool { return in != nil && in.Status == status })
}

// misses waits until nothing is shown of the key, and returns when that was told.
func (s *subscriber) misses(t *testing.T, key model.Key) time.Time {
	t.Helper()
	_, at := s.await(t, key, "gone", func(in *model.Instance) bool { return in == nil })
	return at
}
