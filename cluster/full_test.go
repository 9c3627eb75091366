package cluster

import (
	"testing"
	"time"

	"heureka/model"
)

// fullHouse is a replica that knows as many others as it may.
func fullHouse(t *testing.T) *Replica {
	t.Helper()
	config := DefaultConfig()
	config.MaxMembers, config.Departure = 2, departure
	r := newReplica(config, "r", Read)
	for n := range byte(2) {
		r.Receive(at(0), beacon(incarnation("w", n+1), Write, 1, true))
	}
	return r
}

// hearBoth keeps the two members of a full house alive.
func hearBoth(r *Replica, now time.Duration) {
	for n := range byte(2) {
		b := beacon(incarnation("w", n+1), Write, 2+uint64(now), true)
		b.Vector = r.Map().Vector().Clone()
		r.Receive(at(now), b)
	}
}

// What waits for the word of an author of whom nothing can be noted is not waited
// for: the node would be behind for ever.
func TestAFullHouseWaitsForNoStranger(t *testing.T) {
	r := fullHouse(t)
	stranger := incarnation("x", 1)
	r.Receive(at(0), of(stranger, 2, "late")) // the one before it died with its author
	for now := time.Second; now < time.Minute; now += time.Second {
		hearBoth(r, now)
		r.Tick(at(now))
		r.Drain()
	}
	if s := r.Stats(); s.Waiting != 0 || s.Discarded != 1 || r.Behind(time.Minute) {
		t.Errorf("behind: %v, %+v", r.Behind(time.Minute), s)
	}
}

// Of whom nothing could be noted, it isn't known that he is dead.
func TestAFullHouseLetsNoStrangerGo(t *testing.T) {
	r := fullHouse(t)
	stranger := incarnation("x", 1)
	r.Receive(at(0), of(stranger, 1, "one"))
	r.Receive(at(0), ofOther(stranger, 2, "one"))
	live := func(until time.Duration) {
		for now := r.lastTick + time.Second; now <= until; now += time.Second {
			hearBoth(r, now)
			r.Tick(at(now))
			r.Drain()
		}
	}
	live(2*time.Hour + departure)
	if !has(r, stranger) || r.alive(model.Incarnation{}, r.lastTick) != true {
		t.Error("who may live has left the vector")
	}
	r.config.MaxMembers, r.members.config.MaxMembers = 3, 3 // there is room again, and nobody claims it
	live(2*time.Hour + 2*departure + time.Minute)
	if has(r, stranger) {
		t.Error("the dead doesn't leave")
	}
}
