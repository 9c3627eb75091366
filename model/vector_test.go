package model

import (
	"math/rand/v2"
	"testing"
)

func randomVector(random *rand.Rand) Vector {
	v := make(Vector)
	for i := range random.IntN(4) {
		v[incarnation(string(rune('a'+i)), byte(random.IntN(2)))] = random.Uint64N(4) // 0 is as good as missing
	}
	return v
}

func joined(a, b Vector) Vector {
	out := a.Clone()
	out.Join(b)
	return out
}

func TestVectorLaws(t *testing.T) {
	random := rand.New(rand.NewPCG(*seed, 2))
	for range 2000 {
		a, b, c := randomVector(random), randomVector(random), randomVector(random)
		d := Dot{incarnation("a", 0), random.Uint64N(5)}
		raised := a.Clone()
		raised.Raise(d)
		for _, law := range []struct {
			name  string
			holds bool
		}{
			{"includes itself", a.Includes(a)},
			{"includes nothing", a.Includes(nil)},
			{"two that include each other are equal", a.Equal(b) == (a.Includes(b) && b.Includes(a))},
			{"includes is transitive", !a.Includes(b) || !b.Includes(c) || a.Includes(c)},
			{"join is commutative", joined(a, b).Equal(joined(b, a))},
			{"join is associative", joined(joined(a, b), c).Equal(joined(a, joined(b, c)))},
			{"join is idempotent", joined(a, a).Equal(a)},
			{"join includes both", joined(a, b).Includes(a) && joined(a, b).Includes(b)},
			{"join is the least that does", !c.Includes(a) || !c.Includes(b) || c.Includes(joined(a, b))},
			{"join covers what either covers", joined(a, b).Covers(d) == (a.Covers(d) || b.Covers(d))},
			{"raise covers the dot", raised.Covers(d)},
			{"raise loses nothing", raised.Includes(a)},
			{"raise is a join with one dot", raised.Equal(joined(a, Vector{d.Incarnation: d.Seq}))},
			{"covers what is before, too", !a.Covers(d) || d.Seq == 0 || a.Covers(Dot{d.Incarnation, d.Seq - 1})},
		} {
			if !law.holds {
				t.Fatalf("seed %d: %s: a=%v b=%v c=%v d=%v", *seed, law.name, a, b, c, d)
			}
		}
	}
}

func TestVectorCloneIsItsOwn(t *testing.T) {
	a := Vector{incarnation("a", 1): 1}
	b := a.Clone()
	b.Raise(Dot{incarnation("a", 1), 2})
	if a[incarnation("a", 1)] != 1 {
		t.Error("a clone changed the original")
	}
	var none Vector
	if none.Clone() == nil || !none.Equal(Vector{incarnation("a", 1): 0}) || none.Covers(Dot{incarnation("a", 1), 1}) {
		t.Error("no vector isn't like an empty one")
	}
}
