package pages

import "sort"

// leaf is a run of a document's rows, in order; never empty, and immutable.
type leaf struct {
	rows   []*Row
	weight int // sum of the rows'
}

func (l *leaf) first() *Row { return l.rows[0] }
func (l *leaf) last() *Row  { return l.rows[len(l.rows)-1] }

// find returns where a row like that is, or would go.
func (l *leaf) find(like *Row) (place int, found bool) {
	return find(l.rows, like)
}

func find(rows []*Row, like *Row) (place int, found bool) {
	return sort.Find(len(rows), func(i int) int { return like.compare(rows[i]) })
}

// edit puts a row where it belongs, instead of the one like it, or takes that out.
type edit struct {
	row  *Row
	gone bool
}

// edited returns the leaf after edits, which are in order; without any row it is of no
// more use. It looks at few of the rows that stay.
func (l *leaf) edited(edits []edit) *leaf {
	next := &leaf{rows: make([]*Row, 0, len(l.rows)+len(edits)), weight: l.weight}
	rest := l.rows
	for _, e := range edits {
		place, found := find(rest, e.row)
		next.rows = append(next.rows, rest[:place]...)
		rest = rest[place:]
		if found {
			next.weight -= rest[0].weight
			rest = rest[1:]
		}
		if !e.gone {
			next.rows = append(next.rows, e.row)
			next.weight += e.row.weight
		}
	}
	next.rows = append(next.rows, rest...)
	return next
}

// joined returns one leaf with the rows of both, the other's last.
func (l *leaf) joined(other *leaf) *leaf {
	rows := make([]*Row, 0, len(l.rows)+len(other.rows))
	return &leaf{append(append(rows, l.rows...), other.rows...), l.weight + other.weight}
}

// cut returns two leaves, the first of about that weight. It has two rows at least.
func (l *leaf) cut(weight int) (*leaf, *leaf) {
	at, sum := 0, 0
	for at < len(l.rows)-1 && (at == 0 || sum+l.rows[at].weight/2 < weight) {
		sum += l.rows[at].weight
		at++
	}
	return &leaf{l.rows[:at:at], sum}, &leaf{l.rows[at:], l.weight - sum}
}
