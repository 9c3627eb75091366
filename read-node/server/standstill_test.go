package server

import (
	"testing"
	"time"
)

// TestWhoStoodStillKnowsWhateverComesFirst has a node go on after different times, with a
// tick or with somebody's word first.
func TestWhoStoodStillKnowsWhateverComesFirst(t *testing.T) {
	const least = 3 * time.Second
	for _, test := range []struct {
		still time.Duration
		wakes bool
	}{{0, false}, {least, false}, {least + 1, true}, {time.Hour, true}} {
		for _, ticksFirst := range []bool{false, true} {
			s := standstill{least: least}
			if s.wakes(time.Hour) {
				t.Error("it wakes before it has begun")
			}
			at := time.Minute
			s.tick(at)
			at += test.still
			if ticksFirst {
				s.tick(at)
			}
			if s.wakes(at) != test.wakes {
				t.Errorf("after %v, a tick first %v: it wakes %v", test.still, ticksFirst, !test.wakes)
			}
			s.tick(at)
			s.tick(at + waking - 1)
			if s.wakes(at+waking-1) != test.wakes || s.wakes(at+waking) {
				t.Errorf("after %v, and nearly a second: it wakes %v, then %v", test.still, s.wakes(at+waking-1), s.wakes(at+waking))
			}
			if want := map[bool]uint64{true: 1}[test.wakes]; s.times != want {
				t.Errorf("after %v it is counted %d times", test.still, s.times)
			}
		}
	}
}
