package interest

import "heureka/model"

// Index finds out whom a change concerns. T identifies who has a Set: an
// interest group, a query. What a change costs depends on how many Ts it
// concerns, not on how many there are; only a value that was not seen before,
// or not for long, is matched against all patterns for its kind.
//
// It belongs to one goroutine.
type Index[T comparable] struct {
	members map[T]*member[T]
	full    bucket[T]
	lanes   [4]lane[T]   // one for each kind but Full
	turn    uint64       // of the present Route
	touched []*member[T] // by the present Route; kept between them for its room
}

// member is a T that is in the index.
type member[T comparable] struct {
	t      T
	set    Set
	places []place[T] // places[i] is where set.atoms[i] put it
	turn   uint64     // of the Route that last touched it
	was    bool       // matched before that change
	is     bool       // matches after it
}

// NewIndex returns an empty index that remembers verdicts within the limits.
func NewIndex[T comparable](limits Limits) *Index[T] {
	x := &Index[T]{members: make(map[T]*member[T])}
	for i, kind := range [...]Kind{App, VIP, SecureVIP, ID} {
		x.lanes[i] = lane[T]{kind: kind, verdicts: cache[T]{limit: limits.Verdicts / len(x.lanes)}}
	}
	return x
}

// Add puts t in with its set. If t is there already, the set replaces its old one.
func (x *Index[T]) Add(set Set, t T) {
	x.Remove(t)
	m := &member[T]{t: t, set: set, places: make([]place[T], len(set.atoms))}
	x.members[t] = m
	for i, a := range set.atoms {
		x.bucketOf(a).add(m, i)
	}
}

// Remove takes t out. It does nothing if t isn't there.
func (x *Index[T]) Remove(t T) {
	m, ok := x.members[t]
	if !ok {
		return
	}
	delete(x.members, t)
	for i, a := range m.set.atoms {
		at := m.places[i]
		at.bucket.remove(at.seat)
		if len(at.bucket.seats) == 0 && a.Kind != Full {
			x.lane(a.Kind).release(a)
		}
	}
	if len(x.members) == 0 {
		x.members, x.full, x.touched = make(map[T]*member[T]), bucket[T]{}, nil
	}
}

// Route calls visit for each T whose set matched the instance before the change
// or matches it after, once. A nil instance is one that isn't there; both must
// be canonical. The visit must not use the index.
func (x *Index[T]) Route(before, after *model.Instance, visit func(t T, was, is bool)) {
	x.turn++
	x.touch(&x.full, before != nil, after != nil)
	for i := range x.lanes {
		l := &x.lanes[i]
		switch {
		case l.empty():
		case before != nil && after != nil && l.kind.text(before) == l.kind.text(after):
			x.routeValues(l, after, true, true)
		default:
			x.routeValues(l, before, true, false)
			x.routeValues(l, after, false, true)
		}
	}
	for _, m := range x.touched {
		visit(m.t, m.was, m.is)
	}
	clear(x.touched)
	x.touched = x.touched[:0]
}

// routeValues touches everyone whom one of the instance's values concerns.
func (x *Index[T]) routeValues(l *lane[T], in *model.Instance, was, is bool) {
	if in == nil {
		return
	}
	for value := range l.kind.values(in) {
		if b, ok := l.equals[value]; ok {
			x.touch(b, was, is)
		}
		for _, p := range l.likes(value) {
			x.touch(&p.bucket, was, is)
		}
	}
}

// touch notes that everyone in the bucket is concerned.
func (x *Index[T]) touch(b *bucket[T], was, is bool) {
	if !was && !is {
		return
	}
	for _, s := range b.seats {
		m := s.member
		if m.turn != x.turn {
			m.turn, m.was, m.is = x.turn, false, false
			x.touched = append(x.touched, m)
		}
		m.was = m.was || was
		m.is = m.is || is
	}
}

// bucketOf returns the bucket for an atom, made if there was none.
func (x *Index[T]) bucketOf(a atom) *bucket[T] {
	if a.Kind == Full {
		return &x.full
	}
	return x.lane(a.Kind).bucketOf(a)
}

func (x *Index[T]) lane(kind Kind) *lane[T] {
	for i := range x.lanes {
		if x.lanes[i].kind == kind {
			return &x.lanes[i]
		}
	}
	panic("interest: no set has the kind " + kind)
}

// Stats counts what an index holds.
type Stats struct {
	Members      int    // Ts
	Values       int    // distinct values that some T's set names with Equals
	Patterns     int    // distinct patterns that some T's set names with Like
	Verdicts     int    // values whose matching patterns are remembered
	VerdictBytes int    // that these take, estimated
	Matches      uint64 // matches of a pattern against a value, since the index was made
}

// Stats returns what the index holds. All but Matches are 0 once the last T has
// gone.
func (x *Index[T]) Stats() Stats {
	stats := Stats{Members: len(x.members)}
	for i := range x.lanes {
		l := &x.lanes[i]
		stats.Values += len(l.equals)
		stats.Patterns += len(l.patterns)
		stats.Verdicts += len(l.verdicts.young) + len(l.verdicts.old)
		stats.VerdictBytes += l.verdicts.youngBytes + l.verdicts.oldBytes
		stats.Matches += l.matches
	}
	return stats
}
