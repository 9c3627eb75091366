package bridge

import (
	"context"
	"errors"
	"net/http"
	"time"

	"heureka/bridge/sides"
	"heureka/eureka1/dialect"
	"heureka/model"
)

// teller tells a target what is due, one batch after the other.
type teller struct {
	*Bridge
	target sides.Target
	at     int // which of Heureka's nodes
	most   int // items of the next batch, about
	health
}

func (b *Bridge) tell(ctx context.Context, t sides.Target) {
	x := &teller{Bridge: b, target: t, most: b.config.BatchItems}
	for wait(ctx, b.pokes[t], time.Minute) {
		for x.tellBatch(ctx, x.to()) {
			if x.failures == 0 {
				continue
			}
			x.at++
			if !b.pause(ctx, x.failures) {
				return
			}
		}
	}
}

// to returns the server that is told, which for Heureka is any.
func (x *teller) to() *server {
	if x.target == sides.Heureka {
		return x.heureka[x.at%len(x.heureka)]
	}
	return x.old[x.target-1]
}

// tellBatch tells what is due. It is false if nothing is.
func (x *teller) tellBatch(ctx context.Context, to *server) bool {
	x.mu.Lock()
	items := x.sides.Due(x.now(), x.target, x.most)
	x.mu.Unlock()
	if len(items) == 0 || ctx.Err() != nil {
		return false
	}
	answers, err := to.batch(ctx, items)
	x.metrics.count("tell", err)
	if err != nil && !x.isAlone(items, err) {
		x.mu.Lock()
		x.sides.Failed(x.target)
		x.mu.Unlock()
		if !x.divide(items, err) {
			x.failed(x.Bridge, "tell "+to.name(), err)
		}
		return ctx.Err() == nil
	}
	if err != nil {
		answers = refused(items)
	}
	x.well(x.Bridge, "tell "+to.name())
	x.most = min(2*x.most, x.config.BatchItems)
	x.logWords(to, items, answers)
	x.with(func(s *sides.Sides, now model.Moment) { s.Told(now, x.target, answers) })
	return true
}

// divide has the next batch be half as large, if that may be of use: one item that a
// server can't read, that is too large, or whose answer can't be read must not hold up
// all others.
func (x *teller) divide(items []dialect.Item, err error) bool {
	var refused refusal
	ofItems := errors.Is(err, errUnreadable) || errors.As(err, &refused) && refused.isOfItems()
	if !ofItems || isOfOne(items) {
		return false
	}
	x.most = max(1, len(items)/2)
	return true
}

// isAlone reports whether a batch was refused for good that tells of one instance: it
// is this that can't be accepted.
func (x *teller) isAlone(items []dialect.Item, err error) bool {
	var refused refusal
	return errors.As(err, &refused) && refused.isForGood() && isOfOne(items)
}

func isOfOne(items []dialect.Item) bool {
	for i := range items {
		if items[i].App != items[0].App || items[i].ID != items[0].ID {
			return false
		}
	}
	return true
}

func refused(items []dialect.Item) []dialect.Answer {
	answers := make([]dialect.Answer, len(items))
	for i := range answers {
		answers[i].Code = http.StatusBadRequest
	}
	return answers
}

// logWords logs what was told, but for heartbeats that went well.
func (b *Bridge) logWords(to *server, items []dialect.Item, answers []dialect.Answer) {
	for i := range items {
		if items[i].Action == dialect.Heartbeat && answers[i].Code == http.StatusOK {
			continue
		}
		b.log.Debug("told", "to", to.name(), "action", items[i].Action, "key", model.NewKey(items[i].App, items[i].ID).String(), "code", answers[i].Code)
	}
}
