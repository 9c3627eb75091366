package fanout_test

import (
	"fmt"
	"strings"
	"testing"

	"heureka/interest"
	"heureka/model"
	"heureka/read-node/fanout"
)

// TestResuming states one rule of resuming a case: in groups that are new, that
// are there, and that walk the node's log. Session 1 has gone, session 2 is its
// subscriber come back.
func TestResuming(t *testing.T) {
	for name, rule := range resumeRules {
		for _, group := range []string{"new", "old", "walking"} {
			t.Run(name+", "+group, func(t *testing.T) {
				r := newRig(t, fanout.Config{
					MaxFrame: 720, Departures: 8, References: 1000, Patterns: 1000, SharedBytes: 1 << 16, EncodedBytes: 1 << 16,
				})
				rule(&comeback{rig: r, group: group})
				r.settle()
				for len(r.order) > 0 {
					r.close(r.order[0])
				}
				if n := r.hub.Stats().References; n != 0 {
					t.Errorf("%d references are left", n)
				}
			})
		}
	}
}

// comeback is a rig whose session 1 ends, and comes back as session 2.
type comeback struct {
	*rig
	group  string
	room   int // references that are left where groups are to walk
	before *sub
}

// goes has session 1 subscribe, be told everything, and end.
func (c *comeback) goes(atoms ...interest.Interest) {
	c.t.Helper()
	c.open(1)
	if c.group == "walking" { // what takes all references goes again
		c.open(97)
		for i := range c.config.References - c.room {
			c.put(instance("CROWD", fmt.Sprint(i), ""))
		}
		c.subscribe(97, 1, set(c.t, app("CROWD")))
		defer c.close(97)
	}
	c.subscribe(1, 1, set(c.t, atoms...))
	if c.group != "new" {
		c.open(98)
		c.subscribe(98, 1, set(c.t, atoms...))
	}
	c.settle()
	if walks := c.hub.Stats().Walking > 0; walks != (c.group == "walking" || atoms[0].Kind == interest.Full && c.group != "new") && c.group != "new" {
		c.t.Fatalf("the group walks: %v", walks)
	}
	c.before = c.subs[1]
	c.close(1)
}

// returns opens session 2 with the token of session 1.
func (c *comeback) returns() {
	c.t.Helper()
	if err := c.resume(2, 1, c.before, 0); err != nil {
		c.t.Fatal(err)
	}
}

var resumeRules = map[string]func(r *comeback){
	"who missed nothing hears just that": func(r *comeback) {
		r.put(instance("A", "1", ""))
		r.goes(app("A"))
		r.put(instance("B", "1", ""))
		r.returns()
		r.hears(2, "resumed 1", "synced 1 with 1")
	},
	"what came, changed and left is told, nothing else": func(r *comeback) {
		for _, id := range []string{"1", "2", "3"} {
			r.put(instance("A", id, ""))
		}
		r.goes(app("A"))
		r.put(instance("A", "2", "x"))
		r.put(instance("B", "2", "x"))
		r.put(instance("B", "3", "x"))
		r.remove(model.NewKey("B", "3"))
		r.remove(model.NewKey("A", "1"))
		r.returns()
		r.hears(2, "resumed 1", "-A/1", "+A/2", "synced 1 with 2")
	},
	"who left a vip is removed, and who may have": func(r *comeback) {
		r.put(instance("A", "1", "x"))
		r.put(instance("A", "2", "y"))
		r.goes(vip("x"))
		r.put(instance("A", "1", "y"))
		r.put(instance("A", "2", "z"))
		r.returns()
		r.hears(2, "resumed 1", "-A/1", "-A/2", "synced 1 with 0")
	},
	"a pattern for keys tells who can't have been held": func(r *comeback) {
		for i := range 20 {
			r.put(instance("A", fmt.Sprint(i), ""))
		}
		r.put(instance("B", "1", ""))
		r.room = 15 // less than a log takes, more than bits do
		r.goes(like(interest.App, "A.*"))
		r.remove(model.NewKey("B", "1"))
		r.remove(model.NewKey("A", "1"))
		r.returns()
		r.hears(2, "resumed 1", "-A/1", "synced 1 with 19")
	},
	"what changes meanwhile comes once, by the log": func(r *comeback) {
		for i := range 10 {
			r.put(instance("A", fmt.Sprint(i), ""))
		}
		r.goes(app("A"))
		for i := range 9 {
			r.put(instance("A", fmt.Sprint(i), "x"))
		}
		r.returns()
		r.deliver()
		told := make(map[string]bool)
		for _, line := range r.subs[2].heard {
			told[line] = true
		}
		r.written(2)
		changed, gone := r.untold(told, 0), r.untold(told, 1)
		r.put(instance("A", changed, "y"))
		r.remove(model.NewKey("A", gone))
		var last []string
		for range 10 {
			r.deliver()
			if r.subs[2].sending {
				last = append(last, r.subs[2].heard...)
				r.written(2)
			}
		}
		if got := strings.Join(last[max(0, len(last)-3):], " "); got != "+A/"+changed+" -A/"+gone+" synced 1 with 9" {
			r.t.Errorf("hears then %q", last)
		}
	},
	"what left before and changes again elsewhere is removed all the same": func(r *comeback) {
		for i := range 10 {
			r.put(instance("A", fmt.Sprint(i), "x"))
		}
		r.goes(vip("x"))
		for i := range 9 {
			r.put(instance("A", fmt.Sprint(i), "x,y"))
		}
		r.put(instance("A", "9", "y"))
		r.returns()
		r.put(instance("A", "9", "y,z")) // on its way, and of no interest to the group
		r.put(instance("B", "9", "z"))
		r.remove(model.NewKey("A", "9"))
		r.settle()
		if _, held := r.subs[2].judge.Get(model.NewKey("A", "9")); held {
			r.t.Error("A/9 is still held")
		}
	},
	"a change of interests ends it": func(r *comeback) {
		for i := range 10 {
			r.put(instance("A", fmt.Sprint(i), "x"))
		}
		r.goes(app("A"))
		for i := range 9 {
			r.put(instance("A", fmt.Sprint(i), "y"))
		}
		r.returns()
		r.deliver()
		r.subscribe(2, 2, set(r.t, vip("y")))
		r.settle()
		r.checkHolds(2, r.subs[2])
	},
	"a change of interests, where what is left fits a frame, replaces nothing": func(r *comeback) {
		for i := range 6 {
			r.put(instance("A", fmt.Sprint(i), "x"))
		}
		r.goes(app("A"))
		for i := range 6 {
			r.put(instance("A", fmt.Sprint(i), "y"))
		}
		r.returns()
		r.deliver()
		r.subscribe(2, 2, set(r.t, vip("y")))
		r.written(2)
		r.deliver()
		if heard := strings.Join(r.subs[2].heard, " "); strings.Contains(heard, "snapshot") || !strings.HasSuffix(heard, "synced 2 with 6") {
			r.t.Errorf("hears %q", heard)
		}
	},
	"it ends with the session": func(r *comeback) {
		for i := range 20 {
			r.put(instance("A", fmt.Sprint(i), ""))
		}
		r.goes(app("A"))
		for i := range 20 {
			r.put(instance("A", fmt.Sprint(i), "x"))
		}
		before := r.hub.Stats().References
		r.returns()
		r.deliver()
		if r.group == "old" && r.hub.Stats().References <= before {
			r.t.Error("what was missed isn't counted")
		}
		r.close(2)
		if n := r.hub.Stats().References; r.group != "new" && n != before {
			r.t.Errorf("%d references, there were %d", n, before)
		}
	},
	"who is overtaken while being told gets a snapshot": func(r *comeback) {
		for i := range 30 {
			r.put(instance("A", fmt.Sprint(i), "y"))
		}
		r.goes(full())
		for i := range 20 {
			r.put(instance("A", fmt.Sprint(i), "x"))
		}
		r.returns()
		r.deliver()
		for len(r.view) > 2 {
			for key := range r.view {
				r.remove(key)
				break
			}
		}
		r.written(2)
		r.deliver()
		if heard := r.subs[2].heard; heard[0] != "snapshot 1" {
			r.t.Errorf("hears %q", heard)
		}
	},
	"a snapshot is the shorter thing to say": func(r *comeback) {
		for i := range 100 {
			r.put(instance("A", fmt.Sprint(i), ""))
		}
		r.goes(app("A"))
		for i := range 99 {
			r.remove(model.NewKey("A", fmt.Sprint(i)))
		}
		r.returns()
		r.hears(2, "snapshot 1", "+A/99", "synced 1 with 1")
		if s := r.hub.Stats(); s.Outweighed != 1 || s.Resumed != 0 {
			r.t.Errorf("stats = %+v", s)
		}
	},
	"a snapshot is the shorter thing to say, as most is to be said anyway": func(r *comeback) {
		for i := range 30 {
			r.put(instance("A", fmt.Sprint(i), "x"))
		}
		r.goes(vip("x"))
		for i := range 9 {
			r.put(instance("A", fmt.Sprint(i), "x,y"))
		}
		for i := range 20 {
			r.put(instance("A", fmt.Sprint(i+10), "y"))
		}
		r.returns()
		r.deliver()
		if heard := r.subs[2].heard; heard[0] != "snapshot 1" {
			r.t.Errorf("hears %q", heard)
		}
	},
	"who missed too much to be looked up gets a snapshot": func(r *comeback) {
		r.put(instance("A", "1", ""))
		r.goes(app("A"))
		r.remove(model.NewKey("A", "1"))
		r.put(instance("A", "2", ""))
		r.open(2)
		r.subs[2].judge.Resumes(1, r.before.memory)
		err := r.trySubscribe(2, fanout.Subscription{Seq: 1, Set: r.before.set, Resume: &fanout.Resume{TooMuch: true}})
		if err != nil {
			r.t.Fatal(err)
		}
		r.hears(2, "snapshot 1", "+A/2", "synced 1 with 1")
		if s := r.hub.Stats(); s.Outweighed != 1 || s.Resumed != 0 {
			r.t.Errorf("stats = %+v", s)
		}
	},
	"a token that doesn't count is refused aloud": func(r *comeback) {
		r.put(instance("A", "1", ""))
		r.goes(app("A"))
		r.open(2)
		err := r.trySubscribe(2, fanout.Subscription{Seq: 1, Set: set(r.t, app("A")), Resume: &fanout.Resume{Refused: "foreign"}})
		if err != nil {
			r.t.Fatal(err)
		}
		r.hears(2, "snapshot 1, foreign", "+A/1", "synced 1 with 1")
		r.subscribe(2, 2, set(r.t, app("A")))
		r.hears(2, "snapshot 2", "+A/1", "synced 2 with 1")
	},
	"a key that is said twice is told once": func(r *comeback) {
		r.put(instance("A", "1", ""))
		r.put(instance("A", "2", ""))
		r.goes(app("A"))
		r.put(instance("A", "1", "x"))
		r.remove(model.NewKey("A", "2"))
		r.open(2)
		r.subs[2].judge.Resumes(1, r.before.memory)
		twice := append(r.missed(0), r.missed(0)...)
		if err := r.trySubscribe(2, fanout.Subscription{Seq: 1, Set: r.before.set, Resume: &fanout.Resume{Missed: twice}}); err != nil {
			r.t.Fatal(err)
		}
		r.hears(2, "resumed 1", "-A/2", "+A/1", "synced 1 with 1")
	},
	"on a session that was told something it doesn't count": func(r *comeback) {
		r.put(instance("A", "1", ""))
		r.goes(app("A"))
		r.open(2)
		r.subscribe(2, 1, set(r.t, app("B")))
		r.settle()
		err := r.trySubscribe(2, fanout.Subscription{Seq: 2, Set: set(r.t, app("A")), Resume: &fanout.Resume{Missed: r.missed(0)}})
		if err != nil {
			r.t.Fatal(err)
		}
		r.hears(2, "+A/1", "synced 2 with 1")
	},
	"the newest Subscribe counts": func(r *comeback) {
		r.put(instance("A", "1", ""))
		r.goes(app("A"))
		r.put(instance("A", "1", "x"))
		r.returns()
		r.subscribe(2, 2, set(r.t, app("A")))
		r.hears(2, "snapshot 2", "+A/1", "synced 2 with 1")
	},
}

// untold returns the id of the n-th instance of A that is yet to be told.
func (c *comeback) untold(told map[string]bool, n int) string {
	c.t.Helper()
	for i := range 9 {
		if told[fmt.Sprintf("+A/%d", i)] {
			continue
		}
		if n--; n < 0 {
			return fmt.Sprint(i)
		}
	}
	c.t.Fatal("everything is told already")
	return ""
}

// TestWhatIsMissedHasABound gives no room to a subscriber that missed much.
func TestWhatIsMissedHasABound(t *testing.T) {
	r := newRig(t, fanout.Config{MaxFrame: 720, Departures: 8, References: 100, Patterns: 10})
	for i := range 200 {
		r.put(instance("A", fmt.Sprint(i), ""))
	}
	c := &comeback{rig: r, group: "new"}
	c.goes(full())
	for i := range 100 {
		r.put(instance("A", fmt.Sprint(i), "x"))
	}
	c.returns()
	r.deliver()
	if s := r.hub.Stats(); s.References > 100 || s.Outweighed != 1 || c.subs[2].heard[0] != "snapshot 1" {
		t.Errorf("hears %q, stats = %+v", c.subs[2].heard, s)
	}
	r.settle()
}
