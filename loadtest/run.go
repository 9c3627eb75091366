package main

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"heureka/model"
)

// load is one run of the test.
type load struct {
	config
	mark        string // in the names of this run's applications
	began       time.Time
	group       *group
	publishers  []*publisher
	subscribers []*subscriber

	// The phases. A publisher registers, and is told to change; changes, and is
	// told to leave; leaves.
	registered, change, changed, leave, left *gate

	acked *latencies // changes, from sent to acknowledged
	seen  *latencies // changes, from sent to seen by a subscriber
	sent  []int      // changes, by publisher
}

// run puts the cluster under load and reports. An error is a test that couldn't
// be carried out; broken promises are in the report.
func run(ctx context.Context, cfg config, write, read []string) (*figures, error) {
	l := &load{
		config:     cfg,
		mark:       uuid.NewString()[:8],
		began:      time.Now(),
		group:      newGroup(ctx),
		registered: newGate(cfg.Connections),
		change:     newGate(1),
		changed:    newGate(cfg.Connections),
		leave:      newGate(1),
		left:       newGate(cfg.Connections),
		acked:      newLatencies(),
		seen:       newLatencies(),
		sent:       make([]int, cfg.Connections),
	}
	defer l.disconnect()
	if err := l.connect(write, read); err != nil {
		return nil, err
	}
	return l.phases()
}

// since returns the time since the test began.
func (l *load) since() time.Duration { return time.Since(l.began) }

// phases takes the publishers from one phase to the next.
func (l *load) phases() (*figures, error) {
	f := &figures{Services: l.Services, Apps: l.Apps, Subscribers: l.Subscribers, Connections: l.Connections}
	if level, err := l.level(nil); err != nil || !level {
		return nil, errors.Join(err, errors.New("the subscribers aren't answered"))
	}
	begin := l.since()
	for i, p := range l.publishers {
		l.group.run(func(ctx context.Context) error { return l.publish(ctx, i, p) })
	}
	if err := l.group.await(l.registered.open); err != nil {
		return nil, err
	}
	registered := l.contents()
	level, err := l.level(registered)
	if err != nil {
		return nil, err
	}
	f.RegisteredMs = milliseconds(l.since() - begin)
	if level {
		if err := l.underLoad(f, registered); err != nil {
			return nil, err
		}
		registered = l.contents()
	}
	if err := l.end(registered); err != nil {
		return nil, err
	}
	l.fill(f)
	return f, nil
}

// end judges every view, lets the publishers leave, and judges that all is gone.
func (l *load) end(registered contents) error {
	for _, s := range l.subscribers {
		s.judge(registered[s.app])
	}
	l.leave.arrive()
	if err := l.group.await(l.left.open); err != nil {
		return err
	}
	_, err := l.level(nil) // if not, the checkers say which and why
	for _, s := range l.subscribers {
		s.judge(nil)
	}
	return err
}

// underLoad lets the publishers change, and waits until the views have come
// level again, or won't.
func (l *load) underLoad(f *figures, registered contents) error {
	for _, s := range l.subscribers {
		s.acknowledged(registered[s.app])
	}
	begin := l.since()
	l.change.arrive()
	if err := l.group.await(l.changed.open); err != nil {
		return err
	}
	end := l.since()
	f.ChangingMs = milliseconds(end - begin)
	_, err := l.level(l.contents()) // if not, the checkers say which and why
	f.SettledMs = milliseconds(l.since() - end)
	return err
}

// publish is what one publisher does from the first to the last phase.
func (l *load) publish(ctx context.Context, i int, p *publisher) error {
	if err := p.register(ctx); err != nil {
		return err
	}
	l.registered.arrive()
	if err := p.idle(ctx, l.change.open, l.leave.open); err != nil {
		return err
	}
	select {
	case <-l.leave.open: // the registrations were never seen: nothing to change
	default:
		sent, err := p.change(ctx, float64(l.Rate)/float64(l.Connections), l.Duration)
		if err != nil {
			return err
		}
		l.sent[i] = sent
		l.changed.arrive()
		if err := p.idle(ctx, l.leave.open, nil); err != nil {
			return err
		}
	}
	if err := p.unregister(ctx); err != nil {
		return err
	}
	l.left.arrive()
	return nil
}

// contents is what is registered, by application.
type contents map[string]map[model.Key]*model.Instance

// contents returns what the publishers last said. They must be idle.
func (l *load) contents() contents {
	all := make(contents, l.Apps)
	for _, p := range l.publishers {
		for _, s := range p.services {
			app := all[s.current.App]
			if app == nil {
				app = make(map[model.Key]*model.Instance)
				all[s.current.App] = app
			}
			app[s.current.Key()] = s.current
		}
	}
	return all
}

// level waits until every subscriber holds what is registered, and tells whether
// all came to it in time.
func (l *load) level(registered contents) (bool, error) {
	digests := make(map[string]uint64, len(registered))
	for app, instances := range registered {
		for _, in := range instances {
			digests[app] += in.Hash()
		}
	}
	timeout := time.NewTimer(l.Settle)
	defer timeout.Stop()
	for _, s := range l.subscribers {
		select {
		case <-s.await(len(registered[s.app]), digests[s.app]):
		case <-timeout.C:
			return false, nil
		case <-l.group.ctx.Done():
			return false, context.Cause(l.group.ctx)
		}
	}
	return true, nil
}
