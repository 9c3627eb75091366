package fanout

import (
	"maps"
	"slices"

	"heureka/interest"
)

// Survey is what has to be matched against the patterns of a new group: the
// values that the view has. That can take long, and belongs to who brought the
// patterns: a Survey doesn't change any more and may be passed to another
// goroutine. What comes to the view meanwhile the Hub matches itself.
type Survey struct {
	patterns []interest.Pattern
	values   map[interest.Kind][]string
}

// Verdicts says of the values of each kind whether they match any pattern of the
// surveyed set, as far as it was found out.
type Verdicts map[interest.Kind]map[string]bool

// cover reports whether the verdicts say something of each kind for which a set has
// patterns.
func (v Verdicts) cover(set interest.Set) bool {
	return !slices.ContainsFunc(set.Atoms(), func(atom interest.Interest) bool {
		return atom.Op == interest.Like && v[atom.Kind] == nil
	})
}

// Survey returns what is to be matched before Subscribe is called with that set:
// nothing if the set has no patterns, or somebody has the same. If whoever that was
// has gone by the time of the Subscribe, the answer is ErrUnsurveyed.
func (h *Hub) Survey(set interest.Set) Survey {
	var s Survey
	if h.groups[set.String()] != nil {
		return s
	}
	s.patterns = set.Patterns()
	for _, p := range s.patterns {
		if s.values == nil {
			s.values = make(map[interest.Kind][]string)
		}
		if s.values[p.Kind] == nil {
			s.values[p.Kind] = h.catalog.values(p.Kind)
		}
	}
	return s
}

// Match finds out, and tries each distinct value until a pattern matches it. It
// asks cancelled before each match, and reports false if that returned true.
func (s Survey) Match(cancelled func() bool) (Verdicts, bool) {
	out := make(Verdicts, len(s.values))
	for kind, values := range s.values {
		patterns := slices.DeleteFunc(slices.Clone(s.patterns), func(p interest.Pattern) bool { return p.Kind != kind })
		verdicts := make(map[string]bool, len(values))
		for _, value := range values {
			if _, again := verdicts[value]; again {
				continue
			}
			matches := false
			for i := 0; i < len(patterns) && !matches; i++ {
				if cancelled() {
					return nil, false
				}
				matches = patterns[i].Match(value)
			}
			verdicts[value] = matches
		}
		out[kind] = verdicts
	}
	return out, true
}

// values returns the values that a kind of interest looks at; an id that several
// applications have comes several times.
func (c *catalog) values(kind interest.Kind) []string {
	switch kind {
	case interest.App:
		return slices.Collect(maps.Keys(c.apps))
	case interest.VIP:
		return slices.Collect(maps.Keys(c.labelled.vips))
	case interest.SecureVIP:
		return slices.Collect(maps.Keys(c.labelled.secureVIPs))
	default: // ID
		ids := make([]string, 0, c.count)
		for _, of := range c.apps {
			ids = slices.AppendSeq(ids, maps.Keys(of))
		}
		return ids
	}
}
