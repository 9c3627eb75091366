package fanout

import (
	"maps"
	"math"
	"slices"

	"heureka/interest"
	"heureka/model"
)

// Survey is what has to be matched against the patterns of a new group: each
// distinct value that the view has, once. That can take long, and belongs to who
// brought the patterns: a Survey doesn't change any more and may be passed to
// another goroutine. What comes to the view meanwhile the Hub matches itself.
type Survey struct {
	atoms  []interest.Interest // the patterns
	values map[interest.Kind][]string
}

// Verdicts says which values match which pattern, as far as it was found out.
type Verdicts map[interest.Interest]map[string]bool

// Survey returns what is to be matched before Subscribe is called with that set:
// nothing if the set has no patterns, or somebody has the same.
func (h *Hub) Survey(set interest.Set) Survey {
	var s Survey
	if h.groups[set.String()] != nil {
		return s
	}
	for _, atom := range set.Atoms() {
		if atom.Op != interest.Like {
			continue
		}
		if s.values == nil {
			s.values = make(map[interest.Kind][]string)
		}
		if s.values[atom.Kind] == nil {
			s.values[atom.Kind] = h.catalog.values(atom.Kind)
		}
		s.atoms = append(s.atoms, atom)
	}
	return s
}

// Match finds out. It asks cancelled before each match, and reports false if that
// returned true.
func (s Survey) Match(cancelled func() bool) (Verdicts, bool) {
	out := make(Verdicts, len(s.atoms))
	for _, atom := range s.atoms {
		matches := matcher(atom, nil)
		verdicts := make(map[string]bool, len(s.values[atom.Kind]))
		out[atom] = verdicts
		for _, value := range s.values[atom.Kind] {
			if cancelled() {
				return nil, false
			}
			verdicts[value] = matches(value)
		}
	}
	return out, true
}

// values returns the distinct values that a kind of interest looks at.
func (c *catalog) values(kind interest.Kind) []string {
	switch kind {
	case interest.App:
		return slices.Collect(maps.Keys(c.apps))
	case interest.VIP:
		return slices.Collect(maps.Keys(c.vips))
	case interest.SecureVIP:
		return slices.Collect(maps.Keys(c.secureVIPs))
	default: // ID
		ids := make([]string, 0, c.count)
		for _, of := range c.apps {
			ids = slices.AppendSeq(ids, maps.Keys(of))
		}
		return ids
	}
}

// matcher returns what tells whether a value matches an atom; verdicts that are
// known count.
func matcher(atom interest.Interest, known map[string]bool) func(value string) bool {
	unbounded := interest.Limits{Interests: 1, Value: math.MaxInt, Pattern: math.MaxInt}
	set, err := interest.NewSet(unbounded, []interest.Interest{atom})
	if err != nil {
		panic("fanout: an atom of a set isn't accepted by itself: " + err.Error())
	}
	return func(value string) bool {
		if verdict, ok := known[value]; ok {
			return verdict
		}
		var probe model.Instance
		switch atom.Kind {
		case interest.App:
			probe.App = value
		case interest.VIP:
			probe.VIP = value
		case interest.SecureVIP:
			probe.SecureVIP = value
		case interest.ID:
			probe.ID = value
		}
		return set.Match(&probe)
	}
}
