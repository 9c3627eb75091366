package simtest

import (
	"slices"

	"heureka/model"
	"heureka/registry"
)

// disk is what a write node finds after a crash: its map as it was at one moment.
// What was acknowledged is on it, unless the machine went too; then it is what
// was written some time before.
type disk struct {
	entries []*registry.Entry
	vector  model.Vector
	horizon model.Vector
}

// store writes the node's map to its disk, if it has one, as a whole.
func (n *node) store() {
	if n.disk == nil {
		return
	}
	m := n.replica.Map()
	n.disk.entries = slices.SortedFunc(m.All(), func(a, b *registry.Entry) int { return a.Slot().Compare(b.Slot()) })
	n.disk.vector, n.disk.horizon = m.Vector().Clone(), m.Horizon().Clone()
}

// restore gives a new incarnation what its disk holds. It reports whether there was
// anything.
func (d *disk) restore(n *node) bool {
	if d == nil || len(d.vector) == 0 {
		return false
	}
	n.replica.Restore(d.entries, d.vector, d.horizon, n.moment())
	return true
}
