package ops

import (
	"slices"
	"testing"
	"time"
)

func TestAReminderComesAgainAndAgain(t *testing.T) {
	r := Reminder{Every: 15 * time.Second}
	var due []int
	for second := range 70 {
		if second > 32 && second < 52 {
			continue // nobody asks: what was missed isn't made up for
		}
		if r.Due(time.Duration(second) * time.Second) {
			due = append(due, second)
		}
	}
	if want := []int{15, 30, 52, 67}; !slices.Equal(due, want) {
		t.Errorf("due at %v, want %v", due, want)
	}
}
