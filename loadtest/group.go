package main

import (
	"context"
	"sync"
)

// group runs goroutines that end together: the first that fails ends the
// context of all.
type group struct {
	ctx     context.Context // of everything in the group; ends with it
	cancel  context.CancelCauseFunc
	running sync.WaitGroup
}

func newGroup(ctx context.Context) *group {
	g := &group{}
	g.ctx, g.cancel = context.WithCancelCause(ctx)
	return g
}

// run starts a goroutine.
func (g *group) run(do func(ctx context.Context) error) {
	g.running.Go(func() {
		if err := do(g.ctx); err != nil {
			g.cancel(err)
		}
	})
}

// end ends the context and waits for all goroutines.
func (g *group) end() {
	g.cancel(nil)
	g.running.Wait()
}

// await waits until the channel is closed or the group has ended, which is an
// error.
func (g *group) await(done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-g.ctx.Done():
		return context.Cause(g.ctx)
	}
}
