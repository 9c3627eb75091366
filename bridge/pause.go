package bridge

import (
	"context"
	"math/rand/v2"
	"time"

	"heureka/client/line"
)

// backoffBase is the ceiling of the pause after a first failure.
const backoffBase = 200 * time.Millisecond

// pause waits after so many failures in a row, evenly distributed between nothing and
// a ceiling that doubles. It is false if the context ended.
func (b *Bridge) pause(ctx context.Context, failures int) bool {
	ceiling := line.Backoff{Base: min(backoffBase, b.config.Backoff), Max: b.config.Backoff}.Ceiling(failures)
	return wait(ctx, nil, time.Duration(rand.Float64()*float64(ceiling)))
}

// wait waits for a time, or until it is poked. It is false if the context ended.
func wait(ctx context.Context, poke <-chan struct{}, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-poke:
		return true
	case <-ctx.Done():
		return false
	}
}

// health tells people when something begins to fail, and when it goes well again.
type health struct {
	failures int // in a row
}

func (h *health) failed(b *Bridge, what string, err error) {
	if h.failures++; h.failures == 1 {
		b.log.Warn(what+": failed", "err", err)
	} else {
		b.log.Debug(what+": failed again", "err", err, "failures", h.failures)
	}
}

func (h *health) well(b *Bridge, what string) {
	if h.failures > 0 {
		b.log.Info(what+": well again", "failures", h.failures)
	}
	h.failures = 0
}
