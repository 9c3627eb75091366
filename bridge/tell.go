package bridge

import (
	"context"
	"time"

	"heureka/bridge/sides"
	"heureka/eureka1/dialect"
	"heureka/model"
)

// tell tells a target what is due, one batch after the other.
func (b *Bridge) tell(ctx context.Context, t sides.Target) {
	var h health
	at := 0 // which of Heureka's nodes
	for wait(ctx, b.pokes[t], time.Minute) {
		for b.tellBatch(ctx, t, b.target(t, at), &h) {
			if h.failures == 0 {
				continue
			}
			at++
			if !b.pause(ctx, h.failures) {
				return
			}
		}
	}
}

// target returns the server that is told, which for Heureka is any.
func (b *Bridge) target(t sides.Target, at int) *server {
	if t == sides.Heureka {
		return b.heureka[at%len(b.heureka)]
	}
	return b.old[t-1]
}

// tellBatch tells what is due. It is false if nothing is.
func (b *Bridge) tellBatch(ctx context.Context, t sides.Target, to *server, h *health) bool {
	b.mu.Lock()
	items := b.sides.Due(b.now(), t, b.config.BatchItems)
	b.mu.Unlock()
	if len(items) == 0 || ctx.Err() != nil {
		return false
	}
	what := "tell " + to.name()
	answers, err := to.batch(ctx, items)
	b.metrics.count("tell", err)
	if err != nil {
		b.mu.Lock()
		b.sides.Failed(t)
		b.mu.Unlock()
		h.failed(b, what, err)
		return ctx.Err() == nil
	}
	h.well(b, what)
	b.logWords(to, items, answers)
	b.with(func(s *sides.Sides, now model.Moment) { s.Told(now, t, answers) })
	return true
}

// logWords logs what was told, but for heartbeats that went well.
func (b *Bridge) logWords(to *server, items []dialect.Item, answers []dialect.Answer) {
	for i := range items {
		if items[i].Action == dialect.Heartbeat && answers[i].Code == 200 {
			continue
		}
		b.log.Debug("told", "to", to.name(), "action", items[i].Action, "key", model.NewKey(items[i].App, items[i].ID).String(), "code", answers[i].Code)
	}
}
