package fanout_test

import (
	"errors"
	"fmt"
	"testing"

	"heureka/interest"
	"heureka/model"
	"heureka/read-node/fanout"
)

// TestALogStaysInProportionToItsGroup changes few instances very often, and lets
// very many come and go.
func TestALogStaysInProportionToItsGroup(t *testing.T) {
	config := fanout.DefaultConfig()
	config.Departures = 50
	r := newRig(t, config)
	r.open(1)
	r.subscribe(1, 1, set(t, full()))
	r.deliver() // never written: the slowest of all subscribers
	for i := range 20_000 {
		r.put(instance("A", fmt.Sprint(i%10), fmt.Sprint(i)))
		r.put(instance("B", fmt.Sprint(i), ""))
		r.remove(model.NewKey("B", fmt.Sprint(i)))
		r.deliver()
		if n := r.hub.Stats().Places; n > 400 {
			t.Fatalf("%d places for 10 members and 50 departures", n)
		}
	}
	r.written(1)
	r.settle()
	r.checkHolds(1, r.subs[1])
}

// TestSharedFramesAreBounded walks many sessions through snapshots of their own.
func TestSharedFramesAreBounded(t *testing.T) {
	config := fanout.DefaultConfig()
	config.SharedBytes = 10_000
	r := newRig(t, config)
	for i := range 200 {
		r.put(instance(fmt.Sprint(i%50), fmt.Sprint(i), ""))
	}
	for id := range fanout.SessionID(50) {
		r.open(id)
		r.subscribe(id, uint64(id), set(t, app(fmt.Sprint(id))))
		r.settle()
		if n := r.hub.Stats().SharedBytes; n > config.SharedBytes {
			t.Fatalf("%d bytes are kept, %d are allowed", n, config.SharedBytes)
		}
	}
}

// TestPatternsAreBounded counts distinct patterns: groups that bring none, or
// the same ones, always fit.
func TestPatternsAreBounded(t *testing.T) {
	config := fanout.DefaultConfig()
	config.Patterns = 2
	r := newRig(t, config)
	for i, step := range []struct {
		set  interest.Set
		want error
	}{
		{set(t, like(interest.ID, "a.*"), like(interest.ID, "b.*")), nil},
		{set(t, like(interest.ID, "c.*")), fanout.ErrFull},
		{set(t, like(interest.ID, "a.*"), like(interest.ID, "b.*")), nil},
		{set(t, full()), nil},
	} {
		id := fanout.SessionID(i + 1)
		r.open(id)
		if err := r.trySubscribe(id, fanout.Subscription{Seq: 1, Set: step.set}); !errors.Is(err, step.want) {
			t.Errorf("%s: %v, want %v", step.set, err, step.want)
		}
	}
}
