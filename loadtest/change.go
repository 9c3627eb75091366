package main

import (
	"context"
	"time"

	"heureka/model"
	"heureka/wire"
)

// change changes one service after the other, so many a second, for so long,
// and waits until all is acknowledged. It returns how many it changed: fewer
// than asked for when the node doesn't keep up.
func (p *publisher) change(ctx context.Context, rate float64, duration time.Duration) (int, error) {
	began := p.since()
	changed := 0
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return changed, ctx.Err()
		case <-p.beat.C:
			if err := p.heartbeat(ctx, nil); err != nil {
				return changed, err
			}
			continue
		case <-timer.C:
		}
		elapsed := p.since() - began
		if elapsed >= duration {
			return changed, p.flush(ctx)
		}
		for due := due(elapsed, rate) - changed; due > 0 && p.since()-began < duration; {
			n := min(due, batch)
			if err := p.changeSome(ctx, changed, n); err != nil {
				return changed, err
			}
			due, changed = due-n, changed+n
		}
		timer.Reset(pause(p.since()-began, changed, rate, duration))
	}
}

// due is how many changes should have been sent after that time.
func due(elapsed time.Duration, rate float64) int { return int(elapsed.Seconds() * rate) }

// pause is how long to wait for the next change, or for the end.
func pause(elapsed time.Duration, changed int, rate float64, duration time.Duration) time.Duration {
	next := duration
	if rate > 0 {
		next = min(next, time.Duration(float64(changed+1)/rate*float64(time.Second)))
	}
	return max(next-elapsed, minWait)
}

// changeSome sends n changes in one frame, going round the services.
func (p *publisher) changeSome(ctx context.Context, changed, n int) error {
	messages := make([]wire.Message, 0, n)
	keys := make([]model.Key, 0, n)
	for i := range n {
		s := p.services[(changed+i)%len(p.services)]
		before := s.current
		s.stamp(s.changes+1, p.since())
		patch, err := model.Diff(before, s.current)
		if err != nil {
			return err
		}
		messages = append(messages, &wire.Update{Seq: p.seq + uint64(i) + 1, App: s.current.App, ID: s.current.ID, Set: patch})
		keys = append(keys, s.current.Key())
	}
	return p.send(ctx, messages, keys, nil)
}
