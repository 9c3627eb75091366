package bridge

import (
	"context"
	"errors"
	"fmt"
	"time"

	"heureka/bridge/sides"
	"heureka/client"
	"heureka/interest"
	"heureka/model"
)

// view is what is seen of Heureka: a client.Subscription.
type view interface {
	Next(ctx context.Context) (client.Event, error)
	Status() client.SubscriptionStatus
}

// follow follows what Heureka shows until the context ends.
func (b *Bridge) follow(ctx context.Context, nodes *client.Client) error {
	subscription, err := b.subscribe(ctx, nodes)
	if err != nil {
		return err
	}
	defer subscription.Close()
	return b.watch(ctx, subscription)
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

// watch takes events, and between them looks whether the view is complete. It does both
// itself: somebody else would find no event waiting while the last one is still on its
// way from the view to the sides, and what was there all the time would seem to come.
func (b *Bridge) watch(ctx context.Context, view view) error {
	for {
		event, err := next(ctx, view)
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
			status := view.Status()
			told := status.Synced && (status.Pending == 0 || s.IsLevel())
			b.known = b.known || told
			s.Level(now, told && !status.Stale)
		})
	}
}

// next takes an event, a zero one if none comes for a while.
func next(ctx context.Context, view view) (client.Event, error) {
	soon, cancel := context.WithTimeout(ctx, levelEvery)
	defer cancel()
	event, err := view.Next(soon)
	if soon.Err() != nil && errors.Is(err, soon.Err()) {
		return client.Event{}, nil
	}
	return event, err
}

// levelEvery is how often it is looked at least whether Heureka's view is complete.
const levelEvery = 200 * time.Millisecond
