package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"heureka/interest"
	"heureka/internal/promise"
	"heureka/internal/raw"
	"heureka/model"
	"heureka/wire"
)

// subscriber watches one application and judges what it is told.
type subscriber struct {
	channel *raw.Channel
	app     string
	since   func() time.Duration // since the test began
	changes *latencies           // from sent to seen, shared

	mu        sync.Mutex // guards all below: the receiving goroutine and the phases
	report    promise.Report
	session   *promise.Session
	keeper    *promise.Keeper
	delivered int  // changes, registrations and what snapshots say again not counted
	snapshots int  // beyond the first
	leaving   bool // what comes now isn't measured any more
	awaited   *awaited
}

// awaited is a state that the subscriber is to come to.
type awaited struct {
	count   int
	digest  uint64
	reached chan struct{}
}

// subscribe connects to a read node and asks for the application.
func subscribe(ctx context.Context, cfg config, node, name, app string, since func() time.Duration, changes *latencies) (*subscriber, error) {
	channel, _, err := cfg.dialer().Hello(ctx, node, wire.PathSubscriptions, wire.Hello{Client: "loadtest"})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	s := &subscriber{channel: channel, app: app, since: since, changes: changes}
	s.session = promise.NewSession(name, &s.report)
	s.keeper = promise.NewKeeper(name, promise.KeptLimits{Appear: cfg.Settle}, &s.report)
	s.snapshots = -1
	s.session.Subscribed(1, func(in *model.Instance) bool { return in.App == app })
	request := &wire.Subscribe{Seq: 1, Interests: []interest.Interest{{Kind: interest.App, Value: app}}}
	if err := channel.Send(ctx, request); err != nil {
		channel.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

// receive judges frames until ctx ends, which is no error.
func (s *subscriber) receive(ctx context.Context) error {
	defer s.channel.Close()
	for {
		frame, err := s.channel.Receive(ctx)
		now := s.since()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("subscriber of %s: %w", s.app, err)
		}
		if err := s.take(frame, now); err != nil {
			return fmt.Errorf("subscriber of %s: %w", s.app, err)
		}
	}
}

func (s *subscriber) take(frame raw.Frame, now time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range frame.Messages {
		switch m := m.(type) {
		case *wire.Snapshot:
			if !s.leaving {
				s.snapshots++
			}
		case *wire.Put:
			s.put(m, now)
		case *wire.Remove:
			if _, held := s.session.Get(m.Key()); held {
				s.keeper.Gone(m.Key(), now)
			}
		case *wire.Error:
			return m
		case *wire.GoAway:
			return fmt.Errorf("the node goes away")
		}
		s.session.Receive(m)
	}
	s.look()
	return nil
}

func (s *subscriber) put(m *wire.Put, now time.Duration) {
	if m.Instance == nil {
		return // the session says what is wrong
	}
	s.keeper.Shown(m.Instance.Key(), now)
	if change, sent, ok := stampOf(m.Instance); ok && change > 0 && !s.leaving && !s.session.Replacing() {
		s.delivered++
		s.changes.add(now - sent)
	}
}

// await returns what is closed when the subscriber is synced and holds that many
// instances with that digest.
func (s *subscriber) await(count int, digest uint64) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.awaited = &awaited{count, digest, make(chan struct{})}
	reached := s.awaited.reached
	s.look()
	return reached
}

func (s *subscriber) look() {
	if a := s.awaited; a != nil && s.session.Settled() && s.session.Len() == a.count && s.session.Digest() == a.digest {
		close(a.reached)
		s.awaited = nil
	}
}

// acknowledged tells the judge of Kept that these live from now on.
func (s *subscriber) acknowledged(instances map[model.Key]*model.Instance) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key := range instances {
		s.keeper.Acknowledged(key, s.since())
	}
}

// judge gives the verdict on what happened so far, when everything has come to
// rest. From here on instances may leave.
func (s *subscriber) judge(registered map[model.Key]*model.Instance) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keeper.End(s.since())
	promise.Converge(&s.report, registered, s.session.View())
	for key := range registered {
		s.keeper.Ended(key)
	}
	s.leaving = true
}
