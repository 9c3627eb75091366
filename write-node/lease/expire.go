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
	for c := range Classes {
		if t.classes[c].queue.live > 0 && !t.stopped(now, c) {
			out = t.evict(now, &t.classes[c], out)
		}
	}
	return out
}

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
			t.enqueue(l)
		}
		t.listen(now, term.holder)
	}
}

func (t *Table) evict(now time.Duration, c *class, out []*Lease) []*Lease {
	left := c.quota.left(now, c.peak.over(now))
	n := 0
	for ; n < left; n++ {
		l := c.queue.front()
		if l == nil || now < c.quota.opens && now < l.term.deadline()+t.cfg.HeldMax {
			break
		}
		t.tell(Event{At: now, What: Evicted, Key: l.Key, Class: l.class, Ended: l.term.deadline()})
		t.Drop(now, l)
		out = append(out, l)
	}
	c.quota.spend(now, n)
	return out
}
