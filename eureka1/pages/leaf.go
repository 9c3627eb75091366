package pages

import "sort"

// leaf is a run of a document's rows, in order; never empty, and immutable.
type leaf struct {
	rows   []*Row
	weight int // sum of the rows'
}

func newLeaf(rows []*Row) *leaf {
	l := &leaf{rows: rows}
	for _, r := range rows {
		l.weight += r.weight
	}
	return l
}

func (l *leaf) first() *Row { return l.rows[0] }
func (l *leaf) last() *Row  { return l.rows[len(l.rows)-1] }

// find returns where a row like that is, or would go.
func (l *leaf) find(like *Row) (place int, found bool) {
	return sort.Find(len(l.rows), func(i int) int { return like.compare(l.rows[i]) })
}

// with returns the leaf with a row at that place, instead of the one there or
// before it.
func (l *leaf) with(row *Row, place int, instead bool) *leaf {
	rest := place
	if instead {
		rest++
	}
	rows := make([]*Row, 0, len(l.rows)+1)
	rows = append(rows, l.rows[:place]...)
	rows = append(rows, row)
	return newLeaf(append(rows, l.rows[rest:]...))
}

// without returns the leaf without the row at that place, which isn't its only one.
func (l *leaf) without(place int) *leaf {
	rows := make([]*Row, 0, len(l.rows)-1)
	rows = append(rows, l.rows[:place]...)
	return newLeaf(append(rows, l.rows[place+1:]...))
}

// joined returns one leaf with the rows of both, the other's last.
func (l *leaf) joined(other *leaf) *leaf {
	rows := make([]*Row, 0, len(l.rows)+len(other.rows))
	return newLeaf(append(append(rows, l.rows...), other.rows...))
}

// cut returns two leaves, the first of about that weight. It has two rows at least.
func (l *leaf) cut(weight int) (*leaf, *leaf) {
	at, sum := 0, 0
	for at < len(l.rows)-1 && (at == 0 || sum+l.rows[at].weight/2 < weight) {
		sum += l.rows[at].weight
		at++
	}
	return newLeaf(l.rows[:at:at]), newLeaf(l.rows[at:])
}
