package simtest

import (
	"fmt"
	"slices"

	"heureka/model"
	"heureka/registry"
)

// authored is the twin: all that was ever authored, by author.
type authored map[model.Incarnation][]*registry.Entry

func (a authored) add(e *registry.Entry) {
	a[e.Dot.Incarnation] = append(a[e.Dot.Incarnation], e)
}

// check compares a map with what its vector says. Nothing is forgotten within a
// run, so tombstones count too.
func (a authored) check(m *registry.Map) error {
	want := make(map[model.Key]*registry.Entry)
	for inc, seq := range m.Vector() {
		if seq > uint64(len(a[inc])) {
			return fmt.Errorf("vector says %d of %s, who authored %d", seq, inc, len(a[inc]))
		}
		for _, e := range a[inc][:seq] {
			if have := want[e.Key]; have == nil || have.Compare(e) < 0 {
				want[e.Key] = e
			}
		}
	}
	if len(want) != m.Live()+m.Tombstones() {
		return fmt.Errorf("%d entries, its vector says %d", m.Live()+m.Tombstones(), len(want))
	}
	for key, e := range want {
		if got := m.Get(key); got == nil || got.Compare(e) != 0 {
			return fmt.Errorf("%s is %+v, its vector says %+v", key, got, e)
		}
	}
	return nil
}

// watch checks one change of a node's view against what it showed before.
func (w *world) watch(n *node, c model.Change) {
	if n.number++; c.Number != n.number {
		w.fail("Ordered", "%s numbered a change %d after %d", n.name, c.Number, n.number-1)
	}
	before, held := n.shown[c.Key]
	if held != (c.Before != nil) || held && c.Before != before.After {
		w.fail("Ordered", "%s: the change of %s doesn't fit what was shown", n.name, c.Key)
	}
	if held && c.Version.Compare(before.Version) < 0 {
		w.fail("Fenced", "%s showed %s at %s after %s", n.name, c.Key, c.Version, before.Version)
	}
	if c.Kind == model.Remove {
		delete(n.shown, c.Key)
		return
	}
	if held && before.Hash == c.Hash {
		w.fail("Unique", "%s showed %s again unchanged", n.name, c.Key)
	}
	n.shown[c.Key] = c
}

func sorted(entries []*registry.Entry) []*registry.Entry {
	slices.SortFunc(entries, func(a, b *registry.Entry) int { return a.Key.Compare(b.Key) })
	return entries
}
