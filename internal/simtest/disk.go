package simtest

import (
	"maps"
	"slices"

	"heureka/cluster"
	"heureka/internal/promise"
	"heureka/model"
	"heureka/registry"
	"heureka/write-node/journal"
)

// disk is what a write node finds after a crash: its map as it was at one moment.
// What was acknowledged is on it, unless the machine went too; then it is what
// was written some time before.
type disk struct {
	held    map[registry.Slot]*registry.Entry
	vector  model.Vector
	horizon model.Vector
	journal *journal.Journal // of the present run
	due     bool             // the next state is to be written
}

// begin prepares the disk for a new run.
func (d *disk) begin() {
	if d.held == nil {
		d.held = make(map[registry.Slot]*registry.Entry)
	}
	d.journal = journal.New(journal.DefaultConfig())
}

// keep notes what has changed of the map, and writes it when it is time, as a write
// node does.
func (n *node) keep(effects cluster.Effects) {
	if n.disk == nil {
		return
	}
	for _, t := range effects.Transitions {
		n.disk.journal.Mark(t.Slot)
	}
	for _, slot := range effects.Forgotten {
		n.disk.journal.Mark(slot)
	}
	if n.disk.due {
		n.store()
	}
}

// store writes to the node's disk, if it has one, what has changed of its map. Then
// the disk must hold all of it, and nothing else.
func (n *node) store() {
	if n.disk == nil {
		return
	}
	m, d := n.replica.Map(), n.disk
	d.due = false
	b := d.journal.Next(m, n.moment())
	if b == nil {
		return
	}
	for _, e := range b.Entries {
		d.held[e.Slot()] = e
	}
	for _, slot := range b.Gone {
		delete(d.held, slot)
	}
	d.vector, d.horizon = b.Vector, b.Horizon
	d.journal.Written(n.mono())
	inMap := make(map[registry.Slot]*registry.Entry, len(d.held))
	for e := range m.All() {
		inMap[e.Slot()] = e
	}
	if !maps.Equal(d.held, inMap) {
		n.w.broke(promise.Kept, n.name, "its disk holds %d entries, and not the %d of its map", len(d.held), len(inMap))
	}
}

// restore gives a new incarnation what its disk holds. It reports whether there was
// anything.
func (d *disk) restore(n *node) bool {
	if d == nil || len(d.vector) == 0 {
		return false
	}
	entries := slices.SortedFunc(maps.Values(d.held), func(a, b *registry.Entry) int { return a.Slot().Compare(b.Slot()) })
	n.replica.Restore(entries, d.vector, d.horizon, n.moment())
	return true
}
