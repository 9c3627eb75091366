package eureka1

import (
	"context"
	"sync/atomic"
	"time"
)

// deadlines gives requests contexts that end after a time. One with a timer of its own
// costs more than what a heartbeat asks for, so those share one that begin within a
// tenth of the time; theirs ends so much later at most. It may be used by any number
// of goroutines.
type deadlines struct {
	after  time.Duration
	shared atomic.Pointer[deadline]
}

type deadline struct {
	ctx   context.Context
	until time.Time // requests may begin with it
}

// next returns the context of a request that begins now.
func (d *deadlines) next() context.Context {
	now, spare := time.Now(), d.after/10
	if last := d.shared.Load(); last != nil && now.Before(last.until) {
		return last.ctx
	}
	ctx, cancel := context.WithDeadline(context.Background(), now.Add(d.after+spare))
	context.AfterFunc(ctx, cancel)                 // it ends by itself, with whichever requests have it
	d.shared.Store(&deadline{ctx, now.Add(spare)}) // if another was faster, either will do
	return ctx
}
