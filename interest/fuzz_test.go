package interest_test

import (
	"errors"
	"regexp"
	"slices"
	"testing"

	"heureka/interest"
	"heureka/model"
)

// FuzzNewSet holds that what is accepted is canonical, that the canonical form
// is its own, and that it matches what a matcher matches that is written down
// in the plainest way.
func FuzzNewSet(f *testing.F) {
	f.Add("app", "equals", "orders", "vip", "like", "o.*|p", "ORDERS", "o-1", "a, b", "")
	f.Add("id", "like", `\Qo-1`, "full", "", "", "A", "o-1", "", "")
	f.Add("id", "like", "(?U)o.*", "id", "", "x", "A", "o-1", "v", "s")
	f.Add("app", "like", "a)|(b", "secureVip", "like", "(?m)^s$", "A", "1", "", "s,t")
	f.Add("app", "equals", "ßǆı", "app", "like", "(?-i)k", "K", "1", "", "")
	f.Add("vip", "like", "svc-.*-a", "id", "like", "svc-(a|b)-.+", "A", "svc-a-b", "svc-1-a,svc-a", "")
	f.Add("vip", "like", "aa.*aa", "id", "like", "^a.+a$", "A", "aa", "aaa", "")
	f.Add("app", "like", "ki.+\u017f", "id", "like", `a\b.*`, "\u212aIxS", "a-", "a", "")
	f.Add("vip", "like", "a(?i)b.*c", "id", "like", "(?-s)1(?i)2.*", "A", "12\u00e9", "aBxC", "")
	f.Fuzz(func(t *testing.T, kind1, op1, value1, kind2, op2, value2, app, id, vip, svip string) {
		said := []interest.Interest{
			{Kind: interest.Kind(kind1), Op: interest.Op(op1), Value: value1},
			{Kind: interest.Kind(kind2), Op: interest.Op(op2), Value: value2},
		}
		limits := interest.DefaultLimits()
		set, err := interest.NewSet(limits, said)
		if err != nil {
			var fault *interest.Error
			if !errors.As(err, &fault) || fault.Reason == "" {
				t.Fatalf("not a fault: %v", err)
			}
			return
		}
		again, err := interest.NewSet(limits, set.Atoms())
		if err != nil || !again.Equal(set) || !slices.Equal(again.Atoms(), set.Atoms()) {
			t.Fatalf("%s becomes %s, %v", set, again, err)
		}
		slices.Reverse(said)
		turned, err := interest.NewSet(limits, append(said, said...))
		if err != nil || !turned.Equal(set) {
			t.Fatalf("%s becomes %s, %v when it is said backwards and twice", set, turned, err)
		}
		in := (&model.Instance{App: app, ID: id, VIP: vip, SecureVIP: svip}).Canonical()
		if got, want := set.Match(in), plainlyMatches(said, in); got != want {
			t.Fatalf("%s matches %+v: %v, want %v", set, in, got, want)
		}
	})
}

// plainlyMatches is the dumb twin of Set.Match, for interests that are valid.
func plainlyMatches(interests []interest.Interest, in *model.Instance) bool {
	matches := func(i interest.Interest, value string) bool {
		switch {
		case value == "":
			return false
		case i.Op == interest.Like:
			flags := "(?s)"
			if i.Kind == interest.App {
				flags = "(?is)"
			}
			// The longest of the leftmost matches is the whole text if any match is.
			pattern := regexp.MustCompile(flags + i.Value)
			pattern.Longest()
			at := pattern.FindStringIndex(value)
			return at != nil && at[0] == 0 && at[1] == len(value)
		case i.Kind == interest.App:
			return model.FoldApp(i.Value) == value
		default:
			return i.Value == value
		}
	}
	for _, i := range interests {
		var values []string
		switch i.Kind {
		case interest.Full:
			return true
		case interest.App:
			values = []string{in.App}
		case interest.ID:
			values = []string{in.ID}
		case interest.VIP:
			values = slices.Collect(in.VIPs())
		case interest.SecureVIP:
			values = slices.Collect(in.SecureVIPs())
		}
		if slices.ContainsFunc(values, func(v string) bool { return matches(i, v) }) {
			return true
		}
	}
	return false
}
