package fanout

import (
	"iter"
	"slices"

	"heureka/interest"
	"heureka/model"
)

// want is all that a set wants of one kind, so that each value is looked at once,
// however many interests it matches.
type want struct {
	kind   interest.Kind
	equals map[string]bool
	likes  int             // patterns that there are, too
	known  map[string]bool // whether a value matches one of them
	match  func(value string) bool
}

// wants returns what a set wants, kind by kind.
func wants(set interest.Set, known Verdicts) []*want {
	var out []*want
	for _, atom := range set.Atoms() { // sorted by kind
		if len(out) == 0 || out[len(out)-1].kind != atom.Kind {
			out = append(out, &want{
				kind: atom.Kind, equals: make(map[string]bool), known: known[atom.Kind], match: matcher(set, atom.Kind),
			})
		}
		w := out[len(out)-1]
		if atom.Op == interest.Like {
			w.likes++
		} else {
			w.equals[atom.Value] = true
		}
	}
	return out
}

// has reports whether a value is wanted.
func (w *want) has(value string) bool {
	if w.equals[value] || w.likes == 0 {
		return w.equals[value]
	}
	if verdict, ok := w.known[value]; ok {
		return verdict
	}
	return w.match(value)
}

// could reports whether a value is wanted, or may be: it is so where finding out
// takes more patterns than the budget has left.
func (w *want) could(value string, budget *int) bool {
	if w.equals[value] || w.likes == 0 {
		return w.equals[value]
	}
	*budget -= w.likes
	return *budget < 0 || w.match(value)
}

// equalsAny reports whether a record has a value that is wanted, of a set without
// patterns.
func (w *want) equalsAny(r *record) bool {
	wanted := func(value string) bool { return w.equals[value] }
	switch {
	case w.kind == interest.App:
		return w.equals[r.key.App]
	case w.kind == interest.ID:
		return w.equals[r.key.ID]
	case r.labels == nil:
		return false
	case w.kind == interest.VIP:
		return slices.ContainsFunc(r.labels.vips, wanted)
	default:
		return slices.ContainsFunc(r.labels.secureVIPs, wanted)
	}
}

// pick yields what the wanted values have in a map. It looks the values up where
// they are fewer than what the map has.
func pick[V any](w *want, of map[string]V) iter.Seq[V] {
	return func(yield func(V) bool) {
		if w.likes == 0 && len(w.equals) < len(of) {
			for value := range w.equals {
				if v, ok := of[value]; ok && !yield(v) {
					return
				}
			}
			return
		}
		for value, v := range of {
			if w.has(value) && !yield(v) {
				return
			}
		}
	}
}

// matcher returns what tells whether a value of that kind matches any interest of
// the set; it stops at the first that does.
func matcher(set interest.Set, kind interest.Kind) func(value string) bool {
	probe := new(model.Instance)
	return func(value string) bool {
		switch kind {
		case interest.App:
			probe.App = value
		case interest.VIP:
			probe.VIP = value
		case interest.SecureVIP:
			probe.SecureVIP = value
		case interest.ID:
			probe.ID = value
		}
		return set.Match(probe)
	}
}
