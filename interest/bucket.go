package interest

// bucket holds the members that share one atom. It is a slice, so that members
// are visited in the same order in every run, and each member knows its seat,
// so that leaving takes constant time.
type bucket[T comparable] struct {
	seats []seat[T]
}

// seat is one member's seat in a bucket.
type seat[T comparable] struct {
	member *member[T]
	atom   int // index in member.set.atoms and member.places
}

// place is where a member sits for one of its atoms.
type place[T comparable] struct {
	bucket *bucket[T]
	seat   int
}

// add gives the member a seat for its atom with that index.
func (b *bucket[T]) add(m *member[T], atom int) {
	m.places[atom] = place[T]{bucket: b, seat: len(b.seats)}
	b.seats = append(b.seats, seat[T]{member: m, atom: atom})
}

// remove frees a seat: whoever sits last moves there.
func (b *bucket[T]) remove(at int) {
	last := len(b.seats) - 1
	moved := b.seats[last]
	b.seats[at] = moved
	moved.member.places[moved.atom].seat = at
	b.seats[last] = seat[T]{}
	b.seats = b.seats[:last]
}
