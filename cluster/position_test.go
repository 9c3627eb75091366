package cluster

import (
	"testing"
	"time"

	"heureka/model"
)

func TestPositionLeavesOutWhatTheViewKeepsBack(t *testing.T) {
	const s = time.Second
	b := incarnation("b", 1)
	r := newReplica(DefaultConfig(), "a", Read)
	check := func(when string, want uint64, keepsBack bool) {
		t.Helper()
		if got, ok := r.Position(); !ok || !got.Equal(model.Vector{b: want}) {
			t.Errorf("%s: position %v %v, want %d", when, got, ok, want)
		}
		if r.KeepsBack(model.Vector{b: 2}) != keepsBack {
			t.Errorf("%s: keeps back %v", when, !keepsBack)
		}
	}
	copied := of(b, 1, "x")
	copied.Entries[0].Version.Turn = 1
	r.Receive(at(s), copied)
	check("all is shown", 1, false)

	evicted := ofOther(b, 2, "x")
	evicted.Entries[0].Version = copied.Entries[0].Version
	r.Receive(at(s), evicted)
	check("the eviction of a copy isn't shown yet", 1, true)
	if r.KeepsBack(model.Vector{b: 1}) {
		t.Error("who comes from before it hasn't been shown it")
	}
	r.Receive(at(s), of(b, 3, "y"))
	check("what came after it isn't covered either", 1, true)
	missed := make(map[string]uint64)
	for key, dot := range r.Missed(model.Vector{b: 1}) {
		missed[key.ID] = dot.Seq
	}
	if len(missed) != 2 || missed["x"] != 2 || missed["y"] != 3 {
		t.Errorf("missed %v", missed)
	}
	r.Tick(at(s + DefaultConfig().View.Grace))
	check("the grace is over", 3, false)
}

// Two heirs may evict the same copy. Until that is shown, neither tombstone is.
func TestPositionLeavesOutAllThatTheViewKeepsBackOfAKey(t *testing.T) {
	const s = time.Second
	b, c := incarnation("b", 1), incarnation("c", 1)
	r := newReplica(DefaultConfig(), "a", Read)
	copied := of(b, 1, "x")
	copied.Entries[0].Version.Turn = 1
	r.Receive(at(s), copied)
	for _, evicted := range []*Delta{ofOther(b, 2, "x"), ofOther(c, 1, "x")} {
		evicted.Entries[0].Version = copied.Entries[0].Version
		r.Receive(at(s), evicted)
	}
	if got, ok := r.Position(); !ok || !got.Equal(model.Vector{b: 1}) {
		t.Errorf("position %v %v", got, ok)
	}
	for _, shown := range []model.Vector{{b: 2}, {b: 1, c: 1}} {
		if !r.KeepsBack(shown) {
			t.Errorf("somebody at %v was shown the eviction, and it isn't kept back here", shown)
		}
	}
	r.Tick(at(s + DefaultConfig().View.Grace))
	if got, ok := r.Position(); !ok || !got.Equal(model.Vector{b: 2, c: 1}) {
		t.Errorf("after the grace: position %v %v", got, ok)
	}
}
