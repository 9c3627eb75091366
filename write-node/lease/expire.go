package lease

import (
	"container/heap"
	"time"
)

// Expire moves the leases that have ended into the queue and returns those that
// may be evicted now, in the order in which they ended, own ones first. They are
// not in the table any more. Call it several times a second.
func (t *Table) Expire(now time.Duration) []*Lease {
	if t.expired > 0 && now-t.expired > t.cfg.Pause {
		t.resumes = now + t.cfg.Resume
	}
	t.expired = now
	t.lapse(now)
	var out []*Lease
	if now < t.resumes {
		return nil
	}
	for c := range t.classes {
		out = t.evict(now, &t.classes[c], out)
	}
	return out
}

// Hold keeps all leases of a class from being evicted until then. They go on
// queueing, and can be taken back.
func (t *Table) Hold(c Class, until time.Duration) { t.classes[c].holdUntil = until }

// Release ends a hold. The quota goes on to count.
func (t *Table) Release(c Class) { t.classes[c].holdUntil = 0 }

// lapse queues the leases of every term that has ended by now. A term that has
// been renewed meanwhile is put back by its true deadline, so that the queue is
// ordered by it.
func (t *Table) lapse(now time.Duration) {
	for len(t.running) > 0 && t.running[0].due <= now {
		term := t.running[0]
		if deadline := term.deadline(); deadline > term.due {
			term.due = deadline
			heap.Fix(&t.running, 0)
			continue
		}
		heap.Pop(&t.running)
		for _, l := range term.leases {
			t.classes[l.class].queue.push(l)
		}
		term.holder.queued += len(term.leases)
	}
}

func (t *Table) evict(now time.Duration, c *class, out []*Lease) []*Lease {
	if c.queue.live == 0 || now < c.holdUntil {
		return out
	}
	left := c.quota.left(now, c.peak.over(now))
	n := 0
	for ; n < left; n++ {
		l := c.queue.front()
		if l == nil || now < c.quota.opens && now < l.term.deadline()+t.cfg.HeldMax {
			break
		}
		t.Drop(now, l)
		out = append(out, l)
	}
	c.quota.spend(now, n)
	return out
}
