package main

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"heureka/internal/promise"
	"heureka/internal/raw"
	"heureka/model"
	"heureka/wire"
)

const (
	window  = 1024                 // messages of one connection that may wait for their acknowledgement
	batch   = 64                   // messages in one frame at most
	minWait = 2 * time.Millisecond // between two frames of one connection, so that they fill under load
)

// publisher keeps some services registered over one connection and changes
// them. Its methods belong to one goroutine; receive runs in another.
type publisher struct {
	channel  *raw.Channel
	services []*service
	since    func() time.Duration // since the test began
	beat     *time.Ticker

	seq     uint64
	unacked chan unacked // sent and not yet acknowledged, in order; bounds both
	report  promise.Report
	acked   *latencies // changes, from sent to acknowledged; shared
	version *promise.Fence
}

// unacked is a message that waits for its acknowledgement.
type unacked struct {
	seq    uint64
	key    model.Key // zero for a heartbeat
	change bool
	sent   time.Duration
	done   chan<- struct{} // closed when it is acknowledged, if set
}

func newPublisher(ctx context.Context, cfg config, node, name string, services []*service, since func() time.Duration, acked *latencies) (*publisher, error) {
	channel, welcome, err := cfg.dialer().Hello(ctx, node, wire.PathRegistrations,
		wire.Hello{Process: uuid.NewString(), Connection: 1, Client: "loadtest"})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	p := &publisher{
		channel:  channel,
		services: services,
		since:    since,
		beat:     time.NewTicker(time.Duration(max(welcome.HeartbeatMs, 1)) * time.Millisecond),
		unacked:  make(chan unacked, window),
		acked:    acked,
	}
	p.version = promise.NewFence(name, &p.report)
	return p, nil
}

// close closes the connection without a word.
func (p *publisher) close() {
	p.beat.Stop()
	p.channel.Close()
}

// receive takes acknowledgements until ctx ends, which is no error.
func (p *publisher) receive(ctx context.Context) error {
	for {
		frame, err := p.channel.Receive(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("publisher: %w", err)
		}
		for _, m := range frame.Messages {
			if err := p.take(m); err != nil {
				return fmt.Errorf("publisher: %w", err)
			}
		}
	}
}

func (p *publisher) take(m wire.Message) error {
	switch m := m.(type) {
	case *wire.Ack:
		return p.acknowledged(m)
	case *wire.Error:
		return m
	default: // nothing else may come: no fault happens in this test
		return fmt.Errorf("the node says %s", m.Type())
	}
}

func (p *publisher) acknowledged(ack *wire.Ack) error {
	var next unacked
	select {
	case next = <-p.unacked:
	default:
		return fmt.Errorf("acknowledgement %d of nothing", ack.Seq)
	}
	if ack.Seq != next.seq {
		return fmt.Errorf("acknowledgement %d where %d is due", ack.Seq, next.seq)
	}
	if next.change {
		p.acked.add(p.since() - next.sent)
	}
	if next.key != (model.Key{}) {
		if version, err := model.ParseVersion(ack.Version); err == nil {
			p.version.Shown(next.key, version)
		}
	}
	if next.done != nil {
		close(next.done)
	}
	return nil
}

// send sends one frame of messages, when the window has room for all of them.
// The message numbered next must have the number p.seq + 1, and so on.
func (p *publisher) send(ctx context.Context, messages []wire.Message, keys []model.Key, done chan<- struct{}) error {
	now := p.since()
	for i, key := range keys {
		p.seq++
		_, change := messages[i].(*wire.Update)
		u := unacked{seq: p.seq, key: key, change: change, sent: now}
		if i == len(keys)-1 {
			u.done = done
		}
		select {
		case p.unacked <- u:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return p.channel.Send(ctx, messages...)
}

// say sends a message about each of the services, in frames, and waits until all
// are acknowledged.
func (p *publisher) say(ctx context.Context, message func(seq uint64, s *service) wire.Message) error {
	for begin := 0; begin < len(p.services); begin += batch {
		part := p.services[begin:min(begin+batch, len(p.services))]
		var messages []wire.Message
		var keys []model.Key
		for i, s := range part {
			messages = append(messages, message(p.seq+uint64(i)+1, s))
			keys = append(keys, s.current.Key())
		}
		if err := p.send(ctx, messages, keys, nil); err != nil {
			return err
		}
	}
	return p.flush(ctx)
}

// register registers all services and waits for the acknowledgements.
func (p *publisher) register(ctx context.Context) error {
	return p.say(ctx, func(seq uint64, s *service) wire.Message {
		s.stamp(0, p.since())
		return &wire.Register{Seq: seq, Instance: s.current}
	})
}

// unregister ends all registrations and waits for the acknowledgements.
func (p *publisher) unregister(ctx context.Context) error {
	return p.say(ctx, func(seq uint64, s *service) wire.Message {
		return &wire.Unregister{Seq: seq, App: s.current.App, ID: s.current.ID}
	})
}

// heartbeat keeps the registrations alive; done is closed when it, and so
// everything before it, is acknowledged.
func (p *publisher) heartbeat(ctx context.Context, done chan<- struct{}) error {
	return p.send(ctx, []wire.Message{&wire.Heartbeat{Seq: p.seq + 1}}, []model.Key{{}}, done)
}

// flush waits until everything is acknowledged.
func (p *publisher) flush(ctx context.Context) error {
	done := make(chan struct{})
	if err := p.heartbeat(ctx, done); err != nil {
		return err
	}
	return p.idle(ctx, done, nil)
}

// idle only keeps the registrations alive, until either channel is closed.
func (p *publisher) idle(ctx context.Context, goOn, orElse <-chan struct{}) error {
	for {
		select {
		case <-goOn:
			return nil
		case <-orElse:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-p.beat.C:
			if err := p.heartbeat(ctx, nil); err != nil {
				return err
			}
		}
	}
}
