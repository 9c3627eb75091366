package fanout

import (
	"iter"
	"slices"

	"heureka/interest"
	"heureka/model"
)

// Selection is what the view has for a question. [Hub.Gather] fills it, part by part,
// with references; who asked does the work of sorting, unpacking and matching, on
// a goroutine of its own when all is gathered.
type Selection struct {
	set   interest.Set
	walks bool // everything is gathered, and what the set matches is picked out later
	// parts are as they were gathered. Where it walks, what comes later is newer.
	parts [][]candidate
	// cursor is up to where the node's log has been gathered, and since the number of
	// the last change when that began.
	cursor, since uint64
	looked        int // places of the log
}

// candidate is an instance that may be selected, or none: it has left since it was
// gathered.
type candidate struct {
	key      model.Key
	instance model.Packed
}

// NewSelection returns one that nothing has been gathered for.
func NewSelection(set interest.Set) *Selection {
	like := func(in interest.Interest) bool { return in.Op == interest.Like }
	return &Selection{set: set, walks: set.Full() || slices.ContainsFunc(set.Atoms(), like)}
}

// Gather adds to a selection, and reports whether that is all. A set of values takes
// time in proportion to the answer, and one call. Patterns, and the full interest,
// walk the node's log as a session does, most places at a time: when that has come
// to the log's end the selection is the view at that moment, whatever changed on the
// way. No pattern is matched here.
func (h *Hub) Gather(s *Selection, most int) (all bool) {
	if !s.walks {
		var part []candidate
		for r := range h.catalog.find(s.set, nil) {
			part = append(part, candidate{r.key, r.instance})
		}
		s.parts = append(s.parts, part)
		return true
	}
	if s.looked == 0 {
		s.since = h.number
	}
	switch {
	case h.node.forgotten > s.since: // what left meanwhile isn't all remembered: anew
		s.parts, s.cursor, s.since = nil, 0, h.number
		most = len(h.node.slots)
	case s.looked > 2*len(h.node.slots): // so much changes that the end is never reached
		most = len(h.node.slots)
	}
	return h.gatherPart(s, most)
}

func (h *Hub) gatherPart(s *Selection, most int) (all bool) {
	rest := h.node.after(s.cursor)
	places := rest[:min(most, len(rest))]
	part := make([]candidate, 0, len(places))
	for _, slot := range places {
		if h.node.counts(slot) && (!slot.departure() || slot.number() > s.since) {
			part = append(part, candidate{slot.record.key, slot.record.instance})
		}
		s.cursor = slot.number()
	}
	s.parts = append(s.parts, part)
	s.looked += len(places)
	return len(places) == len(rest)
}

// Instances yields what was selected, by rising key, each unpacked when it is its
// turn. Call it once, when all is gathered.
func (s *Selection) Instances() iter.Seq[*model.Instance] {
	found := slices.Concat(s.parts...)
	slices.SortStableFunc(found, func(a, b candidate) int { return a.key.Compare(b.key) })
	return func(yield func(*model.Instance) bool) {
		for i, c := range found {
			newer := i+1 < len(found) && found[i+1].key == c.key
			if newer || c.instance.IsZero() || s.walks && !s.matches(c) {
				continue
			}
			if !yield(c.instance.Unpack()) {
				return
			}
		}
	}
}

// matches reports whether the set matches a candidate. Most don't, and needn't be
// unpacked as a whole for that.
func (s *Selection) matches(c candidate) bool {
	outline := model.Instance{App: c.key.App, ID: c.key.ID}
	outline.VIP, outline.SecureVIP = c.instance.VIPs()
	return s.set.Match(&outline)
}
