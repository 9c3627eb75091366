package level

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// balancers are those that place anew whoever comes, by name, each made for one
// fleet.
func balancers() map[string]func() balancer {
	return map[string]func() balancer{
		"random":            func() balancer { return atRandom },
		"round robin":       inTurn,
		"least connections": func() balancer { return leastConnections },
		"next in a list":    func() balancer { return nextInList },
	}
}

// sighted is the one that knows how full nodes are.
const sighted = "least connections"

// level fails unless every node is within the tolerance, and a session or two, of
// the average.
func (f *fleet) level(t *testing.T, when string) {
	t.Helper()
	sizes := f.sizes()
	average := float64(len(f.clients)) / float64(len(sizes))
	limit := max(f.config.Tolerance*average, float64(f.config.Least)) + 2
	if float64(slices.Max(sizes)) > average+limit || float64(slices.Min(sizes)) < average-limit {
		t.Errorf("%s: %v where the average is %.1f", when, sizes, average)
	}
}

// still fails if anybody is moved within the next minutes.
func (f *fleet) still(t *testing.T, when string) {
	t.Helper()
	shed := f.shed
	f.run(10 * time.Minute)
	if f.shed != shed {
		t.Errorf("%s: %d were moved after the fleet had become level", when, f.shed-shed)
	}
}

// moved fails if anybody was moved more often than that.
func (f *fleet) moved(t *testing.T, most int) {
	t.Helper()
	for _, c := range f.clients {
		if c.moves > most {
			t.Errorf("one was moved %d times, wanted %d at most", c.moves, most)
			return
		}
	}
}

// TestFleetsBecomeLevelAndStaySo also bounds what that costs: with a balancer that
// sees how full nodes are, one move for each session that is missing somewhere;
// with one that doesn't, about one for each session of the fleet.
func TestFleetsBecomeLevelAndStaySo(t *testing.T) {
	for name, place := range balancers() {
		for _, sizes := range [][]int{{300, 300, 0}, {600, 0}, {1000, 150, 150, 100}, {200, 200, 200, 200, 200, 200, 200, 200, 200, 0}} {
			t.Run(fmt.Sprint(name, sizes), func(t *testing.T) {
				f := newFleet(uint64(len(sizes)), DefaultConfig(), place(), sizes...)
				missing := 0
				for _, n := range sizes {
					missing += max(0, len(f.clients)/len(sizes)-n)
				}
				f.run(10 * time.Minute)
				f.level(t, "after ten minutes")
				f.still(t, "then")
				most := len(f.clients) * 5 / 4
				if name == sighted {
					most = missing
				}
				if f.shed < missing/2 || f.shed > most {
					t.Errorf("%d moves, %d were missing; wanted %d at most", f.shed, missing, most)
				}
				f.moved(t, 3)
			})
		}
	}
}

// TestFleetsThatChangeBecomeLevelAgain has nodes join, stop and die, each while
// the fleet may still be at the one before.
func TestFleetsThatChangeBecomeLevelAgain(t *testing.T) {
	for name, place := range balancers() {
		for seed := range uint64(3) {
			t.Run(fmt.Sprint(name, seed), func(t *testing.T) {
				f := newFleet(seed, DefaultConfig(), place(), 250, 250, 250)
				soon := func() time.Duration { return f.upTo(3 * time.Minute) }
				f.run(soon())
				f.join()
				f.run(soon())
				f.drains(f.readers[0])
				f.run(soon())
				f.dies(f.readers[1])
				f.run(soon())
				f.join()
				f.run(15 * time.Minute)
				f.level(t, "in the end")
				f.still(t, "then")
				if f.shed > 3*len(f.clients) {
					t.Errorf("%d moves of %d clients", f.shed, len(f.clients))
				}
				f.moved(t, 6)
			})
		}
	}
}

// TestADeathMovesNobodyTwice: the survivors of a node's death are level, and what
// its last beacon said moves nobody.
func TestADeathMovesNobodyTwice(t *testing.T) {
	for name, place := range balancers() {
		f := newFleet(1, DefaultConfig(), place(), 500, 500)
		f.run(time.Minute)
		f.dies(f.readers[0])
		f.run(10 * time.Minute)
		if f.shed != 0 || len(f.readers[1].clients) != 1000 {
			t.Errorf("%s: %d were shed by the only node that is left, which has %d", name, f.shed, len(f.readers[1].clients))
		}
	}
}

// TestWhatIsOfNoUseIsGivenUp: with a balancer that always sends clients back, the
// moves of a day are a few for each session, not one every hundred seconds.
func TestWhatIsOfNoUseIsGivenUp(t *testing.T) {
	back := func(f *fleet, from *reader) *reader { return from }
	f := newFleet(1, DefaultConfig(), back, 60, 60, 0)
	f.run(6 * time.Hour)
	const rounds = 9 // of a quarter each: a minute, two, four and so on fill six hours
	if most := len(f.clients) * rounds / roundPart; f.shed > most || f.shed < most/2 {
		t.Errorf("%d moves, wanted some, and %d at most", f.shed, most)
	}
	// A node that joins may be one that the balancer knows.
	f.place = leastConnections
	f.join()
	f.run(10 * time.Minute)
	f.level(t, "once it is of use")
}

// TestARoundIsJudgedByWhatHasArrived: sessions that were asked a moment ago are
// still counted where they were.
func TestARoundIsJudgedByWhatHasArrived(t *testing.T) {
	config := DefaultConfig()
	config.Share, config.Most = 0.5, 1000
	f := newFleet(1, config, leastConnections, 900, 900, 0, 0)
	f.run(30 * time.Second)
	f.level(t, "after half a minute")
}
