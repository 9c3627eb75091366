package pages

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

func (c *cuts) put(row *Row) {
	for i := range c {
		c[i].put(row)
	}
}

func (c *cuts) remove(like *Row) {
	for i := range c {
		c[i].remove(like)
	}
}

func (c *cuts) share() (leaves [len(cuts{})][]*leaf) {
	for i := range c {
		leaves[i] = c[i].share()
	}
	return leaves
}
