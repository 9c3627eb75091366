package resume

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"heureka/interest"
	"heureka/model"
	"heureka/read-node/fanout"
)

// author adds an entry, in place of the one that the key had.
func (n *node) author(inc model.Incarnation, key model.Key) {
	n.vector[inc]++
	n.entries = slices.DeleteFunc(n.entries, func(e mark) bool { return e.key == key })
	n.entries = append(n.entries, mark{key, model.Dot{Incarnation: inc, Seq: n.vector[inc]}})
}

// TestAGapHasWhatAnyoneMissed compares what a desk finds for random arrivals, while
// the registry goes on, with what a look at all entries finds.
func TestAGapHasWhatAnyoneMissed(t *testing.T) {
	sets := []interest.Set{set(t, "A0"), set(t, "A1", "A7"), {}, wide(t)}
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		n := &node{vector: make(model.Vector)}
		positions := []model.Vector{{}}
		d := NewDesk(Config{Cluster: "prod", MaxMissed: 10 * gapSlack})
		for step := range 600 {
			for range random.IntN(5) {
				n.author([]model.Incarnation{one, two, other}[random.IntN(3)], model.NewKey(fmt.Sprint("A", random.IntN(10)), fmt.Sprint(random.IntN(20))))
			}
			positions = append(positions, n.vector.Clone())
			d.Due(time.Duration(step)*time.Second, n)
			position, s := positions[random.IntN(len(positions))], sets[random.IntN(len(sets))]
			got, _ := d.gap.missed(time.Duration(step)*time.Second, n, position, s, math.MaxInt)
			apps, only := applications(s)
			for _, e := range n.entries {
				if missed := !position.Covers(e.dot) && (!only || slices.Contains(apps, e.key.App)); missed && !slices.Contains(got, e.key) {
					t.Fatalf("seed %d, step %d: %s beyond %v isn't found", seed, step, e.key, position)
				}
			}
			for _, key := range got {
				if only && !slices.Contains(apps, key.App) {
					t.Fatalf("%s doesn't concern %s", key, s)
				}
			}
		}
	}
}

func wide(t *testing.T) interest.Set {
	t.Helper()
	s, err := interest.NewSet(interest.DefaultLimits(), []interest.Interest{{Kind: interest.VIP, Value: "v"}, {Kind: interest.App, Value: "a0"}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestManyArrivalsLookTheirGapUpOnce has a crowd come while changes go on: only what
// is new is looked up, and what changes again and again is kept bounded.
func TestManyArrivalsLookTheirGapUpOnce(t *testing.T) {
	n := &node{vector: make(model.Vector)}
	for i := range 100 {
		n.author(one, model.NewKey("a", fmt.Sprint(i)))
	}
	d := NewDesk(Config{Cluster: "prod", MaxMissed: 10 * gapSlack})
	arrive := func(position model.Vector) []model.Key {
		a, _ := d.Receive(0, n, Arrival{Subscription: fanout.Subscription{Set: set(t, "a")}}, token(t, "prod", "a", position))
		return a.Resume.Missed
	}
	for i := range 50 {
		if got := arrive(model.Vector{one: 90 + uint64(i%10)}); len(got) != 10-i%10 {
			t.Fatalf("arrival %d missed %v", i, got)
		}
	}
	if n.asked != 1 {
		t.Errorf("looked up %d times while nothing changed", n.asked)
	}
	for i := range 10 * gapSlack {
		n.author(one, model.NewKey("a", "busy"))
		if got := arrive(model.Vector{one: 95}); len(got) < 6 {
			t.Fatalf("change %d: missed %v", i, got)
		}
		if len(d.gap.marks) > 2*(gapSlack+100) {
			t.Fatalf("%d marks are kept of six keys", len(d.gap.marks))
		}
	}
	d.Due(gapKept, n)
	if d.gap.from == nil {
		t.Error("forgotten while they still come")
	}
	if d.Due(gapKept+1, n); d.gap.marks != nil {
		t.Error("kept for ever")
	}
}

// TestWhoMissedTooMuchGetsASnapshot has one come from too far back, which costs those
// nothing who come from near.
func TestWhoMissedTooMuchGetsASnapshot(t *testing.T) {
	n := &node{vector: make(model.Vector)}
	for i := range 100 {
		n.author(one, model.NewKey("a", fmt.Sprint(i)))
	}
	d := NewDesk(Config{Cluster: "prod", MaxMissed: 10})
	arrive := func(position model.Vector) *fanout.Resume {
		a, _ := d.Receive(0, n, Arrival{Subscription: fanout.Subscription{Set: set(t, "a")}}, token(t, "prod", "a", position))
		return a.Resume
	}
	for range 3 {
		if r := arrive(model.Vector{one: 90}); r.TooMuch || len(r.Missed) != 10 {
			t.Fatalf("from near: %+v", r)
		}
		if r := arrive(model.Vector{one: 89}); !r.TooMuch || r.Missed != nil || r.Refused != "" {
			t.Fatalf("from far: %+v", r)
		}
	}
	if n.asked != 4 {
		t.Errorf("looked up %d times, wanted once for those from near", n.asked)
	}
}
