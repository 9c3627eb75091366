package lease

import (
	"iter"
	"time"

	"heureka/model"
)

// Stats is what a table tells of one class of leases.
type Stats struct {
	Held   int           // running and queued
	Queued int           // ended, not yet evicted
	Oldest time.Duration // how long ago the first queued lease ended; 0 if none is queued
	Quota  int           // how many may be evicted in one window
	Left   int           // of the quota, now; 0 while the window counts as spent or the class is held
	Hold   time.Duration // how long no lease of the class may be evicted at all; 0: not held
	Holds  Holds         // why, and why not more may leave

	Releasing int // queued, and released by an operator
}

// Stats returns the state of one class.
func (t *Table) Stats(now time.Duration, c Class) Stats {
	k := &t.classes[c]
	most := k.peak.over(now)
	s := Stats{
		Held:   k.held,
		Queued: k.queue.live,
		Quota:  k.quota.size(most),
		Left:   k.quota.left(now, most),
		Holds:  t.stops(now, c),

		Releasing: k.releasing,
	}
	for _, left := range s.Holds {
		s.Hold = max(s.Hold, left)
	}
	s.Holds[Quota] = k.quota.frees(now, most)
	s.Holds[TakenOver] = max(0, k.quota.opens-now)
	if l := k.queue.front(); l != nil {
		s.Oldest = now - l.term.deadline()
	}
	if s.Hold > 0 || now < k.quota.opens {
		s.Left = 0
	}
	return s
}

// Queued yields the keys of a class whose leases have ended, and when they did,
// the oldest first. The table must not be changed meanwhile.
func (t *Table) Queued(c Class) iter.Seq2[model.Key, time.Duration] {
	return func(yield func(model.Key, time.Duration) bool) {
		for _, l := range t.classes[c].queue.items {
			if l != nil && !yield(l.Key, l.term.deadline()) {
				return
			}
		}
	}
}
