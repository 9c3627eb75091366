package api

import (
	"context"

	"heureka/model"
	"heureka/wire"
	"heureka/write-node/owner"
)

// hand has messages applied as soon as there is room for their answers. There is none
// any more once the node closes the connection: then it does nothing. An error is the
// end of the session. The exchange isn't the reader's any more.
func (s *session) hand(x *exchange) error {
	if len(x.items) == 0 {
		s.api.exchanges.Put(x)
		return nil
	}
	select {
	case s.slots <- struct{}{}:
		s.api.metrics.unwritten.Inc()
	case <-s.parting:
		return nil
	case <-s.ctx.Done():
		return context.Cause(s.ctx)
	}
	x.session = s
	return s.api.state.Do(s.ctx, Command{Apply: x.apply, Done: x.done}) // the slot is its room
}

// refuse hands on what ends the session.
func (s *session) refuse(err *wire.Error) error {
	x := s.api.exchange()
	x.items = append(x.items, item{err: err})
	return s.hand(x)
}

// apply runs on the owner's goroutine.
func (s *session) apply(o *owner.Owner, x *exchange, now model.Moment) {
	// A refused message, too, is a sign of life. One that has waited for long isn't,
	// and isn't obeyed either, wherever it waited.
	if s.opened && (s.silence.Load() || o.Heard(s.id, now) != nil) {
		x.last = s.fallsSilent()
		return
	}
	for i := range x.items {
		if err := x.items[i].err; err != nil && err.Code.Kind().Closes {
			x.last = err
			return
		}
		if s.answer(o, x, &x.items[i], now); x.last != nil {
			return
		}
	}
}

// answer says what one message is answered.
func (s *session) answer(o *owner.Owner, x *exchange, it *item, now model.Moment) {
	var version model.Version
	var seq uint64
	err := error(nil)
	switch m := it.message.(type) {
	case nil:
		x.say(it.err)
		return
	case *wire.Hello:
		if err := o.Open(s.id, m.Process, m.Connection, now); err != nil {
			x.last = Refusal(err)
			return
		}
		s.opened = true
		x.say(s.welcome())
		return
	case *wire.Heartbeat:
		s.beat(o, x, m, now)
		return
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
		x.say(Refusal(err).For(seq))
		return
	}
	x.ack(wire.Ack{Seq: seq, Version: version.String()})
}

func (s *session) beat(o *owner.Owner, x *exchange, m *wire.Heartbeat, now model.Moment) {
	keys, err := o.Heartbeat(s.id, now)
	if err != nil {
		x.say(Refusal(err).For(m.Seq))
		return
	}
	x.ack(wire.Ack{Seq: m.Seq})
	for _, key := range keys {
		x.say(&wire.Again{App: key.App, ID: key.ID})
	}
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
