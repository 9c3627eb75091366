package fanout_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"heureka/read-node/fanout"
)

// TestPace states one rule of paced sessions a case. Session 1 has a pace of a
// second, and has been told that A is empty at the time 0.
func TestPace(t *testing.T) {
	const second = time.Second
	for name, rule := range map[string]func(t *testing.T, r *rig){
		"changes merge until its time has come": func(t *testing.T, r *rig) {
			r.put(instance("A", "1", ""))
			r.put(instance("A", "2", ""))
			r.hears(1)
			r.due(second)
			r.put(instance("A", "1", "x"))
			r.now = second - 1
			r.hears(1)
			r.now = second
			r.hears(1, "+A/2", "+A/1")
			r.due(-1)
		},
		"who has nothing to hear waits for nothing": func(t *testing.T, r *rig) {
			r.due(-1)
			r.put(instance("B", "1", ""))
			r.hears(1)
			r.due(-1)
		},
		"after a pause the first change comes at once": func(t *testing.T, r *rig) {
			r.now = 5 * second
			r.put(instance("A", "1", ""))
			r.hears(1, "+A/1")
			r.put(instance("A", "2", ""))
			r.hears(1)
			r.due(6 * second)
		},
		"others of the group don't wait with it": func(t *testing.T, r *rig) {
			r.open(2)
			r.subscribe(2, 1, set(t, app("A")))
			r.put(instance("A", "1", ""))
			r.hears(2, "snapshot 1", "+A/1", "synced 1 with 1")
			r.put(instance("A", "1", "x"))
			r.hears(2, "+A/1")
			r.put(instance("A", "2", ""))
			r.now = second
			r.deliver()
			if len(r.subs[1].heard) != 2 || len(r.subs[2].heard) != 1 {
				t.Errorf("hear %q and %q", r.subs[1].heard, r.subs[2].heard)
			}
		},
		"a heartbeat is a frame, too": func(t *testing.T, r *rig) {
			r.hub.Heartbeat(false)
			r.hears(1)
			r.now = second
			r.hears(1, "heartbeat with 0")
		},
		"an answer to a Subscribe has none, and begins the next": func(t *testing.T, r *rig) {
			r.now = second / 2
			r.must(1, fanout.Subscription{Seq: 2, Set: set(t, app("B")), Pace: second})
			r.hears(1, "synced 2 with 0")
			r.put(instance("B", "1", ""))
			r.hears(1)
			r.due(second + second/2)
		},
		"who waits is answered at once": func(t *testing.T, r *rig) {
			r.put(instance("A", "1", ""))
			r.hears(1)
			r.must(1, fanout.Subscription{Seq: 2, Set: set(t, app("A")), Pace: second})
			r.hears(1, "snapshot 2", "+A/1", "synced 2 with 1")
			r.due(-1)
		},
		"a snapshot of many frames has none": func(t *testing.T, r *rig) {
			for i := range 5 {
				r.put(instance("B", fmt.Sprint(i), strings.Repeat("v", r.config.MaxFrame/2)))
			}
			r.must(1, fanout.Subscription{Seq: 2, Set: set(t, app("B")), Pace: second})
			r.hears(1, "+B/0", "+B/1", "+B/2", "+B/3", "+B/4", "synced 2 with 5")
			r.put(instance("B", "0", "x"))
			r.hears(1)
			r.due(second)
		},
		"changes of many frames have it": func(t *testing.T, r *rig) {
			for i := range 2 {
				r.put(instance("A", fmt.Sprint(i), strings.Repeat("v", r.config.MaxFrame*3/4)))
			}
			r.now = second
			r.hears(1, "+A/0")
			r.hears(1)
			r.due(2 * second)
		},
		"another Subscribe may end it": func(t *testing.T, r *rig) {
			r.put(instance("A", "1", ""))
			r.hears(1)
			r.must(1, fanout.Subscription{Seq: 2, Set: set(t, app("A"))})
			r.hears(1, "snapshot 2", "+A/1", "synced 2 with 1")
			r.put(instance("A", "2", ""))
			r.hears(1, "+A/2")
		},
		"the longest there is bounds it": func(t *testing.T, r *rig) {
			r.must(1, fanout.Subscription{Seq: 2, Set: set(t, app("A")), Pace: time.Hour})
			r.now = 4 * second
			r.hears(1, "snapshot 2", "synced 2 with 0")
			r.put(instance("A", "2", ""))
			r.hears(1)
			r.due(4*second + r.config.MaxPace)
		},
		"who closes waits no more": func(t *testing.T, r *rig) {
			r.open(2)
			r.put(instance("A", "1", ""))
			r.deliver()
			r.close(1)
			r.due(-1)
			r.now = 2 * second
			r.deliver()
		},
		"a frame on its way isn't hurried": func(t *testing.T, r *rig) {
			r.now = second
			r.put(instance("A", "1", ""))
			r.deliver()
			r.put(instance("A", "2", ""))
			r.now = 10 * second
			r.deliver() // the rig fails on a second frame
			r.written(1)
			r.hears(1, "+A/2")
		},
	} {
		t.Run(name, func(t *testing.T) {
			config := fanout.DefaultConfig()
			config.MaxPace = 3 * second
			r := newRig(t, config)
			r.open(1)
			r.must(1, fanout.Subscription{Seq: 1, Set: set(t, app("A")), Pace: second})
			r.hears(1, "snapshot 1", "synced 1 with 0")
			rule(t, r)
		})
	}
}

func (r *rig) must(id fanout.SessionID, sub fanout.Subscription) {
	r.t.Helper()
	if err := r.trySubscribe(id, sub); err != nil {
		r.t.Fatal(err)
	}
}

// due checks when the hub wants to be asked again; below 0: not at all.
func (r *rig) due(want time.Duration) {
	r.t.Helper()
	if at, waits := r.hub.Due(); waits != (want >= 0) || waits && at != want {
		r.t.Errorf("due at %v, %v; wanted %v", at, waits, want)
	}
}
