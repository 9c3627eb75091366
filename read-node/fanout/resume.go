package fanout

import (
	"slices"

	"heureka/model"
)

// missed is what a resuming session hasn't been told yet of what it missed.
type missed struct {
	keys []model.Key // each takes two references
	// number is that of the last change before the Subscribe: what came later, the
	// log says.
	number uint64
}

const (
	missedCost = 2 // references of one key
	// putLines is how many removes a put is as long as.
	putLines = 8
	// smallSnapshot is how many removes are never too many.
	smallSnapshot = 8
	// keyMatches is how many patterns are matched against keys for one frame, or one
	// token, to find out whether a remove may be left out.
	keyMatches = 1000
)

// resume notes what a token of the session's newest Subscribe amounts to.
func (h *Hub) resume(s *session, r *Resume) {
	switch {
	case r.Refused != "":
		s.refused = r.Refused
		h.counters.Refused++
	case s.group != nil:
	case r.TooMuch:
		h.counters.Outweighed++
	default:
		keys, fit := h.sift(s.next, r.Missed)
		if !fit {
			h.counters.Outweighed++
			return
		}
		s.missed = &missed{keys: keys, number: h.number}
		h.references += missedCost * len(keys)
		h.counters.Resumed++
	}
}

// sift returns those of the keys of which a subscriber with the group's set has to
// hear, each once. It reports false where a snapshot is the thing to say: because
// that is shorter, or because there is no room.
func (h *Hub) sift(g *group, all []model.Key) ([]model.Key, bool) {
	h.catalog.nextTurn()
	var puts, removes []model.Key
	budget := keyMatches
	room := (h.config.References - h.references) / missedCost
	for _, key := range all {
		switch r := h.catalog.get(key); {
		case r != nil && r.mark == h.catalog.turn:
		case r != nil && g.has(r):
			r.mark = h.catalog.turn
			puts = append(puts, key)
		case r != nil && g.loose(), r == nil && g.could(key, &budget):
			removes = append(removes, key)
		}
		if len(puts)+len(removes) > room || len(removes) > putLines*g.count+smallSnapshot {
			return nil, false
		}
	}
	slices.SortFunc(removes, model.Key.Compare)
	removes = slices.Compact(removes)
	return slices.Concat(removes, puts), len(removes) <= putLines*(g.count-len(puts))+smallSnapshot
}

// owed returns the record that a resuming session must be told of one key that it
// missed, nil where it is a remove. It reports false if the log says it.
func (h *Hub) owed(s *session, at stand, key model.Key) (*record, bool) {
	r := h.catalog.get(key)
	switch {
	case r != nil && s.group.has(r):
		return r, r.number <= s.missed.number
	case at.log.departed[key] > s.missed.number:
		return nil, false
	case r != nil && at.log == h.node:
		return nil, !s.group.loose() || r.since <= s.missed.number
	default:
		return nil, true
	}
}

// tell counts keys as told.
func (h *Hub) tell(s *session, keys int) {
	s.missed.keys = s.missed.keys[keys:]
	h.references -= missedCost * keys
	if len(s.missed.keys) == 0 {
		s.missed.keys = nil
	}
}

// forgetMissed makes the session one that doesn't resume.
func (h *Hub) forgetMissed(s *session) {
	if s.missed != nil {
		h.tell(s, len(s.missed.keys))
		s.missed = nil
	}
}
