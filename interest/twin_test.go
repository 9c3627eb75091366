package interest_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"heureka/interest"
	"heureka/model"
)

var seed = flag.Uint64("seed", 0, "seed of the comparison with the dumb twin; 0 tries a few fixed ones")

// twin is an index that asks every set about every change.
type twin map[int]interest.Set

func (w twin) route(before, after *model.Instance) map[int][2]bool {
	out := make(map[int][2]bool)
	for who, set := range w {
		if was, is := set.Match(before), set.Match(after); was || is {
			out[who] = [2]bool{was, is}
		}
	}
	return out
}

// TestIndexIsItsTwin adds, replaces, removes and routes at random, with so few
// words that they meet, and with room for few verdicts, so that they come and go.
func TestIndexIsItsTwin(t *testing.T) {
	seeds := []uint64{1, 2, 3, 4, 5, 6, 7, 8}
	if *seed != 0 {
		seeds = []uint64{*seed}
	}
	for _, seed := range seeds {
		for _, room := range []int{0, 8 << 10, 64 << 20} {
			t.Run(fmt.Sprintf("seed=%d,room=%d", seed, room), func(t *testing.T) {
				compareWithTwin(t, rand.New(rand.NewPCG(seed, 0)), room)
			})
		}
	}
}

func compareWithTwin(t *testing.T, random *rand.Rand, room int) {
	limits := interest.DefaultLimits()
	limits.Verdicts = room
	x, w := interest.NewIndex[int](limits), make(twin)
	for step := range 1500 {
		who := random.IntN(60)
		switch random.IntN(5) {
		case 0:
			set := randomSet(t, random)
			x.Add(set, who)
			w[who] = set
		case 1:
			x.Remove(who)
			delete(w, who)
		default:
			before, after := randomInstance(random), randomInstance(random)
			got := make(map[int][2]bool)
			x.Route(before, after, func(who int, was, is bool) {
				if _, twice := got[who]; twice {
					t.Fatalf("step %d: %d is visited twice", step, who)
				}
				got[who] = [2]bool{was, is}
			})
			if want := w.route(before, after); !maps.Equal(got, want) {
				t.Fatalf("step %d: %+v to %+v concerns\n%v, want\n%v", step, before, after, got, want)
			}
		}
		if got := x.Stats().Members; got != len(w) {
			t.Fatalf("step %d: %d members, want %d", step, got, len(w))
		}
	}
	for who := range w {
		x.Remove(who)
	}
	if got := x.Stats(); got != (interest.Stats{Matches: got.Matches}) {
		t.Fatalf("empty, it holds %+v", got)
	}
}

func randomSet(t testing.TB, random *rand.Rand) interest.Set {
	words := []string{"a", "b", "aa", "ab", "ba"}
	patterns := []string{"a.*", ".*", "a|b", "[^a]", "(?i)A+", ".", "b?a?", "(?-i)a", `\Qab`}
	kinds := []interest.Kind{interest.App, interest.VIP, interest.SecureVIP, interest.ID}
	var interests []interest.Interest
	for range random.IntN(5) {
		kind := kinds[random.IntN(len(kinds))]
		switch random.IntN(8) {
		case 0:
			interests = append(interests, full())
		case 1, 2, 3:
			interests = append(interests, like(kind, patterns[random.IntN(len(patterns))]))
		default:
			interests = append(interests, equals(kind, words[random.IntN(len(words))]))
		}
	}
	return newSet(t, interests...)
}

// randomInstance returns nil at times: an instance that isn't there.
func randomInstance(random *rand.Rand) *model.Instance {
	if random.IntN(6) == 0 {
		return nil
	}
	words := []string{"a", "b", "aa", "ab", "ba", "c", "k"}
	word := func() string { return words[random.IntN(len(words))] }
	list := func() string {
		switch random.IntN(4) {
		case 0:
			return ""
		case 1:
			return word()
		default:
			return word() + ", " + word()
		}
	}
	return (&model.Instance{App: word(), ID: word(), VIP: list(), SecureVIP: list()}).Canonical()
}
