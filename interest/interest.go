package interest

import (
	"cmp"
	"iter"

	"heureka/model"
)

// Kind says which part of an instance an Interest looks at.
type Kind string

// The kinds of interest.
const (
	App       Kind = "app"       // the application; values are folded to upper case
	VIP       Kind = "vip"       // any element of the vip list
	SecureVIP Kind = "secureVip" // any element of the secure vip list
	ID        Kind = "id"        // the instance id, in any application
	Full      Kind = "full"      // the whole registry; has no operator and no value
)

// Op says how an Interest compares. Neither ever matches what an instance
// doesn't have: one without a vip isn't even like ".*".
type Op string

// The operators.
const (
	// Equals is exact and case-sensitive; the default. As applications are
	// folded to upper case, so is the value that is compared with them.
	Equals Op = "equals"
	// Like takes an RE2 pattern that must match the whole text. Folding a pattern
	// would change its meaning (\d, \D), so patterns for applications are left
	// as they are and matched without regard to case.
	Like Op = "like"
)

// Interest is one atom of what a subscriber wants to hear of.
type Interest struct {
	Kind  Kind   `json:"kind"`
	Op    Op     `json:"op,omitempty"`
	Value string `json:"value,omitempty"`
}

// compare orders interests by kind, then operator, then value.
func (i Interest) compare(other Interest) int {
	return cmp.Or(
		cmp.Compare(i.Kind, other.Kind),
		cmp.Compare(i.Op, other.Op),
		cmp.Compare(i.Value, other.Value),
	)
}

// text returns what the instance says of the kind, a list as it is written.
func (k Kind) text(in *model.Instance) string {
	switch k {
	case App:
		return in.App
	case VIP:
		return in.VIP
	case SecureVIP:
		return in.SecureVIP
	case ID:
		return in.ID
	default:
		return ""
	}
}

// values yields the values that the instance has for the kind, each once; none
// is empty.
func (k Kind) values(in *model.Instance) iter.Seq[string] {
	switch k {
	case VIP:
		return in.VIPs()
	case SecureVIP:
		return in.SecureVIPs()
	default:
		return func(yield func(string) bool) {
			if text := k.text(in); text != "" {
				yield(text)
			}
		}
	}
}
