package pages

import "slices"

// cuts is one document's rows, cut twice: for dialects that say all of an instance
// and for compact ones, which write less than half of that and are therefore cut into
// leaves of twice as many rows. Smaller segments compress worse.
type cuts [2]listing

// The cuts.
const (
	full = iota
	compact
)

func newCuts(target int) cuts { return cuts{full: {target: target}, compact: {target: 2 * target}} }

// cutOf returns the cut that an encoder's documents are made from.
func cutOf(encoder Encoder) int {
	if encoder.Compact() {
		return compact
	}
	return full
}

func (c *cuts) get(like *Row) *Row { return c[full].get(like) }
func (c *cuts) rows() int          { return c[full].rows }

// fill makes them hold rows, in any order, and no others.
func (c *cuts) fill(rows []*Row) {
	slices.SortFunc(rows, (*Row).compare)
	for i := range c {
		c[i].fill(rows)
	}
}

// apply makes edits, in any order; of several of one row the last.
func (c *cuts) apply(edits []edit) {
	edits = inOrder(edits)
	for i := range c {
		c[i].apply(edits)
	}
}

// share has them take each other listing's leaves where they hold the same rows.
func (c *cuts) share(other *cuts) {
	for i := range c {
		c[i].share(&other[i])
	}
}

// inOrder sorts edits, and keeps the last of those of one row.
func inOrder(edits []edit) []edit {
	slices.SortStableFunc(edits, func(a, b edit) int { return a.row.compare(b.row) })
	kept := edits[:0]
	for i, e := range edits {
		if i+1 == len(edits) || e.row.compare(edits[i+1].row) != 0 {
			kept = append(kept, e)
		}
	}
	return kept
}

func (c *cuts) leaves() (leaves [len(cuts{})][]*leaf) {
	for i := range c {
		leaves[i] = c[i].leaves
	}
	return leaves
}
