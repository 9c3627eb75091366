package pages

import (
	"slices"
	"sort"
)

// listing is a document's rows, cut into leaves. What is above one and a half times
// the target is split, and what is below half of it after a removal joins a
// neighbour, where both together stay well below a split: so a change touches two
// leaves at most, and those that it leaves behind are far from the next split.
type listing struct {
	target int     // weight of a leaf
	leaves []*leaf // a slice that is replaced, never written to
	rows   int
	splits uint64
	joins  uint64
}

// get returns the row like that one, nil if there is none.
func (l *listing) get(like *Row) *Row {
	if len(l.leaves) == 0 {
		return nil
	}
	leaf := l.leaves[near(l.leaves, like)]
	if place, found := leaf.find(like); found {
		return leaf.rows[place]
	}
	return nil
}

// fill makes the listing hold rows, which are in order, and no others.
func (l *listing) fill(rows []*Row) {
	l.leaves, l.rows = nil, 0
	var edits []edit
	for _, row := range rows {
		edits = append(edits, edit{row: row})
	}
	l.apply(edits)
}

// apply makes edits, which are in order, each of another row. Each leaf that they
// concern is made anew once.
func (l *listing) apply(edits []edit) {
	if len(edits) == 0 {
		return
	}
	old := l.leaves
	if len(old) == 0 {
		old = []*leaf{{}}
	}
	leaves := make([]*leaf, 0, len(old)+2)
	var light []int // places of leaves that lost rows, and have few left
	for at := 0; at < len(old); {
		next := len(old)
		if len(edits) > 0 {
			next = at + near(old[at:], edits[0].row)
		}
		leaves = append(leaves, old[at:next]...)
		if next == len(old) {
			break
		}
		mine := edits
		if next+1 < len(old) {
			mine = edits[:before(edits, old[next+1].first())]
		}
		edits = edits[len(mine):]
		edited := old[next].edited(mine)
		l.rows += len(edited.rows) - len(old[next].rows)
		leaves = l.divide(leaves, edited, mine)
		if edited.weight < min(l.target/2, old[next].weight) && len(edited.rows) > 0 {
			light = append(light, len(leaves)-1)
		}
		at = next + 1
	}
	for _, at := range slices.Backward(light) {
		leaves = l.join(leaves, at)
	}
	l.leaves = slices.Clip(leaves)
}

// share takes leaves of another listing instead of those that hold the same rows, so
// that these are kept once, and so are their texts.
func (l *listing) share(other *listing) {
	var leaves []*leaf
	rest := other.leaves
	for i, mine := range l.leaves {
		for len(rest) > 0 && rest[0] != mine && rest[0].first().compare(mine.first()) < 0 {
			rest = rest[1:]
		}
		if len(rest) == 0 {
			break
		}
		switch theirs := rest[0]; {
		case theirs == mine:
			rest = rest[1:]
		case slices.Equal(theirs.rows, mine.rows):
			if leaves == nil {
				leaves = slices.Clone(l.leaves)
			}
			leaves[i] = theirs
		}
	}
	if leaves != nil {
		l.leaves = leaves
	}
}

// before returns how many of the edits belong before a row.
func before(edits []edit, row *Row) int {
	return sort.Search(len(edits), func(i int) bool { return edits[i].row.compare(row) >= 0 })
}

// divide appends a leaf after edits, in parts if it is too heavy, at most one more for
// each edit: cut in the middle; where rows come in order, so that the last one is the
// newest, or many at once, at the target, which leaves full leaves behind. Of a leaf
// without rows it appends nothing.
func (l *listing) divide(leaves []*leaf, whole *leaf, edits []edit) []*leaf {
	newest := edits[len(edits)-1].row
	for n := 0; n < len(edits) && whole.weight > l.target*3/2 && len(whole.rows) > 1; n++ {
		weight := whole.weight / 2
		if newest == whole.last() || whole.weight > l.target*3 {
			weight = l.target
		}
		var left *leaf
		left, whole = whole.cut(weight)
		leaves = append(leaves, left)
		l.splits++
	}
	if len(whole.rows) == 0 {
		return leaves
	}
	return append(leaves, whole)
}

// join puts a leaf that is light together with its lighter neighbour, unless that
// makes too much.
func (l *listing) join(leaves []*leaf, at int) []*leaf {
	left := at - 1
	if at == 0 || at+1 < len(leaves) && leaves[at+1].weight < leaves[left].weight {
		left = at
	}
	if left+1 == len(leaves) || leaves[left].weight+leaves[left+1].weight > l.target*5/4 {
		return leaves
	}
	leaves[left] = leaves[left].joined(leaves[left+1])
	l.joins++
	return slices.Delete(leaves, left+1, left+2)
}

// near returns the leaf that has a row like that, or that it would go into.
func near(leaves []*leaf, like *Row) int {
	after := sort.Search(len(leaves), func(i int) bool {
		return len(leaves[i].rows) > 0 && leaves[i].first().compare(like) > 0
	})
	return max(0, after-1)
}
