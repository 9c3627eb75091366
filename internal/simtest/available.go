package simtest

import (
	"errors"
	"time"

	"heureka/internal/promise"
	"heureka/wire"
	"heureka/write-node/api"
	"heureka/write-node/owner"
)

// question is a Subscribe that a reader has to answer.
type question struct {
	seq  uint64
	at   time.Duration
	fair func() bool
	node string
	most time.Duration // that the answer may take
}

// answered takes the answer to a Subscribe and those before it.
func (s *subscriber) answered(seq uint64) {
	for len(s.asked) > 0 && s.asked[0].seq <= seq {
		s.asked = s.asked[1:]
	}
}

// judgeAnswers judges whether the reader, which was ready and within reach all the
// time, let a Subscribe wait for too long.
func (s *subscriber) judgeAnswers() {
	for _, q := range s.asked {
		if took := s.w.now - q.at; took > q.most && !s.stalled() && s.w.now > s.reads+q.most && q.fair() && !s.severed() {
			promise.NewAvailability(q.node, q.most, &s.w.report).Answered("subscribe", took, nil)
		}
	}
}

// severed reports whether the connection is dead without its being told.
func (s *subscriber) severed() bool {
	return s.end == nil || s.end.out.lost || s.end.peer.out.lost || !s.end.peer.open
}

// asWire turns an owner's refusal into what a client gets.
func asWire(err error) error {
	var refused *wire.Error
	if err == nil || errors.As(err, &refused) {
		return err
	}
	if errors.Is(err, owner.ErrNotFound) {
		return api.Refusal(err)
	}
	return err
}

// fair returns what tells, later, whether a process could reach a ready node all
// the time from now on.
func (w *world) fair(p *process, n *node) func() bool {
	can := func() bool {
		return n.up && !n.draining && n.replica.Ready() && !n.asleep() && p.up && !p.asleep() && w.joined(p, n.process)
	}
	before, run, troubles := can(), n.run, w.results.Troubles
	at := w.now
	return func() bool {
		return before && n.run == run && w.results.Troubles == troubles && can() && w.now-at <= 2*w.times.dial
	}
}
