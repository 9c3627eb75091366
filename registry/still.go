package registry

import (
	"iter"
	"maps"

	"heureka/model"
)

// Still is what a view showed at one moment. It doesn't change any more, and may be
// passed to another goroutine.
type Still struct {
	entries []*Entry // that the map held, of any kind
	differs map[model.Key]Shown
}

// Still returns what the view shows now. It copies references and looks at nothing
// that they refer to: a few nanoseconds an entry. Who looks does so later.
func (v *View) Still() Still {
	s := Still{entries: make([]*Entry, 0, v.entries.held()), differs: maps.Clone(v.differs)}
	for e := range v.entries.Beyond(nil) {
		s.entries = append(s.entries, e)
	}
	return s
}

// Len returns how many instances there are at most.
func (s Still) Len() int { return len(s.entries) + len(s.differs) }

// All yields everything that was shown, in no particular order.
func (s Still) All() iter.Seq2[model.Key, Shown] {
	return func(yield func(model.Key, Shown) bool) {
		for key, shown := range s.differs {
			if !yield(key, shown) {
				return
			}
		}
		for _, e := range s.entries {
			if e.Override || !e.Live() {
				continue
			}
			if _, differs := s.differs[e.Key]; !differs && !yield(e.Key, plain(e)) {
				return
			}
		}
	}
}

// held returns how many entries the map holds.
func (m *Map) held() int { return len(m.instances) + len(m.overrides) }
