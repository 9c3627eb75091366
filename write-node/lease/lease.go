package lease

import (
	"slices"
	"time"

	"heureka/model"
)

// Class tells how a node came to hold a lease.
type Class uint8

// The classes. Their quotas are counted apart.
const (
	Own     Class = iota // the client spoke to this node
	Adopted              // taken over from another incarnation
	Classes              // how many classes there are
)

// String returns the class's name in logs and metrics.
func (c Class) String() string {
	if c == Adopted {
		return "adopted"
	}
	return "own"
}

// Lease is the right of one key to stay registered for as long as its holder is
// heard. Its maker sets Key and nothing else; it may be part of a larger
// struct. The zero state is: not in any table.
type Lease struct {
	Key model.Key

	class Class
	term  *term // nil: in no table
	slot  int   // index in term.leases
	place int   // index in the queue of its class, counted from 1; 0: not queued

	released bool // queued, and to leave without quota
}

// Granted reports whether the lease is in a table, running or queued.
func (l *Lease) Granted() bool { return l.term != nil }

// Class returns the class with which the lease was last granted.
func (l *Lease) Class() Class { return l.class }

// Queued reports whether the lease has ended and waits for its eviction.
func (l *Lease) Queued() bool { return l.place != 0 }

// Alive reports whether the lease is in a table and hasn't ended by now.
func (l *Lease) Alive(now time.Duration) bool { return l.term != nil && now < l.term.deadline() }

// Holder is what renews leases together. Its zero value is ready for use.
type Holder struct {
	heard  time.Duration
	terms  []*term // one for each duration among its leases
	queued int     // how many of its leases have ended

	own, ownQueued int // as above, those of class Own
	left           bool
	voice          voice // as the table has counted it
}

// term is the leases of one holder that last equally long: they end together.
type term struct {
	holder   *Holder
	duration time.Duration
	due      time.Duration // when the table looks at it again; never after its deadline
	index    int           // in the table's heap; -1: has ended, its leases are queued
	leases   []*Lease
}

// sole is a holder of one lease, in one piece of memory: each client that doesn't
// speak over a connection has one.
type sole struct {
	holder Holder
	term   term
	terms  [1]*term
	leases [1]*Lease
}

func newSole(duration time.Duration) *Holder {
	s := new(sole)
	s.term = term{holder: &s.holder, duration: duration, index: -1, leases: s.leases[:0]}
	s.terms[0], s.holder.terms = &s.term, s.terms[:]
	return &s.holder
}

func (t *term) deadline() time.Duration { return t.holder.heard + t.duration }

// term returns the holder's term of that duration, a new one if need be.
func (h *Holder) term(duration time.Duration) *term {
	for _, t := range h.terms {
		if t.duration == duration {
			return t
		}
	}
	t := &term{holder: h, duration: duration, index: -1}
	h.terms = append(h.terms, t)
	return t
}

func (h *Holder) forget(t *term) {
	i := slices.Index(h.terms, t)
	h.terms = slices.Delete(h.terms, i, i+1)
}

func (t *term) add(l *Lease) {
	l.term, l.slot = t, len(t.leases)
	t.leases = append(t.leases, l)
}

func (t *term) remove(l *Lease) {
	last := len(t.leases) - 1
	t.leases[l.slot] = t.leases[last]
	t.leases[l.slot].slot = l.slot
	t.leases[last] = nil
	t.leases = t.leases[:last]
	l.term = nil
}
