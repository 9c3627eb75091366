package fanout_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"heureka/interest"
	"heureka/model"
	"heureka/read-node/fanout"
)

// TestRules states one rule of the fan-out a case. Session 1 is the one that is
// looked at.
func TestRules(t *testing.T) {
	tiny := fanout.Config{MaxFrame: 720, Departures: 4, References: 1000, Patterns: 1000, SharedBytes: 1 << 20, EncodedBytes: 4000, MaxPace: time.Second}
	for name, rule := range map[string]func(t *testing.T, r *rig){
		"an empty interest set is synced with nothing": func(t *testing.T, r *rig) {
			r.subscribe(1, 7, set(t))
			r.hears(1, "snapshot 7", "synced 7 with 0")
		},
		"a snapshot comes in the order of the last changes": func(t *testing.T, r *rig) {
			r.put(instance("A", "1", ""))
			r.put(instance("A", "2", ""))
			r.put(instance("A", "1", "x"))
			r.subscribe(1, 1, set(t, app("a")))
			r.hears(1, "snapshot 1", "+A/2", "+A/1", "synced 1 with 2")
		},
		"a change after the snapshot comes alone": func(t *testing.T, r *rig) {
			r.subscribe(1, 1, set(t, app("A")))
			r.hears(1, "snapshot 1", "synced 1 with 0")
			r.put(instance("A", "1", ""))
			r.put(instance("B", "1", ""))
			r.hears(1, "+A/1")
			r.hears(1)
		},
		"who leaves the interest arrives as removed, in the other as put": func(t *testing.T, r *rig) {
			r.open(2)
			r.subscribe(1, 1, set(t, vip("x")))
			r.subscribe(2, 1, set(t, vip("y")))
			r.put(instance("A", "1", "x"))
			r.settle()
			r.put(instance("A", "1", "y"))
			r.deliver()
			if got := strings.Join(append(r.subs[1].heard, r.subs[2].heard...), " "); got != "-A/1 +A/1" {
				t.Errorf("heard %q", got)
			}
		},
		"overlapping interests deliver once": func(t *testing.T, r *rig) {
			r.subscribe(1, 1, set(t, app("A"), vip("x"), interest.Interest{Kind: interest.ID, Value: "1"}))
			r.hears(1, "snapshot 1", "synced 1 with 0")
			r.put(instance("A", "1", "x"))
			r.hears(1, "+A/1")
			r.put(instance("A", "1", ""))
			r.hears(1, "+A/1")
		},
		"two applications with the same instance id are two instances": func(t *testing.T, r *rig) {
			r.subscribe(1, 1, set(t, app("A")))
			r.put(instance("A", "host", ""))
			r.put(instance("B", "host", ""))
			r.hears(1, "snapshot 1", "+A/host", "synced 1 with 1")
			r.remove(model.NewKey("B", "host"))
			r.hears(1)
		},
		"a slow session hears each instance once, with its latest value": func(t *testing.T, r *rig) {
			r.subscribe(1, 1, set(t, app("A")))
			r.deliver()
			for i := range 1000 {
				r.put(instance("A", "1", fmt.Sprint(i)))
				r.put(instance("A", "2", fmt.Sprint(i)))
				r.deliver()
			}
			r.remove(model.NewKey("A", "2"))
			r.written(1)
			r.hears(1, "+A/1", "-A/2")
		},
		"departures from before the snapshot are not told": func(t *testing.T, r *rig) {
			r.open(2)
			r.subscribe(2, 1, set(t, app("A")))
			r.put(instance("A", "1", ""))
			r.put(instance("A", "2", ""))
			r.remove(model.NewKey("A", "1"))
			r.settle()
			r.subscribe(1, 1, set(t, app("A")))
			r.hears(1, "snapshot 1", "+A/2", "synced 1 with 1")
		},
		"who comes from before the departures remembered gets a snapshot that replaces": func(t *testing.T, r *rig) {
			for i := range 40 {
				r.put(instance("A", fmt.Sprint(i), ""))
			}
			r.subscribe(1, 3, set(t, app("A")))
			r.settle()
			r.put(instance("A", "last", ""))
			r.deliver() // on its way from here on
			for i := range 40 {
				r.remove(model.NewKey("A", fmt.Sprint(i)))
			}
			r.written(1)
			r.hears(1, "snapshot 3", "+A/last", "synced 3 with 1")
			if r.hub.Stats().Replaced != 1 {
				t.Error("the replacement isn't counted")
			}
		},
		"a change of interests touches only what differs": func(t *testing.T, r *rig) {
			r.put(instance("A", "1", "x"))
			r.put(instance("A", "2", ""))
			r.put(instance("B", "1", "x"))
			r.subscribe(1, 1, set(t, app("A")))
			r.settle()
			r.subscribe(1, 2, set(t, vip("x")))
			r.hears(1, "-A/2", "+B/1", "synced 2 with 2")
			r.put(instance("A", "2", "x"))
			r.hears(1, "+A/2")
		},
		"a change of interests first tells the rest of the old ones": func(t *testing.T, r *rig) {
			r.put(instance("A", "1", "x"))
			r.subscribe(1, 1, set(t, app("A")))
			r.deliver()
			r.put(instance("A", "1", "x,y"))
			r.put(instance("A", "2", ""))
			r.subscribe(1, 2, set(t, vip("x")))
			r.written(1)
			r.hears(1, "+A/1", "+A/2", "-A/2", "synced 2 with 1")
		},
		"a change of interests whose removes don't fit a frame is a snapshot": func(t *testing.T, r *rig) {
			for i := range 40 {
				r.put(instance("A", fmt.Sprint(i), ""))
			}
			r.put(instance("B", "1", ""))
			r.subscribe(1, 1, set(t, app("A")))
			r.settle()
			r.subscribe(1, 2, set(t, app("B")))
			r.hears(1, "snapshot 2", "+B/1", "synced 2 with 1")
		},
		"of the Subscribes that wait only the newest counts": func(t *testing.T, r *rig) {
			r.put(instance("A", "1", ""))
			r.put(instance("B", "1", ""))
			r.subscribe(1, 1, set(t, app("A")))
			r.deliver()
			r.subscribe(1, 2, set(t, app("C")))
			r.subscribe(1, 3, set(t, app("A"), app("B")))
			r.written(1)
			r.hears(1, "+B/1", "synced 3 with 2")
		},
		"the same interests again give a snapshot": func(t *testing.T, r *rig) {
			r.put(instance("A", "1", ""))
			r.subscribe(1, 1, set(t, app("A")))
			r.settle()
			r.subscribe(1, 2, set(t, app("A")))
			r.hears(1, "snapshot 2", "+A/1", "synced 2 with 1")
		},
		"who is idle at the head gets heartbeats": func(t *testing.T, r *rig) {
			r.hub.Heartbeat(false)
			r.hears(1, "heartbeat")
			r.put(instance("A", "1", ""))
			r.subscribe(1, 1, set(t, app("A")))
			r.settle()
			r.hub.Heartbeat(true)
			r.hears(1, "heartbeat with 1, stale")
			r.subscribe(1, 2, set(t))
			r.hears(1, "-A/1", "synced 2 with 0, stale")
		},
		"who has something else to hear gets a heartbeat behind it": func(t *testing.T, r *rig) {
			r.subscribe(1, 1, set(t, app("A")))
			r.settle()
			r.put(instance("A", "1", ""))
			r.hub.Heartbeat(false)
			r.hears(1, "+A/1", "heartbeat with 1")
		},
		"a synced is as good as a heartbeat": func(t *testing.T, r *rig) {
			r.subscribe(1, 1, set(t, app("A")))
			r.hub.Heartbeat(false)
			r.hears(1, "snapshot 1", "synced 1 with 0")
		},
		"a heartbeat comes when the head is reached": func(t *testing.T, r *rig) {
			r.subscribe(1, 1, set(t, app("A")))
			r.settle()
			for i := range 8 {
				r.put(instance("A", fmt.Sprint(i), ""))
			}
			r.hub.Heartbeat(false)
			r.deliver()
			r.written(1)
			r.hears(1, "+A/4", "+A/5", "+A/6", "+A/7", "heartbeat with 8")
		},
		"an instance longer than a frame goes alone": func(t *testing.T, r *rig) {
			long := instance("A", "long", "")
			long.HomePageURL = "http://" + strings.Repeat("x", 2000)
			r.put(instance("A", "1", ""))
			r.put(long)
			r.put(instance("A", "2", ""))
			r.subscribe(1, 1, set(t, full()))
			r.hears(1, "snapshot 1", "+A/1", "+A/long", "+A/2", "synced 1 with 3")
		},
		"a frame is not shared across a change": func(t *testing.T, r *rig) {
			for i := range 6 {
				r.put(instance("A", fmt.Sprint(i), ""))
			}
			r.open(2)
			r.subscribe(1, 1, set(t, app("A")))
			r.subscribe(2, 1, set(t, app("A")))
			r.deliver() // the same beginning for both
			r.written(2)
			r.deliver()
			r.written(2)
			r.put(instance("A", "new", ""))
			r.written(1)
			r.hears(1, "+A/4", "+A/5", "+A/new", "synced 1 with 7")
		},
		"a frame for who holds a part is not shared with who holds nothing": func(t *testing.T, r *rig) {
			for _, key := range []string{"B1", "B2", "B3", "B4", "B5", "A1", "A2"} {
				r.put(instance(key[:1], key[1:], ""))
			}
			r.subscribe(1, 1, set(t, app("A")))
			r.settle()
			r.open(2)
			r.subscribe(1, 2, set(t, app("A"), app("B")))
			r.subscribe(2, 2, set(t, app("A"), app("B")))
			r.deliver()
			r.written(1)
			r.written(2)
			r.deliver()
			if got := strings.Join(r.subs[1].heard, " "); got != "+B/5 synced 2 with 7" {
				t.Errorf("who holds a part hears %q", got)
			}
			if got := strings.Join(r.subs[2].heard, " "); got != "+B/5 +A/1 +A/2 synced 2 with 7" {
				t.Errorf("who holds nothing hears %q", got)
			}
		},
		"a frame for who came later is not shared with who must hear what left": func(t *testing.T, r *rig) {
			for i := range 4 {
				r.put(instance("A", fmt.Sprint(i), ""))
			}
			long := instance("A", "long", "") // so that the first frame of both ends before it
			long.HomePageURL = "http://" + strings.Repeat("x", 400)
			r.put(long)
			r.open(2)
			r.subscribe(1, 1, set(t, app("A")))
			r.deliver()
			r.remove(model.NewKey("A", "0"))
			r.subscribe(2, 1, set(t, app("A")))
			r.deliver()
			r.written(2) // and so comes first
			r.written(1)
			r.hears(1, "+A/long", "-A/0", "synced 1 with 4")
		},
		"unknown sessions are ignored": func(t *testing.T, r *rig) {
			r.hub.Close(9)
			r.hub.Written(9)
			if err := r.hub.Subscribe(9, fanout.Subscription{Seq: 1, Set: set(t, full())}); err != nil {
				t.Error(err)
			}
			if s := r.hub.Stats(); s.Groups != 0 || s.Sessions != 1 {
				t.Errorf("stats = %+v", s)
			}
		},
		"a session closed between its change and its frame gets nothing": func(t *testing.T, r *rig) {
			r.subscribe(1, 1, set(t, full()))
			r.close(1)
			r.deliver()
			if s := r.hub.Stats(); s.Groups != 0 || s.References != 0 || s.Index.Members != 0 {
				t.Errorf("stats = %+v", s)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, tiny)
			r.open(1)
			rule(t, r)
		})
	}
}

func TestSessionsAtTheSameCursorShareTheBytes(t *testing.T) {
	r := newRig(t, fanout.DefaultConfig())
	for id := range fanout.SessionID(10) {
		r.put(instance("A", fmt.Sprint(id), "")) // they come at different times
		r.open(id)
		r.subscribe(id, 1, set(t, app("A")))
		r.settle()
	}
	r.put(instance("A", "1", ""))
	deliveries := r.hub.Deliveries(0)
	if len(deliveries) != 10 {
		t.Fatalf("%d deliveries", len(deliveries))
	}
	for _, d := range deliveries {
		if &d.Frame[0] != &deliveries[0].Frame[0] {
			t.Error("a session got bytes of its own")
		}
	}
}

func TestConfigNamesTheWrongBound(t *testing.T) {
	for name, wrong := range map[string]func(*fanout.Config){
		"MaxFrame":    func(c *fanout.Config) { c.MaxFrame = 10 },
		"Departures":  func(c *fanout.Config) { c.Departures = 0 },
		"References":  func(c *fanout.Config) { c.References = 0 },
		"SharedBytes": func(c *fanout.Config) { c.SharedBytes = -1 },
	} {
		c := fanout.DefaultConfig()
		wrong(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: err = %v", name, err)
		}
	}
}

func TestASurveyCanBeCancelled(t *testing.T) {
	r := newRig(t, fanout.DefaultConfig())
	r.put(instance("A", "1", ""))
	like := set(t, interest.Interest{Kind: interest.App, Op: interest.Like, Value: "A"})
	for _, cancelled := range []bool{false, true} {
		known, ok := r.hub.Survey(like).Match(func() bool { return cancelled })
		if ok == cancelled || len(known) != 1 && ok {
			t.Errorf("cancelled %v: found out %v, %v", cancelled, known, ok)
		}
	}
}
