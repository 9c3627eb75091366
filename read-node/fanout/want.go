package fanout

import (
	"iter"

	"heureka/interest"
	"heureka/model"
)

// want is all that a set wants of one kind, so that each value is looked at once,
// however many interests it matches.
type want struct {
	kind   interest.Kind
	equals map[string]bool
	likes  bool            // there are patterns, too
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
			w.likes = true
		} else {
			w.equals[atom.Value] = true
		}
	}
	return out
}

// has reports whether a value is wanted.
func (w *want) has(value string) bool {
	if w.equals[value] || !w.likes {
		return w.equals[value]
	}
	if verdict, ok := w.known[value]; ok {
		return verdict
	}
	return w.match(value)
}

// pick yields what the wanted values have in a map. It looks the values up where
// they are fewer than what the map has.
func pick[V any](w *want, of map[string]V) iter.Seq[V] {
	return func(yield func(V) bool) {
		if !w.likes && len(w.equals) < len(of) {
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
