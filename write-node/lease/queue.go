package lease

// queue holds ended leases in the order in which they ended. A lease that is
// taken out leaves a hole; holes go when they are half of it.
type queue struct {
	items []*Lease
	head  int // everything before it is a hole
	live  int
}

func (q *queue) push(l *Lease) {
	q.items = append(q.items, l)
	q.live++
	l.place = len(q.items)
}

// front returns the lease that ended first, nil if there is none.
func (q *queue) front() *Lease {
	for q.head < len(q.items) {
		if l := q.items[q.head]; l != nil {
			return l
		}
		q.head++
	}
	return nil
}

func (q *queue) remove(l *Lease) {
	q.items[l.place-1] = nil
	l.place = 0
	q.live--
	if q.live*2 <= len(q.items) {
		q.compact()
	}
}

func (q *queue) compact() {
	kept := q.items[:0]
	for _, l := range q.items[q.head:] {
		if l != nil {
			kept = append(kept, l)
			l.place = len(kept)
		}
	}
	clear(q.items[len(kept):])
	if len(kept) == 0 {
		kept = nil // give the memory of a large event back
	}
	q.items, q.head = kept, 0
}
