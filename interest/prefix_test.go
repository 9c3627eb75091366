package interest

import (
	"fmt"
	"regexp"
	"testing"

	"heureka/model"
)

func TestLiteralPrefix(t *testing.T) {
	for _, tt := range []struct {
		kind    Kind
		pattern string
		prefix  string
	}{
		{VIP, "pay-.*", "pay-"},
		{VIP, "pay", "pay"},
		{VIP, "pay+", "pay"},
		{VIP, "pay*", "pa"},
		{VIP, "(pay)-(eu|us)", "pay-"},
		{VIP, "(pay)+x", "pay"},
		{VIP, "pay|paid", "pa"},
		{VIP, "pay|order", ""},
		{VIP, "p?ay", ""},
		{VIP, "^pay$", "pay"},
		{VIP, `\Qpa.y`, "pa.y"},
		{VIP, "(?i)pay", ""},
		{VIP, "a(?i)pay", "a"},
		{VIP, ".*", ""},
		{VIP, "p{2}ay", ""}, // more would need the repetition written out
		{App, "pay-.*", "PAY-"},
		{App, "kiss", "KISS"},
		{App, "(?-i)pay", "PAY"},
	} {
		p, err := compile(tt.kind, tt.pattern, 1<<16)
		if err != nil {
			t.Fatal(err)
		}
		if p.prefix != tt.prefix {
			t.Errorf("%s %s: prefix %q, want %q", tt.kind, tt.pattern, p.prefix, tt.prefix)
		}
	}
}

func TestLiteralSuffix(t *testing.T) {
	for _, tt := range []struct {
		kind    Kind
		pattern string
		suffix  string
	}{
		{VIP, ".*-pay", "-pay"},
		{VIP, "pay", "pay"},
		{VIP, ".pay*", ""},
		{VIP, ".*(eu)-(pay)", "eu-pay"},
		{VIP, "(eu|us)-(pay)+", "pay"},
		{VIP, "pay-[a-z]", ""},
		{VIP, ".*pay$", "pay"},
		{VIP, "x|.*pay", ""},
		{VIP, ".*(?i)pay", ""},
		{VIP, ".*(?i:p)ay", "ay"},
		{App, ".*kiss", "KISS"},
		{App, "(?-i).*pay", "PAY"},
	} {
		p, err := compile(tt.kind, tt.pattern, 1<<16)
		if err != nil {
			t.Fatal(err)
		}
		if p.suffix != tt.suffix {
			t.Errorf("%s %s: suffix %q, want %q", tt.kind, tt.pattern, p.suffix, tt.suffix)
		}
	}
}

func TestOnlyWhatBeginsAndEndsRightIsTried(t *testing.T) {
	for _, tt := range []struct{ pattern, value string }{
		{".*-pay", "a-paid"}, {"pay-.*", "order-pay-x"}, {"pay-.*-eu", "pay-x-us"}, {"pay-.*-eu", "order-x-eu"},
	} {
		p, err := compile(VIP, tt.pattern, 1<<16)
		if err != nil {
			t.Fatal(err)
		}
		if p.may(tt.value) {
			t.Errorf("%q is tried for %q", tt.pattern, tt.value)
		}
	}
}

// whole compiles a pattern the plain way.
func whole(kind Kind, pattern string) *regexp.Regexp {
	flags := "s"
	if kind == App {
		flags = "is"
	}
	return regexp.MustCompile(`\A(?` + flags + `:` + pattern + `)\z`)
}

// TestPrefixesHideNoMatch compares what an index with many patterns finds with
// what each pattern matches by itself.
func TestPrefixesHideNoMatch(t *testing.T) {
	forms := []string{"svc-%d.*", ".*-%d", "(?i)SVC-%d", "[s-t]vc-%d", "svc-%d|svk-%[1]d", "ſvc-%d", "sv\u212a-%d.", "(svc-)+%d", "%d",
		".*c-%d", "(.*)(?i:K)-%d", ".*ſvc-%d", ".*(vc-%d)+", ".*(%d|-)", "[^x]*K-%d"}
	starts := []string{"svc-", "SVC-", "svk-", "ſvc-", "sv\u212a-", "svc-svc-", "tvc-", "", "x-"}
	for _, kind := range []Kind{App, VIP, ID} {
		x := NewIndex[string](DefaultLimits())
		sets, twins := make(map[string]Set), make(map[string]*regexp.Regexp)
		for i := range 30 {
			for _, form := range forms {
				pattern := fmt.Sprintf(form, i)
				set, err := NewSet(DefaultLimits(), []Interest{{Kind: kind, Op: Like, Value: pattern}})
				if err != nil {
					t.Fatal(err)
				}
				sets[pattern] = set
				twins[pattern] = whole(kind, pattern)
				x.Add(set, pattern)
			}
		}
		for i := range 30 {
			for _, start := range starts {
				value := fmt.Sprint(start, i)
				in := (&model.Instance{App: value, ID: value, VIP: value}).Canonical()
				found := make(map[string]bool)
				x.Route(nil, in, func(pattern string, _, _ bool) { found[pattern] = true })
				for pattern := range sets {
					if want := twins[pattern].MatchString(kind.text(in)); found[pattern] != want {
						t.Errorf("%s like %q, value %q: found %v, want %v", kind, pattern, kind.text(in), found[pattern], want)
					}
				}
				if i%7 == 0 {
					x.Remove(fmt.Sprintf(forms[0], i))
					delete(sets, fmt.Sprintf(forms[0], i))
				}
			}
		}
	}
}

func TestPrefixesOfWhatWentAreForgotten(t *testing.T) {
	x := NewIndex[int](DefaultLimits())
	for i := range 100 {
		set, err := NewSet(DefaultLimits(), []Interest{{Kind: VIP, Op: Like, Value: fmt.Sprintf("%0*d.+", 1+i%7, i%50)}})
		if err != nil {
			t.Fatal(err)
		}
		x.Add(set, i)
	}
	for i := range 99 {
		x.Remove(i)
	}
	if ps := x.lane(VIP).prefixes; len(ps.by) != 1 || len(ps.lengths) != 1 {
		t.Errorf("one pattern is left, %d prefixes of %d lengths", len(ps.by), len(ps.lengths))
	}
}
