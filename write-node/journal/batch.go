package journal

import (
	"heureka/model"
	"heureka/registry"
)

// Batch is one step from one state of the map to a later one. It is written as a
// whole or not at all.
type Batch struct {
	// Whole says that Entries are all of the map, and that whatever is stored beside
	// them goes.
	Whole   bool
	Entries []*registry.Entry // tombstones too
	Gone    []registry.Slot   // where the map holds nothing any more
	// Vector and Horizon are the map's after this step.
	Vector, Horizon model.Vector
	Wall            int64 // the wall clock when it was cut, µs since 1970; 0: unknown
}

// cut makes the batch that brings what is stored up to the map.
func cut(m *registry.Map, slots map[registry.Slot]struct{}, whole bool, wall int64) *Batch {
	b := &Batch{Whole: whole, Vector: m.Vector().Clone(), Horizon: m.Horizon().Clone(), Wall: wall}
	if whole {
		for e := range m.All() {
			b.Entries = append(b.Entries, e)
		}
		return b
	}
	for slot := range slots {
		if e := held(m, slot); e != nil {
			b.Entries = append(b.Entries, e)
		} else {
			b.Gone = append(b.Gone, slot)
		}
	}
	return b
}

func held(m *registry.Map, slot registry.Slot) *registry.Entry {
	if slot.Override {
		return m.Override(slot.Key)
	}
	return m.Get(slot.Key)
}
