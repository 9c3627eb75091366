package dialect_test

import (
	"maps"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"heureka/eureka1/dialect"
	"heureka/model"
)

func TestQueries(t *testing.T) {
	for _, test := range []struct {
		rule, raw string
		want      dialect.Query
		ok        bool
	}{
		{"nothing", "", dialect.Query{}, true},
		{"a heartbeat", "status=UP&lastDirtyTimestamp=1767225600000", dialect.Query{Status: "UP", LastDirtyMs: 1767225600000}, true},
		{"a server's heartbeat", "status=UP&lastDirtyTimestamp=5&overriddenstatus=OUT_OF_SERVICE",
			dialect.Query{Status: "UP", LastDirtyMs: 5, Overridden: "OUT_OF_SERVICE"}, true},
		{"no override", "overriddenstatus=UNKNOWN", dialect.Query{}, true},
		{"an override that is no status", "overriddenstatus=x", dialect.Query{}, true},
		{"a status that is none, which counts for nothing", "status=x", dialect.Query{}, true},
		{"a new status", "value=OUT_OF_SERVICE", dialect.Query{Value: "OUT_OF_SERVICE"}, true},
		{"UNKNOWN is one", "value=UNKNOWN", dialect.Query{Value: "UNKNOWN"}, true},
		{"encoded", "value=OUT%5FOF%5FSERVICE", dialect.Query{Value: "OUT_OF_SERVICE"}, true},
		{"its name encoded, too", "l%61stDirtyTimestamp=5&%76alue=UP", dialect.Query{Value: "UP", LastDirtyMs: 5}, true},
		{"the first of two, whichever is encoded", "valu%65=UP&value=DOWN", dialect.Query{Value: "UP"}, true},
		{"a name that can't be decoded", "value%=DOWN&value=UP", dialect.Query{Value: "UP"}, true},
		{"the first of two", "value=UP&value=DOWN", dialect.Query{Value: "UP"}, true},
		{"what nobody knows", "x=%&&=&y&value=UP", dialect.Query{Value: "UP"}, true},
		{"no number", "lastDirtyTimestamp=", dialect.Query{}, true},
		{"a number that is none", "lastDirtyTimestamp=abc", dialect.Query{}, false},
		{"a number that is too large", "lastDirtyTimestamp=99999999999999999999", dialect.Query{}, false},
		{"a new status in small letters", "value=up", dialect.Query{}, false},
		{"an empty new status", "value=", dialect.Query{}, false},
		{"half an escape", "value=%4", dialect.Query{}, false},
	} {
		got, err := dialect.ParseQuery(test.raw)
		if got != test.want || (err == nil) != test.ok {
			t.Errorf("%s: %q is read as %+v, %v", test.rule, test.raw, got, err)
		}
	}
	if n := testing.AllocsPerRun(100, func() {
		if _, err := dialect.ParseQuery("status=UP&lastDirtyTimestamp=1767225600000"); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("a heartbeat's query takes %v allocations", n)
	}
}

func TestMetadataQueries(t *testing.T) {
	for _, test := range []struct {
		raw  string
		want map[string]string
	}{
		{"", map[string]string{}},
		{"zone=south&tier=gold", map[string]string{"zone": "south", "tier": "gold"}},
		{"a=1&a=2&b", map[string]string{"a": "1", "b": ""}},
		{"a%20b=c+d&&e=f=g", map[string]string{"a b": "c d", "e": "f=g"}},
		{"@class=x&%40class=x", map[string]string{}},
	} {
		if got, err := dialect.ParseMetadata(test.raw); err != nil || !maps.Equal(got, test.want) {
			t.Errorf("%q is read as %v, %v", test.raw, got, err)
		}
	}
	for _, raw := range []string{"%", "a=%zz"} {
		if got, err := dialect.ParseMetadata(raw); err == nil {
			t.Errorf("%q is read as %v", raw, got)
		}
	}
	values := make(url.Values)
	for i := range 5000 {
		values.Set(strconv.Itoa(i), "")
	}
	if _, err := dialect.ParseMetadata(values.Encode()); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("too many entries: %v", err)
	}
}

func TestStatusWords(t *testing.T) {
	for _, s := range model.Statuses() {
		if got, ok := dialect.ParseStatus(string(s)); got != s || !ok {
			t.Errorf("%s is read as %q, %v", s, got, ok)
		}
	}
	for _, text := range []string{"", "up", "UP ", "x"} {
		if got, ok := dialect.ParseStatus(text); ok || got != "" {
			t.Errorf("%q is read as %q", text, got)
		}
	}
	for text, want := range map[string][2]bool{"ENABLED": {true, true}, "disabled": {false, true}, "": {}, "x": {}} {
		if enabled, ok := dialect.ParseASG(text); enabled != want[0] || ok != want[1] {
			t.Errorf("%q is read as %v, %v", text, enabled, ok)
		}
	}
}

// TestOverridesFollowTheReferencesRules compares what is shown under an override
// with the reference's chain of rules: starting, down and unknown instances are
// believed, then an override counts, then the client's word. The one difference is
// an UNKNOWN instance under an override. (Its rule that a client can't change from UP
// to OUT_OF_SERVICE or back is left out on purpose.)
func TestOverridesFollowTheReferencesRules(t *testing.T) {
	for _, said := range model.Statuses() {
		for _, over := range append(model.Statuses(), "") {
			want := said
			if over != "" && (said == model.StatusUp || said == model.StatusOutOfService) {
				want = over
			}
			if said == model.StatusUnknown && over != "" {
				want = over
			}
			in := &model.Instance{App: "A", ID: "1", Status: said}
			if got := dialect.InfoOf(in.Overridden(over), dialect.Shown{}); got.Status != want {
				t.Errorf("%s under %q is shown as %s, want %s", said, over, got.Status, want)
			}
		}
	}
}
