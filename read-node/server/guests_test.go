package server

import (
	"testing"
	"time"

	"heureka/read-node/fanout"
)

// party is guests of whom so many came, one a second, all told everything.
func party(n int) (gs *guests, now time.Time) {
	g := newGuests(10*time.Second, 5*time.Second)
	now = time.Unix(1000, 0)
	for id := range fanout.SessionID(n) {
		g.add(id, now)
		g.opened(id)
		now = now.Add(time.Second)
	}
	return &g, now
}

func TestGuestsOpenUntilTheyAreToldEverything(t *testing.T) {
	gs, now := party(0)
	for id := range fanout.SessionID(4) {
		gs.add(id, now)
	}
	want := func(when string, n int, at time.Time) {
		t.Helper()
		if opening, _ := gs.count(at); opening != n {
			t.Errorf("%s: %d are opening, wanted %d", when, opening, n)
		}
	}
	want("at first", 4, now)
	gs.opened(1)
	gs.opened(1)
	want("one has been told", 3, now)
	gs.remove(0)
	gs.remove(0)
	want("one has gone", 2, now)
	gs.add(9, now.Add(9*time.Second))
	want("just before they take too long", 3, now.Add(9*time.Second))
	want("when they do", 1, now.Add(10*time.Second))
	gs.opened(2) // late, but there it is
	gs.remove(3)
	want("when that has come", 1, now.Add(11*time.Second))
	if len(gs.all) != 3 {
		t.Errorf("%d are in", len(gs.all))
	}
}

func TestOnlyGuestsOfAnAgeArePickedAndOnlyOnce(t *testing.T) {
	gs, now := party(20) // the youngest came a second ago
	gs.add(99, now.Add(-time.Hour))
	picked := gs.pick(100, 6*time.Second, now)
	if len(picked) != 15 {
		t.Errorf("%d were picked of 15 that are old enough", len(picked))
	}
	for _, id := range picked {
		if id > 14 {
			t.Errorf("%d is too young, or hasn't been told everything", id)
		}
	}
	if again := gs.pick(100, 6*time.Second, now); len(again) != 0 {
		t.Errorf("%v were picked twice", again)
	}
	if _, leaving := gs.count(now); leaving != 15 {
		t.Errorf("%d are leaving", leaving)
	}
	gs.remove(3)
	gs.remove(4)
	if _, leaving := gs.count(now.Add(4 * time.Second)); leaving != 13 {
		t.Errorf("%d are leaving when two have gone", leaving)
	}
	if _, leaving := gs.count(now.Add(5 * time.Second)); leaving != 0 {
		t.Errorf("%d are still taken to leave, though they don't", leaving)
	}
	if again := gs.pick(100, 6*time.Second, now.Add(time.Hour)); len(again) != 5+1 {
		t.Errorf("%v were picked later: five that were too young, and one that took too long to open", again)
	}
}

// TestEveryGuestHasTheSameChance picks 5 of 20, again and again.
func TestEveryGuestHasTheSameChance(t *testing.T) {
	const rounds = 2000
	var times [20]int
	for range rounds {
		gs, now := party(20)
		picked := gs.pick(5, 0, now)
		if len(picked) != 5 {
			t.Fatalf("%d were picked", len(picked))
		}
		for _, id := range picked {
			times[id]++
		}
	}
	for id, n := range times { // 500, and seven deviations of 19.4
		if n < 364 || n > 636 {
			t.Errorf("%d was picked %d times of %d", id, n, rounds)
		}
	}
}
