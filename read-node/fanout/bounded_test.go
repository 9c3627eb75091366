package fanout_test

import (
	"errors"
	"fmt"
	"runtime"
	"testing"

	"heureka/interest"
	"heureka/model"
	"heureka/read-node/fanout"
)

// TestALogStaysInProportionToItsMembers changes few instances very often, and lets
// very many come and go: in the node's log, and in a group's.
func TestALogStaysInProportionToItsMembers(t *testing.T) {
	config := fanout.DefaultConfig()
	config.Departures = 50
	r := newRig(t, config)
	r.open(1)
	r.open(2)
	r.subscribe(1, 1, set(t, full()))
	r.subscribe(2, 1, set(t, vip("x")))
	r.deliver() // never written: the slowest of all subscribers
	for i := range 20_000 {
		r.put(instance("A", fmt.Sprint(i%10), fmt.Sprintf("x,%d", i)))
		r.put(instance("B", fmt.Sprint(i), "x"))
		if i%2 == 0 {
			r.put(instance("B", fmt.Sprint(i), "y"))
		}
		r.remove(model.NewKey("B", fmt.Sprint(i)))
		r.deliver()
		if s := r.hub.Stats(); s.Places > 400 || s.References > 400 {
			t.Fatalf("%d and %d places for 10 members and 50 departures", s.Places, s.References)
		}
	}
	r.settle()
	r.checkHolds(1, r.subs[1])
	r.checkHolds(2, r.subs[2])
}

// TestWhoNeverReadsCostsNoMore has the instances of a subscriber's interest change
// 100,000 times, and another change its interests as often, while neither takes its
// first frame: what is held for them doesn't grow.
func TestWhoNeverReadsCostsNoMore(t *testing.T) {
	config := fanout.DefaultConfig()
	config.EncodedBytes = 1 << 20
	r := newRig(t, config)
	const instances = 1000
	put := func(i int) {
		in := instance("A", fmt.Sprint(i%instances), "x")
		in.Metadata = map[string]string{"n": fmt.Sprintf("%0100d", i)}
		r.put(in)
	}
	for i := range instances {
		put(i)
	}
	r.open(1)
	r.open(2)
	r.subscribe(1, 1, set(t, app("A"), vip("x")))
	r.subscribe(2, 1, set(t, vip("none")))
	r.deliver()
	missed := r.missed(0)
	change := func(turns int) int64 {
		for i := range turns {
			put(i)
			one := set(t, vip(fmt.Sprint(i)), interest.Interest{Kind: interest.ID, Value: fmt.Sprint(i)})
			sub := fanout.Subscription{Seq: uint64(i), Set: one, Resume: &fanout.Resume{Missed: missed}}
			if err := r.hub.Subscribe(2, sub); err != nil {
				t.Fatal(err)
			}
			r.hub.Deliveries(0)
		}
		return heap()
	}
	before := change(2000)
	places := r.hub.Stats().Places + r.hub.Stats().References
	after := change(100_000)
	s := r.hub.Stats()
	if s.Groups > 3 || s.Places+s.References > places+3*instances {
		t.Errorf("%d places before, stats = %+v", places, s)
	}
	if grown := after - before; grown > 1<<20 {
		t.Errorf("%d bytes more than after the first 2,000 changes", grown)
	}
	r.close(2)
	r.written(1)
	r.settle()
	r.checkHolds(1, r.subs[1])
}

// heap returns the bytes of what is reachable.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestSharedFramesAreBounded walks many sessions through snapshots of their own.
func TestSharedFramesAreBounded(t *testing.T) {
	config := fanout.DefaultConfig()
	config.SharedBytes = 10_000
	r := newRig(t, config)
	for i := range 200 {
		r.put(instance(fmt.Sprint(i%50), fmt.Sprint(i), ""))
	}
	for id := range fanout.SessionID(100) {
		r.open(id)
		r.subscribe(id, uint64(id), set(t, app(fmt.Sprint(id%50))))
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
