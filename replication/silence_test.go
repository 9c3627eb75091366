package replication

import (
	"testing"
	"time"
)

const usual = 3 * time.Second

// watched lets a time pass, in which a beacon comes now and then, or none for 0, and
// returns when the server was left.
func watched(s *silence, from, to, beacons time.Duration) (left []time.Duration) {
	heard := time.Duration(0)
	for now := from; now < to; now += usual / 3 {
		if beacons > 0 {
			heard = now
		}
		if s.lasts(now, heard) {
			left = append(left, now)
			s.leaves(now)
		}
	}
	return left
}

// TestAServerIsLeftBySilence, the later the more often that was in vain.
func TestAServerIsLeftBySilence(t *testing.T) {
	s := newSilence(usual, 0)
	if left := watched(&s, 0, time.Hour, usual/3); len(left) != 0 {
		t.Errorf("while beacons come it is left %d times", len(left))
	}
	left := watched(&s, time.Hour, time.Hour+10*time.Minute, 0)
	if len(left) < 8 || left[0] > time.Hour+2*usual || left[1]-left[0] < 2*usual || left[len(left)-1]-left[len(left)-2] > maxPatience+usual {
		t.Errorf("left at %v", left)
	}
	if left = watched(&s, time.Hour+10*time.Minute, 2*time.Hour, usual/3); len(left) != 0 {
		t.Errorf("when beacons come again it is left %d times", len(left))
	}
	if left = watched(&s, 2*time.Hour, 2*time.Hour+3*usual, 0); len(left) == 0 || left[0] > 2*time.Hour+2*usual {
		t.Errorf("when they end again it is left at %v", left)
	}
}

// TestAPauseOfOnesOwnIsNoSilence: what came meanwhile waits to be read.
func TestAPauseOfOnesOwnIsNoSilence(t *testing.T) {
	s := newSilence(usual, 0)
	watched(&s, 0, time.Minute, usual/3)
	const wakes = 10 * time.Minute
	if s.lasts(wakes, time.Minute) {
		t.Error("it is left at once")
	}
	if left := watched(&s, wakes+usual/3, wakes+time.Minute, 0); len(left) == 0 || left[0] > wakes+2*usual {
		t.Errorf("when nothing comes after that either, it is left at %v", left)
	}
}
