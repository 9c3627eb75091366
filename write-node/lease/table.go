package lease

import (
	"container/heap"
	"time"
)

// Table holds the leases of one write node. See the package comment for who may
// use it.
type Table struct {
	cfg     Config
	running terms
	classes [Classes]class
	clients [voices]int   // holders that have been counted, by what was made of them
	fell    time.Duration // when the last of them fell silent
	expired time.Duration // when Expire was last called
	resumes time.Duration // nothing is evicted before
	watch   func(Event)   // may be nil
}

// class is what is counted apart for own and for adopted leases.
type class struct {
	held      int // running and queued
	peak      peak
	queue     queue
	quota     quota
	holds     Holds    // until when, for the reasons that Hold is told
	released  []*Lease // in order; those taken back since count no more
	releasing int      // those that count
}

// New returns an empty table.
func New(cfg Config) *Table {
	t := &Table{cfg: cfg}
	for i := range t.classes {
		t.classes[i].peak = newPeak(cfg.History)
		t.classes[i].quota = quota{window: cfg.Window, share: cfg.Share}
	}
	return t
}

// Grant starts a lease, anew if it was granted before: it lasts until the
// holder hasn't been heard for the duration. A nil holder stands for one that
// this lease has to itself. Granting is a word of the holder. A grant of class
// Adopted spends that class's window.
func (t *Table) Grant(now time.Duration, l *Lease, h *Holder, c Class, duration time.Duration) {
	if h == nil {
		h = newSole(duration)
	}
	t.Heard(now, h)
	t.Drop(now, l)
	l.class = c
	term := h.term(duration)
	term.add(l)
	if term.index < 0 {
		t.start(term)
	}
	if c == Own {
		h.own++
		t.listen(now, h)
	}
	t.hold(now, c, +1)
	if c == Adopted {
		t.classes[c].quota.opens = now + t.cfg.Window
		t.tell(Event{At: now, What: Spent, Class: c})
	}
}

// Heard renews all leases of the holder, those that are queued too. Its cost
// doesn't depend on how many leases run.
func (t *Table) Heard(now time.Duration, h *Holder) {
	h.heard = now
	if h.queued == 0 && !h.left {
		return
	}
	h.left = false
	for _, term := range h.terms {
		if term.index >= 0 {
			continue
		}
		for _, l := range term.leases {
			t.unqueue(l)
		}
		t.start(term)
	}
	t.listen(now, h)
}

// Renew renews one lease, and with it all that share its holder. It does
// nothing to a lease that isn't in the table.
func (t *Table) Renew(now time.Duration, l *Lease) {
	if l.term != nil {
		t.Heard(now, l.term.holder)
	}
}

// Drop ends a lease without an eviction. It does nothing to a lease that isn't
// in the table.
func (t *Table) Drop(now time.Duration, l *Lease) {
	if l.term == nil {
		return
	}
	term := l.term
	if l.place != 0 {
		t.unqueue(l)
	}
	term.remove(l)
	if len(term.leases) == 0 {
		if term.index >= 0 {
			heap.Remove(&t.running, term.index)
		}
		term.holder.forget(term)
	}
	if l.class == Own {
		term.holder.own--
		t.listen(now, term.holder)
	}
	t.hold(now, l.class, -1)
}

// enqueue puts a lease that has ended into the queue of its class.
func (t *Table) enqueue(l *Lease) {
	t.classes[l.class].queue.push(l)
	l.term.holder.queued++
	if l.class == Own {
		l.term.holder.ownQueued++
	}
}

// unqueue takes a lease out of its queue, and back from a release.
func (t *Table) unqueue(l *Lease) {
	t.classes[l.class].queue.remove(l)
	l.term.holder.queued--
	if l.class == Own {
		l.term.holder.ownQueued--
	}
	if l.released {
		l.released = false
		t.classes[l.class].releasing--
	}
}

func (t *Table) start(term *term) {
	term.due = term.deadline()
	heap.Push(&t.running, term)
}

// hold counts a lease that comes or goes.
func (t *Table) hold(now time.Duration, c Class, n int) {
	t.classes[c].held += n
	t.classes[c].peak.set(now, t.classes[c].held)
	t.tell(Event{At: now, What: Level, Class: c, Held: t.classes[c].held})
}
