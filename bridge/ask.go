package bridge

import (
	"context"
	"time"

	"heureka/bridge/sides"
	"heureka/eureka1/dialect"
	"heureka/model"
)

// sweepEvery is how often what only time brings is looked for.
const sweepEvery = time.Second

// pass lets time pass. It waits for nobody: renewals are due by time.
func (b *Bridge) pass(ctx context.Context) {
	for wait(ctx, nil, b.sweep) {
		b.with(func(s *sides.Sides, now model.Moment) { s.Sweep(now) })
	}
}

// ask asks the old cluster for single instances.
func (b *Bridge) ask(ctx context.Context) {
	var h health
	for wait(ctx, b.asks, time.Minute) {
		b.askAll(ctx, &h)
	}
}

// mostFailures is how many questions in a row may fail before the others wait.
const mostFailures = 3

// askAll asks what there is to ask. What fails is asked for again by a later sweep, if it
// is still of interest. After some failures in a row nothing else is asked: it would
// fail, too. After one it is, as that may be for what was asked for.
func (b *Bridge) askAll(ctx context.Context, h *health) {
	for failures := 0; ; {
		b.mu.Lock()
		key, ok := b.sides.Asks()
		b.mu.Unlock()
		if !ok {
			return
		}
		var info *dialect.Info
		from, answered := b.reading(), false
		if failures < mostFailures {
			var err error
			info, err = from.instance(ctx, key)
			b.metrics.count("ask", err)
			if answered = err == nil; answered {
				failures = 0
				h.well(b, "ask the old cluster")
			} else {
				failures++
				h.failed(b, "ask the old cluster", err)
			}
		}
		b.with(func(s *sides.Sides, now model.Moment) {
			s.Asked(now, key, info, answered && from == b.old[b.at]) // another server's clock is another
		})
	}
}
