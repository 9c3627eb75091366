package sample

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// Config says where the samples register and how lively they are.
type Config struct {
	WriteNodes []string
	// Mood is how often the moody one changes its status.
	Mood time.Duration
	Log  *slog.Logger
}

// Run runs the samples until ctx ends, lets them unregister, and returns when
// all have ended. The first that can't run is an error and ends the others.
func Run(ctx context.Context, cfg Config) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	for _, s := range services() {
		running.Go(func() {
			if err := s.run(ctx, cfg); err != nil {
				cancel(err)
			}
		})
	}
	running.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
