package server

import (
	"log/slog"
	"testing"
	"time"

	"heureka/model"
	"heureka/read-node/level"
	"heureka/wire"
)

// TestAFullNodeSheds has subscribers that don't go: nothing happens to them.
func TestAFullNodeSheds(t *testing.T) {
	w, n := startReady(t, func(c *Config) {
		c.ShedShare, c.ShedLeast, c.ShedAge = 0.5, 3, 0
	}, instance("A", "1", ""))
	var all []*subscriber
	for range 12 {
		all = append(all, n.subscribe(full()))
	}
	// A shedder of its own, whose time is the test's and which hears of an empty node.
	sh := newShedder(n.config, n.sessions, slog.New(slog.DiscardHandler))
	look := func(second int) {
		in, _, leaving := n.sessions.tally()
		sh.look(time.Duration(second)*time.Second, level.Picture{Serving: true, Sessions: in, Leaving: leaving,
			Others: []level.Reader{{Node: model.Incarnation{Name: "read-2"}, Sessions: 0}}})
	}
	n.eventually(func() bool { return n.status().Opening == 0 }, "all told everything")
	for second := range 20 {
		look(second)
	}
	if got := sh.shed.Load(); got != 3 || sh.waiting.Load() == 0 { // a round, and nobody has gone
		t.Errorf("%d were asked to go, and now it waits for %v", got, time.Duration(sh.waiting.Load()))
	}
	w.put(instance("A", "2", ""))
	asked := 0
	for _, s := range all {
		for went := false; !went; {
			switch m := s.next().(type) {
			case *wire.GoAway:
				if asked++; m.AfterMs < 0 || m.AfterMs > 1000 {
					t.Errorf("go away after %d ms", m.AfterMs)
				}
			case *wire.Put:
				went = m.Instance.ID == "2"
			}
		}
	}
	if asked != 3 {
		t.Errorf("%d were told to go", asked)
	}
	if st := n.status(); st.Sessions != 12 {
		t.Errorf("%d are left, none has gone", st.Sessions)
	}
}

func TestYoungSessionsArentShed(t *testing.T) {
	_, n := startReady(t, func(c *Config) { c.ShedAge = time.Hour }, instance("A", "1", ""))
	n.subscribe(full())
	n.eventually(func() bool { return n.status().Opening == 0 }, "all told everything")
	if asked := n.sessions.goAway(1, n.config.ShedAge, time.Second); asked != 0 {
		t.Errorf("%d were asked to go", asked)
	}
	if asked := n.sessions.goAway(1, 0, time.Second); asked != 1 {
		t.Errorf("%d of one were asked to go", asked)
	}
}

// TestNodesHearHowManyOthersHave also sees one that is about to stop no longer
// count, while it still takes subscribers.
func TestNodesHearHowManyOthersHave(t *testing.T) {
	w, first := startReady(t, func(c *Config) { c.DrainDelay = time.Hour }, instance("A", "1", ""))
	config := testConfig(w)
	config.Name = "read-2"
	second := startNode(t, config)
	second.await(second.Ready(), "ready")
	first.subscribe(full())
	first.subscribe(full())
	second.subscribe(full())
	second.eventually(func() bool {
		f := second.status().Fleet
		return f.Readers == 2 && f.Average == 1.5
	}, "an average of both")
	first.stop()
	second.eventually(func() bool {
		f := second.status().Fleet
		return f.Readers == 1 && f.Average == 1
	}, "average without the one that stops")
	first.eventually(func() bool {
		st := first.status()
		return st.Draining && st.Fleet.Readers == 1 && st.Fleet.Average == 1
	}, "the same from the one that stops")
	if got, _, _ := first.get(first.Addresses().HTTP, "/readyz"); got != 503 {
		t.Errorf("ready: %d", got)
	}
	late := first.subscribe(full())
	w.put(instance("A", "2", ""))
	late.has("A", "2", "")
}
