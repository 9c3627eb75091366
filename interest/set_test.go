package interest_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"heureka/interest"
	"heureka/model"
)

func like(kind interest.Kind, pattern string) interest.Interest {
	return interest.Interest{Kind: kind, Op: interest.Like, Value: pattern}
}

func equals(kind interest.Kind, value string) interest.Interest {
	return interest.Interest{Kind: kind, Op: interest.Equals, Value: value}
}

func full() interest.Interest { return interest.Interest{Kind: interest.Full} }

func newSet(t testing.TB, interests ...interest.Interest) interest.Set {
	t.Helper()
	set, err := interest.NewSet(interest.DefaultLimits(), interests)
	if err != nil {
		t.Fatalf("NewSet(%v): %v", interests, err)
	}
	return set
}

func TestMatch(t *testing.T) {
	order := &model.Instance{App: "ORDERS", ID: "o-1", VIP: "orders.eu, orders", SecureVIP: "orders-tls"}
	bare := &model.Instance{App: "BARE", ID: "b-1"}
	tests := []struct {
		rule     string
		interest interest.Interest
		instance *model.Instance
		want     bool
	}{
		{"full matches everything", full(), bare, true},
		{"no operator means equals", interest.Interest{Kind: interest.ID, Value: "o-1"}, order, true},
		{"an app is compared folded", equals(interest.App, "orders"), order, true},
		{"equals is the whole text", equals(interest.App, "ORDER"), order, false},
		{"an id is case-sensitive", equals(interest.ID, "O-1"), order, false},
		{"an id matches in any app", equals(interest.ID, "b-1"), bare, true},
		{"a vip is case-sensitive", equals(interest.VIP, "Orders"), order, false},
		{"the first element of a vip list", equals(interest.VIP, "orders.eu"), order, true},
		{"the last element of a vip list, its space not counted", equals(interest.VIP, "orders"), order, true},
		{"a vip is no secure vip", equals(interest.SecureVIP, "orders"), order, false},
		{"a secure vip", equals(interest.SecureVIP, "orders-tls"), order, true},
		{"equals takes no pattern", equals(interest.VIP, "orders.*"), order, false},

		{"like matches the whole text", like(interest.VIP, `orders\..*`), order, true},
		{"like doesn't match a beginning", like(interest.ID, "o"), order, false},
		{"like doesn't match an end", like(interest.ID, "1"), order, false},
		{"like doesn't match a middle", like(interest.ID, "-"), order, false},
		{"like is matched against elements, not the list", like(interest.VIP, ".*,.*"), order, false},
		{"like on an app disregards case", like(interest.App, "ord.rs"), order, true},
		{"like on an app keeps the meaning of classes", like(interest.App, `\D+`), order, true},
		{"like on an id regards case", like(interest.ID, "O-."), order, false},
		{"like on an id disregards case if it says so", like(interest.ID, "(?i)O-."), order, true},
		{"like takes the longer alternative if only that one is whole", like(interest.ID, "o|o-1"), order, true},
		{"like takes a lazy repetition to the end", like(interest.ID, "o.*?"), order, true},

		{"an absent vip equals nothing", equals(interest.VIP, "orders"), bare, false},
		{"an absent vip is not even like anything", like(interest.VIP, ".*"), bare, false},
		{"an absent vip is not like the empty alternative", like(interest.VIP, "|orders"), bare, false},
		{"a vip list of commas has no element", like(interest.VIP, ".*"),
			&model.Instance{App: "A", ID: "a", VIP: " , ,"}, false},
		{"no instance, no match", full(), nil, false},

		{"an alternative doesn't reach beyond the anchors", like(interest.ID, "o|x"), order, false},
		{"a dot is any character, a line break too", like(interest.ID, "a.b"),
			&model.Instance{App: "A", ID: "a\nb"}, true},
		{"a flag for lines doesn't move the anchors", like(interest.ID, "(?m)a$"),
			&model.Instance{App: "A", ID: "a\nb"}, false},
		{"anchors of one's own do no harm", like(interest.ID, "^o-1$"), order, true},
		{"a quotation without an end is closed", like(interest.ID, `\Qo-1`), order, true},
		{"a quotation is literal", like(interest.ID, `\Qo.1`), order, false},
		{"brackets in a quotation are literal", like(interest.ID, `\Q)|(?:\E.*`), order, false},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			if got := newSet(t, test.interest).Match(test.instance); got != test.want {
				t.Errorf("%v matches: %v, want %v", test.interest, got, test.want)
			}
		})
	}
}

func TestPatternsMatchWhatTheirSetDoes(t *testing.T) {
	set := newSet(t, like(interest.App, "ord.*"), like(interest.ID, "o-[0-9]+"), equals(interest.ID, "x"), like(interest.ID, "s-.*"), like(interest.VIP, "a|b"))
	patterns := set.Patterns()
	if len(patterns) != 4 {
		t.Fatalf("%d patterns", len(patterns))
	}
	for _, value := range []string{"ORDERS", "SHOP", "o-1", "o-", "so-1", "x", "s-1", "a", "ab", "b"} {
		for _, kind := range []interest.Kind{interest.App, interest.ID, interest.VIP} {
			in := map[interest.Kind]*model.Instance{interest.App: {App: value}, interest.ID: {ID: value}, interest.VIP: {VIP: value}}[kind]
			got := slices.ContainsFunc(patterns, func(p interest.Pattern) bool { return p.Kind == kind && p.Match(value) })
			want := set.Match(in) && !(kind == interest.ID && value == "x") // which no pattern matches
			if got != want {
				t.Errorf("%s %q: %v", kind, value, got)
			}
		}
	}
}

func TestSetIsAUnion(t *testing.T) {
	set := newSet(t, equals(interest.App, "a"), like(interest.VIP, "v.*"))
	for _, test := range []struct {
		rule string
		in   *model.Instance
		want bool
	}{
		{"one of both", &model.Instance{App: "A", ID: "1"}, true},
		{"the other", &model.Instance{App: "B", ID: "1", VIP: "v1"}, true},
		{"both", &model.Instance{App: "A", ID: "1", VIP: "v1"}, true},
		{"neither", &model.Instance{App: "B", ID: "1", VIP: "w"}, false},
	} {
		if got := set.Match(test.in); got != test.want {
			t.Errorf("%s: %v, want %v", test.rule, got, test.want)
		}
	}
	var zero interest.Set
	if zero.Match(&model.Instance{App: "A", ID: "1"}) || !zero.Empty() || zero.String() != "" {
		t.Error("the zero set matches something")
	}
	if none := newSet(t); !none.Equal(zero) {
		t.Errorf("the union of nothing is %q", none)
	}
}

func TestCanonicalForm(t *testing.T) {
	list := func(interests ...interest.Interest) []interest.Interest { return interests }
	tests := []struct {
		rule  string
		a, b  []interest.Interest
		equal bool
	}{
		{"order doesn't count",
			list(equals(interest.App, "A"), equals(interest.VIP, "v")),
			list(equals(interest.VIP, "v"), equals(interest.App, "A")), true},
		{"saying it twice doesn't count",
			list(equals(interest.ID, "x"), equals(interest.ID, "x")),
			list(equals(interest.ID, "x")), true},
		{"equals is the default",
			list(interest.Interest{Kind: interest.ID, Value: "x"}),
			list(equals(interest.ID, "x")), true},
		{"an app folds", list(equals(interest.App, "orders")), list(equals(interest.App, "Orders")), true},
		{"a vip doesn't", list(equals(interest.VIP, "orders")), list(equals(interest.VIP, "Orders")), false},
		{"a pattern doesn't", list(like(interest.App, `\d`)), list(like(interest.App, `\D`)), false},
		{"full absorbs", list(equals(interest.App, "A"), full(), like(interest.ID, ".*")), list(full()), true},
		{"the operator counts", list(equals(interest.ID, "x")), list(like(interest.ID, "x")), false},
		{"the kind counts", list(equals(interest.VIP, "x")), list(equals(interest.SecureVIP, "x")), false},
		{"compiling a pattern another time makes no difference",
			list(like(interest.ID, "x+")), list(like(interest.ID, "x+")), true},
		{"a value can't look like two interests",
			list(equals(interest.ID, `a" | id equals "b`)),
			list(equals(interest.ID, "a"), equals(interest.ID, "b")), false},
		{"a subset is another set",
			list(equals(interest.ID, "a")), list(equals(interest.ID, "a"), equals(interest.ID, "b")), false},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			a, b := newSet(t, test.a...), newSet(t, test.b...)
			if a.Equal(b) != test.equal || (a.String() == b.String()) != test.equal ||
				slices.Equal(a.Atoms(), b.Atoms()) != test.equal {
				t.Errorf("equal isn't %v:\n%s\n%s", test.equal, a, b)
			}
		})
	}
}

func TestCanonicalText(t *testing.T) {
	set := newSet(t, like(interest.VIP, `pay "x"`), equals(interest.App, "orders"))
	if got, want := set.String(), `app equals "ORDERS" | vip like "pay \"x\""`; got != want {
		t.Errorf("text is %s, want %s", got, want)
	}
	set = newSet(t, full())
	if set.String() != "full" || !set.Full() || set.Empty() {
		t.Errorf("the full set is %q", set)
	}
}

func TestFaults(t *testing.T) {
	limits := interest.Limits{Interests: 3, Value: 24, Pattern: 4 << 10, Verdicts: 1 << 10}
	good := equals(interest.ID, "good")
	tests := []struct {
		rule  string
		in    []interest.Interest
		fault interest.Fault
		index int
	}{
		{"too many interests", []interest.Interest{good, good, good, good}, interest.TooMany, -1},
		{"a value that is too long", []interest.Interest{good, equals(interest.ID, strings.Repeat("x", 25))}, interest.TooLong, 1},
		{"a pattern that is too long", []interest.Interest{like(interest.ID, strings.Repeat("x", 25))}, interest.TooLong, 0},
		{"an app that is too long once folded", []interest.Interest{equals(interest.App, strings.Repeat("ɐ", 12))}, interest.TooLong, 0},
		{"no kind", []interest.Interest{{Value: "x"}}, interest.Invalid, 0},
		{"an unknown kind", []interest.Interest{good, {Kind: "App", Value: "x"}}, interest.Invalid, 1},
		{"an unknown operator", []interest.Interest{{Kind: interest.App, Op: "matches", Value: "x"}}, interest.Invalid, 0},
		{"no value", []interest.Interest{{Kind: interest.App}}, interest.Invalid, 0},
		{"no pattern", []interest.Interest{like(interest.App, "")}, interest.Invalid, 0},
		{"full with a value", []interest.Interest{{Kind: interest.Full, Value: "x"}}, interest.Invalid, 0},
		{"full with an operator", []interest.Interest{{Kind: interest.Full, Op: interest.Equals}}, interest.Invalid, 0},
		{"a control character", []interest.Interest{equals(interest.ID, "a\x00b")}, interest.Invalid, 0},
		{"a control character in a pattern", []interest.Interest{like(interest.ID, "a\nb")}, interest.Invalid, 0},
		{"not UTF-8", []interest.Interest{equals(interest.App, "a\xff")}, interest.Invalid, 0},
		{"a list where one vip belongs", []interest.Interest{equals(interest.VIP, "a,b")}, interest.Invalid, 0},
		{"a vip that begins with a space", []interest.Interest{equals(interest.SecureVIP, " a")}, interest.Invalid, 0},
		{"no pattern of any kind", []interest.Interest{like(interest.ID, "(")}, interest.BadPattern, 0},
		{"a pattern that reaches out of its brackets", []interest.Interest{like(interest.ID, "a)|(b")}, interest.BadPattern, 0},
		{"a pattern that closes our bracket", []interest.Interest{like(interest.ID, `a)\z|.*(?:`)}, interest.BadPattern, 0},
		{"a backslash at the end", []interest.Interest{like(interest.ID, `a\`)}, interest.BadPattern, 0},
		{"a look-ahead, which RE2 hasn't", []interest.Interest{like(interest.ID, "(?=a)a")}, interest.BadPattern, 0},
		{"a back reference, which RE2 hasn't", []interest.Interest{like(interest.ID, `(a)\1`)}, interest.BadPattern, 0},
		{"a short text that becomes a large program", []interest.Interest{like(interest.ID, "(a{30}){30}")}, interest.BadPattern, 0},
		{"a large program of character classes", []interest.Interest{like(interest.ID, `\pL\pL`)}, interest.BadPattern, 0},
		{"a bad pattern beside the full interest", []interest.Interest{full(), like(interest.ID, "(")}, interest.BadPattern, 1},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			set, err := interest.NewSet(limits, test.in)
			var fault *interest.Error
			if !errors.As(err, &fault) {
				t.Fatalf("accepted as %s (%v)", set, err)
			}
			if fault.Fault != test.fault || fault.Index != test.index || fault.Reason == "" {
				t.Errorf("%q at %d (%v), want %q at %d", fault.Fault, fault.Index, err, test.fault, test.index)
			}
			if !set.Empty() {
				t.Errorf("an error and the set %s", set)
			}
		})
	}
	atLimits := []interest.Interest{good, equals(interest.ID, strings.Repeat("x", 24)), like(interest.ID, "[a-z]{1,40}")}
	if _, err := interest.NewSet(limits, atLimits); err != nil {
		t.Errorf("refused at its limits: %v", err)
	}
}

// Everyday patterns must fit the default limits with room to spare.
func TestDefaultLimitsTakeEverydayPatterns(t *testing.T) {
	for _, pattern := range []string{
		".*", "orders|payments|customers", "[a-z0-9-]{1,63}(\\.[a-z0-9-]{1,63}){0,5}",
		"(?i)pay-.*-(eu|us)-[0-9]+", "\\pL+[\\pN_]*",
		strings.TrimSuffix(strings.Repeat("application-name|", 30), "|"),
	} {
		if _, err := interest.NewSet(interest.DefaultLimits(), []interest.Interest{like(interest.VIP, pattern)}); err != nil {
			t.Errorf("%s: %v", pattern, err)
		}
	}
}

func TestAtomsAreTheCallers(t *testing.T) {
	set := newSet(t, equals(interest.ID, "a"))
	set.Atoms()[0].Value = "b"
	if got := set.Atoms()[0].Value; got != "a" {
		t.Errorf("a caller changed the set to %q", got)
	}
}
