package simtest

import (
	"heureka/cluster"
	"heureka/model"
	"heureka/registry"
)

// authored is all that was ever authored, by author, in the order of its numbers.
type authored map[model.Incarnation][]*registry.Entry

// collect takes what a node has just authored out of its messages.
func (w *world) collect(n *node, messages []cluster.Outgoing) {
	for _, o := range messages {
		d, ok := o.Message.(*cluster.Delta)
		if !ok {
			continue
		}
		for _, e := range d.Entries {
			if e.Dot.Incarnation != n.self || e.Dot.Seq != uint64(len(w.authored[n.self])+1) {
				w.fail("Gapless", n.name, e.Key, "authored number %d of %s after %d", e.Dot.Seq, e.Dot.Incarnation, len(w.authored[n.self]))
			}
			w.authored[n.self] = append(w.authored[n.self], e)
			w.ends(n, e)
		}
	}
}

// twin is what a node's map must hold, found out from its vector and from all that
// was ever authored.
type twin struct {
	folded model.Vector
	want   map[registry.Slot]*registry.Entry
	over   map[registry.Slot]model.Vector // what had been merged when the slot was last seen without a live entry
	gone   map[model.Incarnation]bool     // folded, and departed from the vector
	checks int
}

func newTwin() *twin {
	return &twin{folded: make(model.Vector), want: make(map[registry.Slot]*registry.Entry), over: make(map[registry.Slot]model.Vector), gone: make(map[model.Incarnation]bool)}
}

// check compares the map with what its vector says: each time where the vector
// has moved, and everything now and then.
func (t *twin) check(n *node) {
	const whole = 50 // checks
	var moved []*registry.Entry
	for inc, seq := range n.replica.Map().Vector() {
		moved = append(moved, t.fold(n, inc, seq)...)
	}
	t.depart(n)
	for _, e := range moved {
		t.checkSlot(n, e.Slot())
	}
	if t.checks++; t.checks%whole == 0 {
		t.checkAll(n)
	}
}

// fold takes what an incarnation authored up to a number, and returns it.
func (t *twin) fold(n *node, inc model.Incarnation, seq uint64) []*registry.Entry {
	all, from := n.w.authored[inc], t.folded[inc]
	if seq > uint64(len(all)) {
		n.w.broke("Gapless", n.name, "its vector says %d of %s, who authored %d", seq, inc, len(all))
		return nil
	}
	if from >= seq {
		return nil
	}
	for _, e := range all[from:seq] {
		if have := t.want[e.Slot()]; have == nil || beats(e, have) {
			t.want[e.Slot()] = e
		}
	}
	t.folded[inc] = seq
	return all[from:seq]
}

// depart finds who has left the vector. What was folded of them counts as merged;
// the map must bear nothing of it.
func (t *twin) depart(n *node) {
	m := n.replica.Map()
	for inc := range t.folded {
		if _, has := m.Vector()[inc]; has {
			delete(t.gone, inc)
			continue
		}
		if t.gone[inc] {
			continue
		}
		t.gone[inc], n.w.departed[inc] = true, true
		n.w.results.Departed++
		for e := range m.All() {
			if e.Dot.Incarnation == inc {
				n.w.fail("Gapless", n.name, e.Key, "held, and its author %s has departed", inc)
			}
		}
	}
}

func (t *twin) checkAll(n *node) {
	for slot := range t.want {
		t.checkSlot(n, slot)
	}
	for e := range n.replica.Map().All() {
		if t.want[e.Slot()] == nil {
			n.w.fail("Gapless", n.name, e.Key, "held, and never authored")
		}
	}
}

// checkSlot compares one slot. Where a tombstone has been forgotten, an older copy
// may have come in late: digests and whole maps see to it that it goes. But it can't
// be one that had been merged before.
func (t *twin) checkSlot(n *node, slot registry.Slot) {
	want, got := t.want[slot], n.replica.Map().Get(slot.Key)
	if slot.Override {
		got = n.replica.Map().Override(slot.Key)
	}
	if n.w.flavour.forgets && !got.Live() {
		t.over[slot] = t.folded.Clone()
	}
	if got != nil && got.Version == want.Version && got.Dot == want.Dot && got.Removed == want.Removed && got.Hash == want.Hash && got.Status == want.Status {
		return
	}
	back := got.Live() && t.over[slot][got.Dot.Incarnation] >= got.Dot.Seq
	forgotten := t.gone[want.Dot.Incarnation] || n.replica.Map().Horizon()[want.Dot.Incarnation] >= want.Dot.Seq
	if want.Removed && forgotten && !back || got == nil && n.w.endedByDeparted(want) {
		return
	}
	n.w.fail("Gapless", n.name, slot.Key, "is %+v, its vector says %+v", got, want)
}

// endedByDeparted reports whether somebody who has departed from any vector ended an
// entry: a node that came later hears of neither.
func (w *world) endedByDeparted(e *registry.Entry) bool {
	for inc := range w.departed {
		for _, end := range w.authored[inc] {
			if end.Slot() == e.Slot() && end.Removed && beats(end, e) {
				return true
			}
		}
	}
	return false
}

// beats reports whether of two entries of a key the first is the greater one.
func beats(a, b *registry.Entry) bool {
	switch va, vb := a.Version, b.Version; {
	case va.Time != vb.Time:
		return va.Time > vb.Time
	case va.Turn != vb.Turn:
		return va.Turn > vb.Turn
	case va.Incarnation != vb.Incarnation:
		return va.Incarnation.String() > vb.Incarnation.String()
	case a.Removed != b.Removed:
		return a.Removed
	case a.Dot.Incarnation != b.Dot.Incarnation:
		return a.Dot.Incarnation.String() > b.Dot.Incarnation.String()
	default:
		return a.Dot.Seq > b.Dot.Seq
	}
}
