package interest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"heureka/model"
)

// Set is a union of interests in canonical form. The zero Set matches nothing.
type Set struct {
	atoms []atom // sorted, each once; the full interest stands alone
	text  string
}

// atom is an interest that is ready to match.
type atom struct {
	Interest
	like *like // set where Op is Like
}

// NewSet returns the union of the interests. Equal unions give equal sets:
// applications are folded, Equals is filled in, duplicates are dropped, the
// order doesn't count and the full interest absorbs all others. The error is an
// *Error about the first interest that can't be accepted.
func NewSet(limits Limits, interests []Interest) (Set, error) {
	if len(interests) > limits.Interests {
		return Set{}, &Error{TooMany, -1,
			fmt.Sprintf("%d in one subscription, %d are allowed", len(interests), limits.Interests)}
	}
	atoms := make([]atom, 0, len(interests))
	for i, in := range interests {
		a, err := newAtom(limits, in)
		if err != nil {
			err.Index = i
			return Set{}, err
		}
		atoms = append(atoms, a)
	}
	slices.SortFunc(atoms, func(a, b atom) int { return a.compare(b.Interest) })
	atoms = slices.CompactFunc(atoms, func(a, b atom) bool { return a.Interest == b.Interest })
	if i := slices.IndexFunc(atoms, func(a atom) bool { return a.Kind == Full }); i >= 0 {
		atoms = []atom{atoms[i]}
	}
	return Set{atoms: atoms, text: canonicalText(atoms)}, nil
}

// newAtom checks one interest and brings it into canonical form.
func newAtom(limits Limits, in Interest) (atom, *Error) {
	invalid := func(format string, args ...any) (atom, *Error) {
		return atom{}, &Error{Fault: Invalid, Reason: fmt.Sprintf(format, args...)}
	}
	switch in.Kind {
	case App, VIP, SecureVIP, ID:
	case Full:
		if in.Op != "" || in.Value != "" {
			return invalid("the full interest has no operator and no value")
		}
		return atom{Interest: in}, nil
	default:
		return invalid("there is no kind %.40q", string(in.Kind))
	}
	if in.Op == "" {
		in.Op = Equals
	}
	if in.Op != Equals && in.Op != Like {
		return invalid("there is no operator %.40q", string(in.Op))
	}
	if in.Value == "" {
		return invalid("the value is missing")
	}
	if !model.ValidText(in.Value) {
		return invalid("the value has control characters or isn't UTF-8")
	}
	if in.Kind == App && in.Op == Equals {
		in.Value = model.FoldApp(in.Value)
	}
	if len(in.Value) > limits.Value {
		return atom{}, &Error{Fault: TooLong,
			Reason: fmt.Sprintf("the value is %d bytes long, %d are allowed", len(in.Value), limits.Value)}
	}
	if in.Op == Like {
		like, err := compile(in.Kind, in.Value, limits.Pattern)
		if err != nil {
			return atom{}, &Error{Fault: BadPattern, Reason: "the value " + err.Error()}
		}
		return atom{Interest: in, like: like}, nil
	}
	if (in.Kind == VIP || in.Kind == SecureVIP) && !isElement(in.Value) {
		return invalid("the value %.40q can't be one element of a list", in.Value)
	}
	return atom{Interest: in}, nil
}

// isElement reports whether a comma-separated list can have that element.
func isElement(value string) bool {
	return !strings.Contains(value, ",") && strings.TrimSpace(value) == value
}

func canonicalText(atoms []atom) string {
	var text []byte
	for i, a := range atoms {
		if i > 0 {
			text = append(text, " | "...)
		}
		text = append(text, a.Kind...)
		if a.Kind != Full {
			text = append(append(append(text, ' '), a.Op...), ' ')
			text = strconv.AppendQuote(text, a.Value)
		}
	}
	return string(text)
}

// String returns the canonical text, such as
//
//	app equals "ORDERS" | vip like "pay-.*"
//
// Two sets have the same text if and only if they are equal; values are quoted,
// so that none can look like several. The zero Set has the empty text.
func (s Set) String() string { return s.text }

// Equal reports whether both are the same union.
func (s Set) Equal(other Set) bool { return s.text == other.text }

// Empty reports whether the set has no interest and so matches nothing.
func (s Set) Empty() bool { return len(s.atoms) == 0 }

// Full reports whether the set matches every instance.
func (s Set) Full() bool { return len(s.atoms) == 1 && s.atoms[0].Kind == Full }

// Atoms returns the interests of the set, sorted. The caller may keep them.
func (s Set) Atoms() []Interest {
	out := make([]Interest, len(s.atoms))
	for i, a := range s.atoms {
		out[i] = a.Interest
	}
	return out
}

// Pattern is one Like of a set, ready to match. It may be used by several
// goroutines.
type Pattern struct {
	Kind Kind
	like *like
}

// Match reports whether the pattern matches one value: an application's name as it
// is folded, one vip of a list, an id. A value that doesn't begin as all that the
// pattern matches costs next to nothing.
func (p Pattern) Match(value string) bool { return p.like.match(value) }

// Patterns returns the patterns of the set, sorted. The caller may keep them.
func (s Set) Patterns() []Pattern {
	var out []Pattern
	for _, a := range s.atoms {
		if a.Op == Like {
			out = append(out, Pattern{a.Kind, a.like})
		}
	}
	return out
}

// Match reports whether any interest of the set matches the instance, which
// must be canonical. No set matches nil.
func (s Set) Match(in *model.Instance) bool {
	if in == nil {
		return false
	}
	for i := range s.atoms {
		if s.atoms[i].match(in) {
			return true
		}
	}
	return false
}

func (a *atom) match(in *model.Instance) bool {
	if a.Kind == Full {
		return true
	}
	for value := range a.Kind.values(in) {
		if a.like == nil && value == a.Value || a.like != nil && a.like.match(value) {
			return true
		}
	}
	return false
}
