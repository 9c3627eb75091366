package fanout_test

import (
	"fmt"
	"testing"

	"heureka/interest"
	"heureka/model"
	"heureka/read-node/fanout"
)

// narrow is a config with little room for logs.
func narrow(references int) fanout.Config {
	return fanout.Config{
		MaxFrame: 720, Departures: 4, References: references, Patterns: 1000, SharedBytes: 1 << 16, EncodedBytes: 1 << 16,
	}
}

// TestGroupsWithoutRoomWalk has a group that doesn't fit hear what others hear.
func TestGroupsWithoutRoomWalk(t *testing.T) {
	for name, rule := range map[string]func(t *testing.T, r *rig){
		"a snapshot and what follows": func(t *testing.T, r *rig) {
			r.subscribe(1, 1, set(t, vip("x")))
			r.hears(1, "snapshot 1", "+A/1", "+A/2", "synced 1 with 2")
			r.put(instance("B", "1", "x"))
			r.hears(1, "+B/1")
			r.remove(model.NewKey("B", "1"))
			r.hears(1, "-B/1")
			r.put(instance("A", "1", "y"))
			r.hears(1, "-A/1")
		},
		"what is of no interest wakes nobody": func(t *testing.T, r *rig) {
			r.subscribe(1, 1, set(t, vip("x")))
			r.settle()
			r.put(instance("B", "1", "y"))
			r.remove(model.NewKey("B", "1"))
			r.hears(1)
			r.put(instance("A", "1", "x,y"))
			r.hears(1, "+A/1")
		},
		"only who may have left is removed": func(t *testing.T, r *rig) {
			r.put(instance("B", "1", "y"))
			r.put(instance("B", "2", "y"))
			r.subscribe(1, 1, set(t, vip("x")))
			r.deliver()
			down := instance("B", "1", "y")
			down.Status = model.StatusDown
			r.put(instance("B", "3", "y"))    // of no interest, as nothing is before A/1
			r.put(instance("A", "1", "x,y"))  // has it
			r.put(down)                       // can't have had x since
			r.put(instance("B", "2", "y,z"))  // may have
			r.put(instance("C", "1", "none")) // is new
			r.written(1)
			r.hears(1, "+A/1", "-B/2", "-C/1")
		},
		"keys tell who was never there": func(t *testing.T, r *rig) {
			r.put(instance("B", "1", ""))
			r.subscribe(1, 1, set(t, app("A"), interest.Interest{Kind: interest.ID, Value: "7"}))
			r.deliver()
			r.put(instance("B", "1", "z"))
			r.put(instance("B", "2", ""))
			r.put(instance("B", "7", ""))
			r.remove(model.NewKey("B", "1"))
			r.remove(model.NewKey("B", "7"))
			r.remove(model.NewKey("A", "1"))
			r.written(1)
			r.hears(1, "-B/7", "-A/1")
		},
		"who left and changed since is removed": func(t *testing.T, r *rig) {
			r.subscribe(1, 1, set(t, vip("x")))
			r.deliver()
			r.put(instance("A", "1", "y"))
			r.put(instance("A", "1", "z"))
			r.remove(model.NewKey("A", "1"))
			r.written(1)
			r.hears(1, "-A/1")
		},
		"in a change of interests": func(t *testing.T, r *rig) {
			r.put(instance("B", "1", ""))
			r.subscribe(1, 1, set(t, vip("x")))
			r.settle()
			r.subscribe(1, 2, set(t, app("B"), interest.Interest{Kind: interest.ID, Value: "2"}))
			r.hears(1, "-A/1", "+B/1", "synced 2 with 2")
		},
		"departures elsewhere don't make anybody lost": func(t *testing.T, r *rig) {
			r.subscribe(1, 1, set(t, vip("x")))
			r.settle()
			for i := range 100 {
				r.put(instance("B", fmt.Sprint(i), ""))
			}
			for i := range 100 {
				r.remove(model.NewKey("B", fmt.Sprint(i)))
			}
			r.hub.Heartbeat(false)
			r.hears(1, "heartbeat with 2")
			r.put(instance("A", "1", "x,y"))
			r.hears(1, "+A/1")
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, narrow(1))
			r.open(1)
			r.put(instance("A", "1", "x"))
			r.put(instance("A", "2", "x"))
			rule(t, r)
			if s := r.hub.Stats(); s.Walking != 1 || s.References != 0 {
				t.Errorf("stats = %+v", s)
			}
		})
	}
}

// TestGroupsTurn has a group outgrow the room for its log, and get one again.
func TestGroupsTurn(t *testing.T) {
	r := newRig(t, narrow(100))
	for id, s := range map[fanout.SessionID]interest.Set{
		1: set(t, vip("x")), 2: set(t, app("B")), 3: set(t, like(interest.VIP, "x.*")),
	} {
		r.open(id)
		r.subscribe(id, 1, s)
	}
	r.settle()
	for i := range 40 {
		r.put(instance("A", fmt.Sprint(i), "x"))
		if i%7 == 0 {
			r.deliver() // the rest catches up in both kinds of log
			r.written(1)
		}
	}
	before := r.hub.Stats()
	for i := range 40 {
		r.put(instance("A", fmt.Sprint(i), "x,y"))
	}
	after := r.hub.Stats()
	if before.Walking != 0 || after.Walking == 0 || after.Unlogged == 0 || after.References > 100 {
		t.Fatalf("before %+v, after %+v", before, after)
	}
	r.settle()
	for i := range 35 {
		r.remove(model.NewKey("A", fmt.Sprint(i)))
		r.settle()
	}
	for range 5 {
		r.hub.Heartbeat(false) // gives logs again, one by one
		r.put(instance("A", "39", fmt.Sprintf("x,%d", r.number)))
		r.put(instance("A", "38", fmt.Sprintf("y,%d", r.number)))
		r.deliver()
		r.written(2)
	}
	if s := r.hub.Stats(); s.Walking != 0 || s.Logged == 0 {
		t.Errorf("stats = %+v", s)
	}
	r.settle()
	if n := r.hub.Stats().Replaced; n != 0 {
		t.Errorf("%d were told everything again", n)
	}
	for _, id := range r.order {
		r.checkHolds(id, r.subs[id])
	}
}

// TestPatternsWithoutRoomAreGivenUp has the view grow until not even what is known
// of two groups' members has room.
func TestPatternsWithoutRoomAreGivenUp(t *testing.T) {
	r := newRig(t, narrow(8))
	for id := range fanout.SessionID(4) {
		r.open(id)
		r.must(id, fanout.Subscription{Seq: 1, Set: set(t, like(interest.App, fmt.Sprintf("A{%d,9}", id)))})
	}
	r.open(9)
	r.subscribe(9, 1, set(t, full()))
	r.settle()
	for i := range 500 {
		r.put(instance("AAAA", fmt.Sprint(i), ""))
		if n := r.hub.Stats().References; n > 8 {
			t.Fatalf("%d references after %d", n, i)
		}
		r.settle()
	}
	if s := r.hub.Stats(); s.GivenUp != 2 || len(r.ended) != 2 || s.Sessions != 3 || s.Groups != 3 {
		t.Errorf("ended %v, stats = %+v", r.ended, s)
	}
	for _, id := range r.order {
		r.checkHolds(id, r.subs[id])
	}
	r.open(10)
	if err := r.trySubscribe(10, fanout.Subscription{Seq: 1, Set: set(t, like(interest.ID, ".*"))}); err != fanout.ErrFull {
		t.Errorf("another: %v", err)
	}
}

// TestWhoIsGivenUpMayHaveGone closes sessions before the hub has said that it gave
// them up.
func TestWhoIsGivenUpMayHaveGone(t *testing.T) {
	r := newRig(t, narrow(1))
	r.open(1)
	r.must(1, fanout.Subscription{Seq: 1, Set: set(t, like(interest.App, "A.*"))})
	r.settle()
	for i := range 300 {
		r.put(instance("A", fmt.Sprint(i), ""))
	}
	if n := r.hub.Stats().GivenUp; n != 1 {
		t.Fatalf("%d are given up", n)
	}
	r.close(1)
	r.deliver() // the rig fails on words about who is closed
}

// TestASurveyMayBeInVain has those go who had the same patterns.
func TestASurveyMayBeInVain(t *testing.T) {
	r := newRig(t, narrow(1000))
	r.put(instance("A", "1", ""))
	r.open(1)
	r.open(2)
	patterns := set(t, like(interest.App, "A.*"), app("B"))
	r.subscribe(1, 1, patterns)
	known, _ := r.hub.Survey(patterns).Match(func() bool { return false })
	r.close(1)
	if err := r.hub.Subscribe(2, fanout.Subscription{Seq: 1, Set: patterns, Known: known}); err != fanout.ErrUnsurveyed {
		t.Errorf("err = %v", err)
	}
	if err := r.hub.Subscribe(2, fanout.Subscription{Seq: 1, Set: patterns}); err != fanout.ErrUnsurveyed {
		t.Errorf("err = %v", err)
	}
	r.subscribe(2, 1, patterns)
	r.hears(2, "snapshot 1", "+A/1", "synced 1 with 1")
}
