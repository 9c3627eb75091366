package model

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func incarnation(name string, id byte) Incarnation {
	return Incarnation{Name: name, ID: uuid.UUID{15: id}}
}

func TestVersionsAreOrderedBy(t *testing.T) {
	a1, a2, b1 := incarnation("a", 1), incarnation("a", 2), incarnation("b", 1)
	rising := []struct {
		rule string
		v    Version
	}{
		{"no version comes first", Version{}},
		{"a time", Version{1, 0, a1, 0}},
		{"at the same turn the incarnation's id", Version{1, 0, a2, 0}},
		{"its name counts before its id", Version{1, 0, b1, 0}},
		{"the override counts where all else is the same", Version{1, 0, b1, 5}},
		{"a turn counts more than the incarnation", Version{1, 1, a1, 0}},
		{"the infinite turn is above all turns", Version{1, TurnEnd, a1, 0}},
		{"a time counts more than any turn", Version{2, 0, a1, 0}},
		{"times have no sign", Version{1 << 63, 0, a1, 0}},
	}
	for i, a := range rising {
		for j, b := range rising {
			want := 0
			switch {
			case i < j:
				want = -1
			case i > j:
				want = 1
			}
			if got := a.v.Compare(b.v); got != want {
				t.Errorf("%s (%v) against %s (%v): %d, want %d", a.rule, a.v, b.rule, b.v, got, want)
			}
		}
	}
}

func TestOrdersAreTotal(t *testing.T) {
	random := rand.New(rand.NewPCG(*seed, 1))
	incarnations := []Incarnation{{}, incarnation("a", 1), incarnation("a", 2), incarnation("b", 1), incarnation("ab", 1)}
	var versions []Version
	var dots []Dot
	var keys []Key
	for range 40 {
		inc := incarnations[random.IntN(len(incarnations))]
		versions = append(versions, Version{Time(random.Uint64N(3)), random.Uint32N(3), inc, Time(random.Uint64N(2))})
		dots = append(dots, Dot{inc, random.Uint64N(3)})
		keys = append(keys, NewKey([]string{"a", "ab", ""}[random.IntN(3)], []string{"", "b", "bb"}[random.IntN(3)]))
	}
	total(t, "versions", versions)
	total(t, "dots", dots)
	total(t, "keys", keys)
	total(t, "incarnations", incarnations)
}

// total checks that Compare is 0 for equal values only, turns its sign when its
// sides are changed and is transitive.
func total[T interface {
	comparable
	Compare(T) int
}](t *testing.T, name string, values []T) {
	t.Helper()
	for _, a := range values {
		for _, b := range values {
			if (a.Compare(b) == 0) != (a == b) || a.Compare(b) != -b.Compare(a) {
				t.Fatalf("%s %v and %v: %d and %d", name, a, b, a.Compare(b), b.Compare(a))
			}
			for _, c := range values {
				if a.Compare(b) <= 0 && b.Compare(c) <= 0 && a.Compare(c) > 0 {
					t.Fatalf("%s %v, %v, %v are not in order", name, a, b, c)
				}
			}
		}
	}
}

func TestVersionText(t *testing.T) {
	id := "0123456789ab-cdef-0123-4567-89abcdef"
	v := Version{Time: 0xabc, Turn: 2, Incarnation: Incarnation{Name: "write-1", ID: uuid.MustParse(strings.ReplaceAll(id, "-", ""))}}
	if got, want := v.String(), "abc-2-write-1/01234567-89ab-cdef-0123-456789abcdef"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, v := range []Version{
		v,
		{},
		{Time: 1<<64 - 1, Turn: TurnEnd, Incarnation: incarnation("n", 0)},
		{Time: 0, Turn: 1, Incarnation: incarnation("a/b-c", 9)},
		{Time: 3, Incarnation: incarnation("a+b/c", 9)},
		{Time: 3, Incarnation: incarnation("a+b/c", 9), Override: 1<<64 - 1},
	} {
		got, err := ParseVersion(v.String())
		if err != nil || got != v {
			t.Errorf("%s is read as %v, %v", v, got, err)
		}
	}
}

func TestParseVersionRefuses(t *testing.T) {
	good := incarnation("n", 1).String()
	for _, test := range []struct{ rule, text string }{
		{"a part", "1"},
		{"two parts", "1-2"},
		{"no time", "-2-" + good},
		{"a time that is no number", "x-2-" + good},
		{"a negative time", "-1-2-" + good},
		{"a time of more than 64 bits", "10000000000000000-2-" + good},
		{"a turn of more than 32 bits", "1-100000000-" + good},
		{"no incarnation", "1-2-"},
		{"no name", "1-2-/" + uuid.UUID{}.String()},
		{"no id", "1-2-n/"},
		{"an id that is none", "1-2-n/x"},
		{"an override that is none", "1-2-" + good + "+"},
		{"an override that is nothing", "1-2-" + good + "+0"},
		{"an override that is no number", "1-2-" + good + "+x"},
		{"something very long, not repeated whole", strings.Repeat("x", 100_000)},
		{"a long incarnation, not repeated whole", "1-2-" + strings.Repeat("x", 100_000)},
	} {
		t.Run(test.rule, func(t *testing.T) {
			v, err := ParseVersion(test.text)
			if !errors.Is(err, ErrVersion) || v != (Version{}) || len(err.Error()) > 400 {
				t.Errorf("read as %v, %.500v", v, err)
			}
		})
	}
}

// FuzzParseVersion holds that what is read is written so that it reads the same.
func FuzzParseVersion(f *testing.F) {
	f.Add("abc-2-write-1/01234567-89ab-cdef-0123-456789abcdef")
	f.Add("abc-2-write-1/01234567-89ab-cdef-0123-456789abcdef+abc")
	f.Add("")
	f.Add("0-0-a/{01234567-89ab-cdef-0123-456789abcdef}")
	f.Add("1-1-/01234567-89ab-cdef-0123-456789abcdef")
	f.Fuzz(func(t *testing.T, text string) {
		v, err := ParseVersion(text)
		if err != nil {
			return
		}
		again, err := ParseVersion(v.String())
		if err != nil || again != v || again.Compare(v) != 0 {
			t.Fatalf("%q is read as %v, that as %v, %v", text, v, again, err)
		}
	})
}

func TestTimeLeavesTheNodesBits(t *testing.T) {
	at := Time(1_700_000_000_000_000<<TimeNodeBits | 0xfff)
	if got := at.Micros(); got != 1_700_000_000_000_000 {
		t.Errorf("%d microseconds", got)
	}
}
