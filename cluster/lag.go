package cluster

import (
	"slices"
	"time"

	"heureka/model"
)

// lag knows how far, and for how long, a node is behind the vectors that it
// hears. Under load everyone is behind the newest word for an instant; what
// counts is a number that was heard and still hasn't come.
type lag struct {
	missing map[model.Incarnation]shortfall
}

// shortfall is the first number of an incarnation that was found missing, and
// since when it is.
type shortfall struct {
	first uint64
	since time.Duration
}

// update compares the vector with those heard. Waiting says whose deltas wait
// in the inbox for something that is missing.
func (l *lag) update(v model.Vector, heard []*Member, waiting []model.Incarnation, now time.Duration) {
	if l.missing == nil {
		l.missing = make(map[model.Incarnation]shortfall)
	}
	ahead := make(map[model.Incarnation]uint64)
	for _, m := range heard {
		for inc, seq := range m.Beacon.Vector {
			if seq > v[inc] && seq > ahead[inc] {
				ahead[inc] = seq
			}
		}
	}
	for _, inc := range waiting {
		ahead[inc] = max(ahead[inc], v[inc]+1)
	}
	for inc := range l.missing {
		if ahead[inc] == 0 {
			delete(l.missing, inc)
		}
	}
	for inc, seq := range ahead {
		if s, ok := l.missing[inc]; !ok || v[inc] >= s.first {
			l.missing[inc] = shortfall{first: seq, since: now}
		}
	}
}

// any reports whether anything that was heard is missing.
func (l *lag) any() bool { return len(l.missing) > 0 }

// longer reports whether something has been missing for longer than that.
func (l *lag) longer(than, now time.Duration) bool {
	for _, s := range l.missing {
		if now-s.since > than {
			return true
		}
	}
	return false
}

// sources returns the members that have something missing: whose vector is ahead,
// or who authored what waits.
func (l *lag) sources(v model.Vector, heard []*Member) []*Member {
	var out []*Member
	for _, m := range heard {
		_, author := l.missing[m.Incarnation]
		if author || !v.Includes(m.Beacon.Vector) {
			out = append(out, m)
		}
	}
	return slices.Clip(out)
}
