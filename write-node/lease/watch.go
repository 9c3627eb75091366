package lease

import (
	"time"

	"heureka/model"
)

// What is a kind of Event.
type What uint8

// The kinds of events.
const (
	Level    What = iota // a lease came or went
	Spent                // taking over spent the window
	Evicted              // a lease goes by the quota
	Released             // a lease goes by an operator's release
)

// Event is what a table tells who watches it, in the order in which it happens.
type Event struct {
	At    time.Duration
	What  What
	Class Class
	Held  int           // Level: leases of the class, from now on
	Key   model.Key     // Evicted, Released
	Ended time.Duration // Evicted, Released: when the lease ended
}

// Watch has f told of everything that bears on evictions, for a judge who
// reckons the quota by itself. F must not touch the table. Nil ends it.
func (t *Table) Watch(f func(Event)) { t.watch = f }

func (t *Table) tell(e Event) {
	if t.watch != nil {
		t.watch(e)
	}
}
