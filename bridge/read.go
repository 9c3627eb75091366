package bridge

import (
	"context"
	"time"

	"heureka/bridge/sides"
	"heureka/eureka1/dialect"
	"heureka/model"
)

// read reads what the old cluster shows, from the first of its servers that answers,
// and from that until it fails.
func (b *Bridge) read(ctx context.Context) {
	var h health
	for {
		err := b.readServer(ctx, &h)
		if ctx.Err() != nil {
			return
		}
		h.failed(b, "read the old cluster", err)
		b.turn()
		if !b.pause(ctx, h.failures) {
			return
		}
	}
}

// turn goes on to the next server.
func (b *Bridge) turn() {
	if len(b.old) == 1 {
		return
	}
	b.with(func(s *sides.Sides, now model.Moment) {
		b.at = (b.at + 1) % len(b.old)
		s.Turned(now)
	})
}

// reading returns the server that is read.
func (b *Bridge) reading() *server {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.old[b.at]
}

// readServer reads everything from one server, and then what changes, until it fails.
func (b *Bridge) readServer(ctx context.Context, h *health) error {
	from := b.reading()
	var full time.Time // when everything was read last
	agrees := false
	for {
		var err error
		if since := time.Since(full); full.IsZero() || since >= b.config.Full || !agrees && since >= b.config.Recheck {
			full, agrees = time.Now(), true
			err = b.readPage(ctx, from)
		} else {
			agrees, err = b.readDelta(ctx, from)
		}
		b.metrics.count("read", err)
		if err != nil {
			return err
		}
		h.well(b, "read the old cluster")
		if !agrees && time.Since(full) >= b.config.Recheck {
			continue // everything is read at once
		}
		if !wait(ctx, nil, b.config.Poll) {
			return ctx.Err()
		}
	}
}

func (b *Bridge) readPage(ctx context.Context, from *server) error {
	asked := b.now().Mono
	apps, err := from.applications(ctx, "/apps/", b.mostRead())
	if err != nil {
		return err
	}
	var first bool
	var instances int
	b.with(func(s *sides.Sides, now model.Moment) {
		s.Page(now, asked, apps)
		if first, b.paged = !b.paged, true; first {
			instances = s.Stats().Old
		}
	})
	if first {
		b.log.Info("the old cluster has been read", "server", from.name(), "instances", instances)
	}
	return nil
}

// probe asks the servers that aren't read at first, so that one of which the URL is wrong
// is known of before it is needed.
func (b *Bridge) probe(ctx context.Context) {
	for _, other := range b.old[1:] {
		if _, err := other.applications(ctx, "/apps/delta", b.mostRead()); err != nil && ctx.Err() == nil {
			b.log.Warn("a server of the old cluster doesn't answer", "err", err)
		}
	}
}

// readDelta reports whether what has changed adds up to what the server has.
func (b *Bridge) readDelta(ctx context.Context, from *server) (agrees bool, err error) {
	var delta *dialect.Applications
	asked := b.now().Mono
	if delta, err = from.applications(ctx, "/apps/delta", b.mostRead()); err != nil {
		return false, err
	}
	b.with(func(s *sides.Sides, now model.Moment) { agrees = s.Delta(now, asked, delta) })
	if !agrees {
		b.metrics.mismatches.Add(1)
		b.log.Debug("what has changed doesn't add up to what the server has", "server", from.name())
	}
	return agrees, nil
}

// mostRead bounds what is read of a document: more than is kept, so that those that are
// known are found wherever they stand in it.
func (b *Bridge) mostRead() int { return 2 * b.config.MaxInstances }
