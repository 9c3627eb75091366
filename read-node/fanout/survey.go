package fanout

import (
	"maps"
	"math"
	"slices"

	"heureka/interest"
)

// Survey is what has to be matched against the patterns of a new group: the
// values that the view has. That can take long, and belongs to who brought the
// patterns: a Survey doesn't change any more and may be passed to another
// goroutine. What comes to the view meanwhile the Hub matches itself.
type Survey struct {
	atoms  []interest.Interest // the patterns
	values map[interest.Kind][]string
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

// Match finds out, and tries each distinct value until a pattern matches it. It
// asks cancelled before each match, and reports false if that returned true.
func (s Survey) Match(cancelled func() bool) (Verdicts, bool) {
	out := make(Verdicts, len(s.values))
	open := make(map[interest.Kind][]string, len(s.values)) // what nothing has matched so far
	for kind, values := range s.values {
		out[kind] = make(map[string]bool, len(values))
		for _, value := range values {
			out[kind][value] = false
		}
		open[kind] = slices.Collect(maps.Keys(out[kind]))
	}
	for _, atom := range s.atoms {
		matches := matcher(alone(atom), atom.Kind)
		rest := open[atom.Kind][:0]
		for _, value := range open[atom.Kind] {
			if cancelled() {
				return nil, false
			}
			if matches(value) {
				out[atom.Kind][value] = true
			} else {
				rest = append(rest, value)
			}
		}
		open[atom.Kind] = rest
	}
	return out, true
}

// alone returns the set of nothing but one atom of a set.
func alone(atom interest.Interest) interest.Set {
	unbounded := interest.Limits{Interests: 1, Value: math.MaxInt, Pattern: math.MaxInt}
	set, err := interest.NewSet(unbounded, []interest.Interest{atom})
	if err != nil {
		panic("fanout: an atom of a set isn't accepted by itself: " + err.Error())
	}
	return set
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
