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

// ask asks the old cluster for single instances, and lets time pass.
func (b *Bridge) ask(ctx context.Context) {
	var h health
	swept := time.Now()
	for wait(ctx, b.asks, b.sweep) {
		b.askAll(ctx, &h)
		if time.Since(swept) >= b.sweep {
			swept = time.Now()
			b.with(func(s *sides.Sides, now model.Moment) { s.Sweep(now) })
		}
	}
}

// askAll asks what there is to ask. After a failure nothing else is asked: it would
// hold up what only time brings.
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
