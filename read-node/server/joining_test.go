package server

import "testing"

func TestANodeKnowsWhatItWaitsFor(t *testing.T) {
	for want, members := range map[string][]member{
		"no other node is heard":          nil,
		"no node that is ready is heard":  {{Name: "write-1"}, {Name: "read-2"}},
		"the registry isn't complete yet": {{Name: "write-1"}, {Name: "write-2", Ready: true}},
	} {
		if got := waitsFor(members); got != want {
			t.Errorf("of %v: %q, want %q", members, got, want)
		}
	}
}
