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

// askAll asks what there is to ask. After a failure nothing else is asked: it would
// fail, too, and is asked for again by the next sweep.
func (b *Bridge) askAll(ctx context.Context, h *health) {
	failed := false
	for {
		b.mu.Lock()
		key, ok := b.sides.Asks()
		b.mu.Unlock()
		if !ok {
			return
		}
		var info *dialect.Info
		var err error
		if !failed {
			info, err = b.reading().instance(ctx, key)
			b.metrics.count("ask", err)
			if failed = err != nil; failed {
				h.failed(b, "ask the old cluster", err)
			} else {
				h.well(b, "ask the old cluster")
			}
		}
		b.with(func(s *sides.Sides, now model.Moment) { s.Asked(now, key, info, !failed) })
	}
}
