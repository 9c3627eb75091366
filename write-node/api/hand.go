package api

import (
	"context"

	"heureka/model"
	"heureka/wire"
	"heureka/write-node/owner"
)

// hand has a batch of messages applied as soon as there is room for its answers.
// An error is the end of the session.
func (s *session) hand(items []item) error {
	if len(items) == 0 {
		return nil
	}
	select {
	case s.slots <- struct{}{}:
		s.api.metrics.unwritten.Inc()
	case <-s.ctx.Done():
		return context.Cause(s.ctx)
	}
	var b batch
	return s.api.state.Do(s.ctx, Command{
		Apply: func(o *owner.Owner, now model.Moment) { b = s.apply(o, items, now) },
		Done:  func() { s.deliver(b) }, // the slot is its room
	})
}

// apply runs on the owner's goroutine.
func (s *session) apply(o *owner.Owner, items []item, now model.Moment) batch {
	b := batch{answers: make([]wire.Message, 0, len(items))}
	if s.opened {
		o.Heard(s.id, now) // a refused message, too, is a sign of life
	}
	for _, it := range items {
		if it.err != nil && it.err.Code.Kind().Closes {
			b.last = it.err
			return b
		}
		b.answers = s.answer(o, it, now, b.answers)
	}
	return b
}

// answer appends what one message is answered.
func (s *session) answer(o *owner.Owner, it item, now model.Moment, to []wire.Message) []wire.Message {
	var version model.Version
	var seq uint64
	err := error(nil)
	switch m := it.message.(type) {
	case nil:
		return append(to, it.err)
	case *wire.Hello:
		s.opened = true
		o.Open(s.id, m.Process, m.Connection, now)
		return append(to, s.welcome())
	case *wire.Heartbeat:
		return s.beat(o, m, now, to)
	case *wire.Register:
		seq = m.Seq
		version, err = o.Register(s.id, m.Instance, it.acked, now)
	case *wire.Update:
		seq = m.Seq
		version, err = o.Update(s.id, m.Set, now)
	case *wire.Unregister:
		seq = m.Seq
		version, err = o.Unregister(s.id, m.Key(), it.acked, now)
	}
	if err != nil {
		return append(to, Refusal(err).For(seq))
	}
	return append(to, &wire.Ack{Seq: seq, Version: version.String()})
}

func (s *session) beat(o *owner.Owner, m *wire.Heartbeat, now model.Moment, to []wire.Message) []wire.Message {
	keys, err := o.Heartbeat(s.id, now)
	if err != nil {
		return append(to, Refusal(err).For(m.Seq))
	}
	to = append(to, &wire.Ack{Seq: m.Seq})
	for _, key := range keys {
		to = append(to, &wire.Again{App: key.App, ID: key.ID})
	}
	return to
}

func (s *session) welcome() *wire.Welcome {
	cfg := s.api.cfg
	return &wire.Welcome{
		Version:     wire.ProtocolVersion,
		Node:        cfg.Node,
		HeartbeatMs: cfg.Heartbeat.Milliseconds(),
		LeaseMs:     cfg.Lease.Milliseconds(),
		MaxMessage:  cfg.MaxMessage,
	}
}
