package bridge

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"heureka/bridge/sides"
	"heureka/client"
	"heureka/interest"
	"heureka/model"
)

// follow follows what Heureka shows until the context ends.
func (b *Bridge) follow(ctx context.Context, nodes *client.Client) error {
	view, err := b.subscribe(ctx, nodes)
	if err != nil {
		return err
	}
	defer view.Close()
	var parts sync.WaitGroup
	defer parts.Wait()
	levels, stop := context.WithCancel(ctx)
	defer stop()
	parts.Go(func() { b.level(levels, view) })
	for {
		event, err := view.Next(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return fmt.Errorf("follow Heureka: %w", err)
		}
		b.with(func(s *sides.Sides, now model.Moment) {
			switch event.Type {
			case client.Added, client.Modified:
				s.Shows(now, event.Instance.Key(), event.Instance)
			case client.Removed:
				s.Shows(now, event.Instance.Key(), nil)
			}
		})
	}
}

func (b *Bridge) subscribe(ctx context.Context, nodes *client.Client) (*client.Subscription, error) {
	view, err := nodes.Subscribe(ctx, interest.Interest{Kind: interest.Full})
	if err != nil && (ctx.Err() != nil || errors.Is(err, client.ErrClosed)) {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("follow Heureka: %w", err)
	}
	return view, nil
}

// level keeps known whether the view is all that there is.
func (b *Bridge) level(ctx context.Context, view *client.Subscription) {
	for wait(ctx, nil, levelEvery) {
		status := view.Status()
		b.with(func(s *sides.Sides, now model.Moment) {
			b.known = b.known || status.Synced && status.Pending == 0
			s.Level(now, b.known && !status.Stale)
		})
	}
}

// levelEvery is how often it is looked whether Heureka's view is complete.
const levelEvery = 200 * time.Millisecond
