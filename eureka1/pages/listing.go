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
	target int // weight of a leaf
	leaves []*leaf
	shared bool // a snapshot has this very slice
	rows   int
	splits uint64
	joins  uint64
}

// get returns the row like that one, nil if there is none.
func (l *listing) get(like *Row) *Row {
	if len(l.leaves) == 0 {
		return nil
	}
	leaf := l.leaves[l.near(like)]
	if place, found := leaf.find(like); found {
		return leaf.rows[place]
	}
	return nil
}

// put adds a row, or replaces the one like it.
func (l *listing) put(row *Row) {
	l.own()
	if len(l.leaves) == 0 {
		l.leaves = append(l.leaves, newLeaf([]*Row{row}))
		l.rows++
		return
	}
	at := l.near(row)
	place, found := l.leaves[at].find(row)
	if !found {
		l.rows++
	}
	next := l.leaves[at].with(row, place, found)
	l.leaves[at] = next
	if next.weight > l.target*3/2 && len(next.rows) > 1 {
		l.split(at, place)
	}
}

// split cuts a leaf in the middle; where rows come in order, so that the last one is
// the newest, at the target, which leaves full leaves behind.
func (l *listing) split(at, newest int) {
	whole, weight := l.leaves[at], l.leaves[at].weight/2
	if newest == len(whole.rows)-1 {
		weight = max(weight, l.target)
	}
	left, right := whole.cut(weight)
	l.leaves[at] = left
	l.leaves = slices.Insert(l.leaves, at+1, right)
	l.splits++
}

// remove takes out the row like that one, if there is any.
func (l *listing) remove(like *Row) {
	if len(l.leaves) == 0 {
		return
	}
	at := l.near(like)
	place, found := l.leaves[at].find(like)
	if !found {
		return
	}
	l.own()
	l.rows--
	if len(l.leaves[at].rows) == 1 {
		l.leaves = slices.Delete(l.leaves, at, at+1)
		return
	}
	l.leaves[at] = l.leaves[at].without(place)
	if l.leaves[at].weight < l.target/2 {
		l.join(at)
	}
}

// join puts a leaf together with its lighter neighbour, unless that makes too much.
func (l *listing) join(at int) {
	left := at - 1
	if at == 0 || at+1 < len(l.leaves) && l.leaves[at+1].weight < l.leaves[left].weight {
		left = at
	}
	if left+1 == len(l.leaves) || l.leaves[left].weight+l.leaves[left+1].weight > l.target*5/4 {
		return
	}
	l.leaves[left] = l.leaves[left].joined(l.leaves[left+1])
	l.leaves = slices.Delete(l.leaves, left+1, left+2)
	l.joins++
}

// near returns the leaf that has a row like that, or that it would go into.
func (l *listing) near(like *Row) int {
	after := sort.Search(len(l.leaves), func(i int) bool { return l.leaves[i].first().compare(like) > 0 })
	return max(0, after-1)
}

// own makes the slice the listing's own again, so that it may be changed.
func (l *listing) own() {
	if l.shared {
		l.leaves, l.shared = slices.Clone(l.leaves), false
	}
}

// share returns the leaves as they are now. Nobody changes that slice any more.
func (l *listing) share() []*leaf {
	l.shared = true
	return slices.Clip(l.leaves)
}
