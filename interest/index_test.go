package interest_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"heureka/interest"
	"heureka/model"
)

// visit is one call of Route's visitor.
type visit struct {
	who     string
	was, is bool
}

func route(x *interest.Index[string], before, after *model.Instance) []visit {
	var out []visit
	x.Route(before, after, func(who string, was, is bool) { out = append(out, visit{who, was, is}) })
	return out
}

func TestRoute(t *testing.T) {
	inVIP := func(vip string) *model.Instance {
		return &model.Instance{App: "ORDERS", ID: "o-1", VIP: vip, SecureVIP: "s"}
	}
	sets := map[string][]interest.Interest{
		"full":        {full()},
		"app":         {equals(interest.App, "orders")},
		"a":           {equals(interest.VIP, "a")},
		"b":           {equals(interest.VIP, "b")},
		"like a":      {like(interest.VIP, "a+")},
		"like b":      {like(interest.VIP, "b+")},
		"overlapping": {equals(interest.VIP, "a"), like(interest.VIP, "[ab]"), equals(interest.ID, "o-1"), like(interest.App, "o.*")},
		"other":       {equals(interest.App, "payments"), like(interest.ID, "p.*")},
		"nothing":     {},
	}
	x := interest.NewIndex[string](interest.DefaultLimits())
	for who, set := range sets {
		x.Add(newSet(t, set...), who)
	}
	tests := []struct {
		rule          string
		before, after *model.Instance
		want          []visit
	}{
		{"a registration enters", nil, inVIP("a"), []visit{
			{"a", false, true}, {"app", false, true}, {"full", false, true},
			{"like a", false, true}, {"overlapping", false, true}}},
		{"a removal leaves", inVIP("a"), nil, []visit{
			{"a", true, false}, {"app", true, false}, {"full", true, false},
			{"like a", true, false}, {"overlapping", true, false}}},
		{"a changed vip leaves the one and enters the other", inVIP("a"), inVIP("b"), []visit{
			{"a", true, false}, {"app", true, true}, {"b", false, true}, {"full", true, true},
			{"like a", true, false}, {"like b", false, true}, {"overlapping", true, true}}},
		{"a list that grows leaves nothing", inVIP("a"), inVIP("a,b"), []visit{
			{"a", true, true}, {"app", true, true}, {"b", false, true}, {"full", true, true},
			{"like a", true, true}, {"like b", false, true}, {"overlapping", true, true}}},
		{"overlapping interests are visited once", inVIP("a,b"), inVIP("a,b"), []visit{
			{"a", true, true}, {"app", true, true}, {"b", true, true}, {"full", true, true},
			{"like a", true, true}, {"like b", true, true}, {"overlapping", true, true}}},
		{"an instance that loses its vips leaves them", inVIP("b"), inVIP(""), []visit{
			{"app", true, true}, {"b", true, false}, {"full", true, true},
			{"like b", true, false}, {"overlapping", true, true}}},
		{"nothing before and nothing after concerns nobody", nil, nil, nil},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			got := route(x, test.before, test.after)
			slices.SortFunc(got, func(a, b visit) int { return compareText(a.who, b.who) })
			if !slices.Equal(got, test.want) {
				t.Errorf("visits\n%v, want\n%v", got, test.want)
			}
		})
	}
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func TestAddAgainReplaces(t *testing.T) {
	x := interest.NewIndex[string](interest.DefaultLimits())
	x.Add(newSet(t, equals(interest.App, "A"), like(interest.ID, "1|2")), "t")
	x.Add(newSet(t, equals(interest.App, "B")), "t")
	if got := route(x, nil, &model.Instance{App: "A", ID: "1"}); got != nil {
		t.Errorf("the old set is still routed to: %v", got)
	}
	if got := route(x, nil, &model.Instance{App: "B", ID: "1"}); len(got) != 1 {
		t.Errorf("the new set is visited as %v", got)
	}
	if got := x.Stats(); got.Members != 1 || got.Values != 1 || got.Patterns != 0 {
		t.Errorf("it holds %+v", got)
	}
	x.Remove("nobody")
	if got := x.Stats().Members; got != 1 {
		t.Errorf("removing nobody leaves %d members", got)
	}
}

func TestPatternsAreMatchedOncePerDistinctValue(t *testing.T) {
	const patterns = 10
	x := interest.NewIndex[int](interest.DefaultLimits())
	for i := range patterns {
		x.Add(newSet(t, like(interest.VIP, fmt.Sprintf("[uv]-[%d_]", i))), i)
		x.Add(newSet(t, like(interest.VIP, fmt.Sprintf("[uv]-[%d_]", i)), equals(interest.ID, "x")), 100+i)
	}
	change := func(before, after string) {
		x.Route(&model.Instance{App: "A", ID: "1", VIP: before}, &model.Instance{App: "A", ID: "1", VIP: after},
			func(int, bool, bool) {})
	}
	expect := func(what string, want uint64) {
		t.Helper()
		if got := x.Stats().Matches; got != want {
			t.Errorf("%s: %d matches, want %d", what, got, want)
		}
	}
	change("v-1", "v-1")
	expect("the first value", patterns)
	change("v-1", "v-1")
	change("v-1", "v-1")
	expect("the same value again", patterns)
	change("v-1", "v-2")
	expect("another value", 2*patterns)
	x.Add(newSet(t, like(interest.VIP, "v-.")), 200)
	change("v-1", "v-2")
	expect("both values, a pattern more", 2*patterns+2)
	x.Remove(200)
	x.Remove(3)
	change("v-1", "v-2")
	expect("patterns that went", 2*patterns+2)
}

func TestWhatNobodyWantsIsReleased(t *testing.T) {
	x := interest.NewIndex[int](interest.DefaultLimits())
	for i := range 100 {
		x.Add(newSet(t, like(interest.VIP, fmt.Sprintf("v%d.*", i)), equals(interest.App, fmt.Sprint(i%10))), i)
	}
	x.Add(newSet(t, full()), 1000)
	for i := range 100 {
		x.Route(nil, &model.Instance{App: "1", ID: "1", VIP: fmt.Sprintf("v%dx", i)}, func(int, bool, bool) {})
	}
	got := x.Stats()
	if got.Members != 101 || got.Values != 10 || got.Patterns != 100 || got.Verdicts != 100 || got.VerdictBytes == 0 {
		t.Errorf("it holds %+v", got)
	}
	for i := range 100 {
		x.Remove(i)
	}
	if got = x.Stats(); got != (interest.Stats{Members: 1, Matches: got.Matches}) {
		t.Errorf("with only the full interest left it holds %+v", got)
	}
	x.Remove(1000)
	if got = x.Stats(); got != (interest.Stats{Matches: got.Matches}) {
		t.Errorf("empty, it holds %+v", got)
	}
}

func TestVerdictsAreBounded(t *testing.T) {
	limits := interest.DefaultLimits()
	limits.Verdicts = 64 << 10
	x := interest.NewIndex[int](limits)
	for i := range 20 {
		x.Add(newSet(t, like(interest.ID, fmt.Sprintf("i.*|%d", i))), i)
	}
	const oneVerdict = 1 << 10 // generous for 20 patterns and a short value
	for i := range 5000 {
		visits := 0
		x.Route(nil, &model.Instance{App: "A", ID: fmt.Sprint("i", i%3000)}, func(int, bool, bool) { visits++ })
		if visits != 20 {
			t.Fatalf("value %d concerns %d", i, visits)
		}
		if got := x.Stats().VerdictBytes; got > limits.Verdicts+2*oneVerdict {
			t.Fatalf("after %d values its verdicts take %d bytes, %d are allowed", i, got, limits.Verdicts)
		}
	}
	// Values that are there already grow with each pattern that comes.
	for i := range 500 {
		x.Add(newSet(t, like(interest.ID, fmt.Sprintf("i.*|more%d", i))), 100+i)
		for value := range 10 {
			x.Route(nil, &model.Instance{App: "A", ID: fmt.Sprint("i", value)}, func(int, bool, bool) {})
		}
		if got := x.Stats().VerdictBytes; got > limits.Verdicts+16*oneVerdict {
			t.Fatalf("with %d more patterns its verdicts take %d bytes", i, got)
		}
	}
}

func TestSameCallsSameOrder(t *testing.T) {
	run := func() []string {
		random := rand.New(rand.NewPCG(1, 2))
		x := interest.NewIndex[int](interest.DefaultLimits())
		var order []string
		for range 500 {
			x.Add(randomSet(t, random), random.IntN(50))
			x.Remove(random.IntN(100))
			x.Route(randomInstance(random), randomInstance(random), func(who int, was, is bool) {
				order = append(order, fmt.Sprint(who, was, is))
			})
		}
		return order
	}
	if !slices.Equal(run(), run()) {
		t.Error("the same calls gave other visits")
	}
}

// All verdicts here have the same size, so that the bytes tell whether those
// that move between generations are counted once.
func TestVerdictsAreCountedOnce(t *testing.T) {
	limits := interest.DefaultLimits()
	limits.Verdicts = 32 << 10
	share := limits.Verdicts / 4 // of one kind
	x := interest.NewIndex[int](limits)
	x.Add(newSet(t, like(interest.ID, ".*")), 1)
	one := 0
	meet := func(value int) {
		x.Route(nil, &model.Instance{App: "A", ID: fmt.Sprintf("id-%04d", value)}, func(int, bool, bool) {})
		got := x.Stats()
		if one == 0 {
			one = got.VerdictBytes
		}
		if got.VerdictBytes != got.Verdicts*one {
			t.Fatalf("%d verdicts of %d bytes count as %d", got.Verdicts, one, got.VerdictBytes)
		}
		if got.VerdictBytes > share+2*one {
			t.Fatalf("one kind's verdicts take %d bytes, its share is %d", got.VerdictBytes, share)
		}
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 1000 {
		meet(random.IntN(60))
	}
	for window := range 60 { // new ones, then the later half of them again
		for i := range 2 * window {
			meet(1000 + 60*window + i)
		}
		for i := range window {
			meet(1000 + 60*window + window + i)
		}
	}
}

func TestVerdictsForgetPatternsThatWent(t *testing.T) {
	x := interest.NewIndex[int](interest.DefaultLimits())
	x.Add(newSet(t, like(interest.ID, "i.*")), 1)
	in := &model.Instance{App: "A", ID: "i"}
	largest := 0
	for i := range 1000 {
		x.Add(newSet(t, like(interest.ID, fmt.Sprint("i|", i))), 2)
		visits := 0
		x.Route(nil, in, func(int, bool, bool) { visits++ })
		if visits != 2 {
			t.Fatalf("pattern %d: %d visits", i, visits)
		}
		if i == 10 {
			largest = x.Stats().VerdictBytes
		}
		if got := x.Stats().VerdictBytes; i > 10 && got > largest {
			t.Fatalf("after %d patterns came and went the verdict has grown from %d to %d bytes", i, largest, got)
		}
	}
}
