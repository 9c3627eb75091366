package cluster

import (
	"testing"
	"time"

	"heureka/model"
)

// TestLag tells how far behind a node is, second by second: what it has merged of
// another's numbers, and what it hears of them.
func TestLag(t *testing.T) {
	const moment = 1500 * time.Millisecond
	type second struct {
		merged, heard uint64
		any, longer   bool
	}
	tests := []struct {
		rule    string
		seconds []second
	}{
		{"nothing is missing that was merged before it was heard", []second{{5, 5, false, false}, {6, 5, false, false}}},
		{"what is missing for long counts", []second{{0, 5, true, false}, {0, 5, true, false}, {0, 5, true, true}}},
		{"always a little behind, under load, isn't for long", []second{
			{4, 5, true, false}, {5, 6, true, false}, {6, 7, true, false}, {7, 8, true, false}, {8, 9, true, false},
		}},
		{"a number that doesn't come counts, though newer ones are heard", []second{
			{4, 5, true, false}, {4, 6, true, false}, {4, 7, true, true},
		}},
		{"what came in the end is forgotten", []second{{0, 5, true, false}, {0, 5, true, false}, {5, 5, false, false}, {5, 6, true, false}}},
		{"what nobody says any more is not waited for", []second{{0, 5, true, false}, {0, 5, true, false}, {0, 0, false, false}, {0, 5, true, false}}},
	}
	inc := incarnation("w", 1)
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			var l lag
			for i, s := range test.seconds {
				now := time.Duration(i) * time.Second
				heard := &Member{Incarnation: inc, Beacon: &Beacon{Vector: model.Vector{inc: s.heard}}}
				l.update(model.Vector{inc: s.merged}, []*Member{heard}, nil, now)
				if l.any() != s.any || l.longer(moment, now) != s.longer {
					t.Errorf("second %d: missing %v, for long %v", i, l.any(), l.longer(moment, now))
				}
			}
		})
	}
}

func TestLagKnowsWhatWaits(t *testing.T) {
	var l lag
	author := incarnation("w", 1)
	l.update(model.Vector{author: 3}, nil, []model.Incarnation{author}, 0)
	if !l.any() {
		t.Error("a delta waits for something, and nothing is missing")
	}
	heard := &Member{Incarnation: author, Beacon: &Beacon{Vector: model.Vector{author: 3}}}
	if got := l.sources(model.Vector{author: 3}, []*Member{heard}); len(got) != 1 {
		t.Errorf("%d sources, though its author is heard", len(got))
	}
}
