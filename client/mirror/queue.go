package mirror

import (
	"container/list"

	"heureka/model"
)

// EventType tells what an Event is about.
type EventType string

// The types of event.
const (
	Added    EventType = "added"
	Modified EventType = "modified"
	Removed  EventType = "removed"
	// Synced tells that everything the node knew has been told: after the first
	// snapshot, after a change of interests, and after each reconnection.
	Synced EventType = "synced"
)

// Event is one step of what the application sees. The instances are shared and
// immutable.
type Event struct {
	Type EventType
	// Instance is what is there now; for Removed what was there last; nil for Synced.
	Instance *model.Instance
	// Before is what the application was told before, for Modified and Removed.
	Before *model.Instance
}

// queue holds the keys about which the application has something to be told, in
// the order in which they came to have something, each with what it was told last.
type queue struct {
	order  *list.List // of pending
	keys   map[model.Key]*list.Element
	synced *list.Element // the Synced that waits, if any
}

// pending is one key, or the mark of a Synced.
type pending struct {
	key  model.Key
	told value
	mark bool
}

func newQueue() queue {
	return queue{order: list.New(), keys: make(map[model.Key]*list.Element)}
}

func (q *queue) len() int { return q.order.Len() }

// changed notes that a key showed before until now and shows after from now on.
// A key that comes back to what was told has nothing to tell any more; in
// particular what came and went untold leaves nothing behind.
func (q *queue) changed(key model.Key, before, after value) {
	at, waits := q.keys[key]
	switch {
	case !waits:
		q.keys[key] = q.order.PushBack(pending{key: key, told: before})
	case same(at.Value.(pending).told, after):
		q.order.Remove(at)
		delete(q.keys, key)
	}
}

// mark notes that everything up to now is one whole. Only the newest mark counts.
func (q *queue) mark() {
	if q.synced != nil {
		q.order.Remove(q.synced)
	}
	q.synced = q.order.PushBack(pending{mark: true})
}

// next takes the first event; now says what a key shows.
func (q *queue) next(now func(model.Key) value) (Event, bool) {
	front := q.order.Front()
	if front == nil {
		return Event{}, false
	}
	p := q.order.Remove(front).(pending)
	if p.mark {
		q.synced = nil
		return Event{Type: Synced}, true
	}
	delete(q.keys, p.key)
	after := now(p.key)
	switch {
	case p.told.instance == nil:
		return Event{Type: Added, Instance: after.instance}, true
	case after.instance == nil:
		return Event{Type: Removed, Instance: p.told.instance, Before: p.told.instance}, true
	default:
		return Event{Type: Modified, Instance: after.instance, Before: p.told.instance}, true
	}
}

// same reports whether the application couldn't tell two values apart.
func same(a, b value) bool {
	if a.instance == nil || b.instance == nil {
		return a.instance == b.instance
	}
	return a.hash == b.hash
}
