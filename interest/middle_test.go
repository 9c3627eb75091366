package interest

import "testing"

// TestWhatIsLeftOfAPattern names the forms that need no program, and some that do.
func TestWhatIsLeftOfAPattern(t *testing.T) {
	for _, tt := range []struct {
		kind    Kind
		pattern string
		program string // "": none
	}{
		{VIP, "pay-.*", ""},
		{VIP, "pay-.+", ""},
		{VIP, "pay", ""},
		{VIP, "^pay$", ""},
		{VIP, ".*", ""},
		{VIP, ".*-pay", ""},
		{VIP, "pay-.*-eu", ""},
		{VIP, `\Qp.y\E.*`, ""},
		{VIP, `\Qpay-1`, ""},
		{VIP, "1(?i)2.*", ""},
		{App, "pay-.*", ""},
		{App, "kiss", ""},
		{VIP, "pay-(eu|us)-.*", `\A(?:(?s:(eu|us)-.*))\z`},
		{VIP, "(?-s)pay.*", `\A(?:(?-s:.*))\z`},
		{VIP, "pay-(?i)eu", `\A(?:(?i:EU))\z`},
		{VIP, `pay\b.*`, `\A(?s:pay\b.*)\z`},
		{VIP, "pay^.*", `\A(?s:pay^.*)\z`},
		{VIP, "pay|x", `\A(?:(?:pay|x))\z`},
		{App, "pay-(eu|us)", `\A(?is:pay-(eu|us))\z`},
		{App, "(?-i)pay.*", `\A(?is:(?-i)pay.*)\z`},
	} {
		p, err := compile(tt.kind, tt.pattern, 1<<16)
		if err != nil {
			t.Fatal(err)
		}
		program := ""
		if p.program != nil {
			program = p.program.String()
		}
		if program != tt.program {
			t.Errorf("%s %s: program %s, want %s", tt.kind, tt.pattern, program, tt.program)
		}
	}
}

// TestPartsMatchWhatTheWholeDoes compares patterns with values at their edges: where
// both ends overlap, where nothing is between, where folding changes the length.
func TestPartsMatchWhatTheWholeDoes(t *testing.T) {
	patterns := []string{"aa.*aa", "aa.+aa", "aa", "a", "a.*", ".*a", ".+", ".*", "^a.+a$", "a^a", "a$a", `a\b.*`, `\Ba.*`, "a(?i)a.*", "(?i)a.*a",
		"(?-i)a.+", "a(b|c).*a", "a(b|c)", "a[a-c]*a", "k.*ſ", "ſ.+k", "a(?:b|)a", "a(|b)", "(?U)a.*a", "(?-s)a.*", "", "a()a"}
	values := []string{"", "a", "aa", "aaa", "aaaa", "aaaaa", "aAaa", "A", "AA", "aba", "ab", "abba", "b", "a-", "-a", "k\u017f", "KS", "\u212aS", "KxS",
		"\u017fk", "s\u212a", "sx\u212a", "é", "aéa", "aaéaa"}
	for _, kind := range []Kind{App, VIP, ID} {
		for _, pattern := range patterns {
			p, err := compile(kind, pattern, 1<<16)
			if err != nil {
				t.Fatal(err)
			}
			twin := whole(kind, pattern)
			for _, value := range values {
				if got, want := p.match(value), twin.MatchString(value); got != want {
					t.Errorf("%s %q, value %q: %v, want %v", kind, pattern, value, got, want)
				}
			}
		}
	}
}
