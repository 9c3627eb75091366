package sides_test

import (
	"fmt"
	"testing"
	"time"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// pair returns a world of two bridges and two old servers, at rest, and a client in it.
// Each bridge reads a server of its own.
func pair(t *testing.T, seed uint64, home place) (*world, *client) {
	w := newWorld(t, seed, 2, 2)
	w.brisk, w.calm = true, true
	w.bridges[1].at = 1
	for i := range 8 {
		c := &client{key: model.NewKey("APP", fmt.Sprintf("i-%d", i)), host: fmt.Sprintf("10.0.0.%d", i)}
		w.clients = append(w.clients, c)
		w.start(c, home)
	}
	w.run(5 * time.Minute)
	w.check()
	return w, w.clients[0]
}

// says counts what bridges say while time passes.
func (w *world) says(d time.Duration) int {
	before := w.told
	w.run(d)
	return w.told - before
}

// TestOnlyOneOfTwoHearsOfAnEnd, the other's server being behind. Both rest within the
// time for which servers keep their answers, and sooner if that server is told soon.
func TestOnlyOneOfTwoHearsOfAnEnd(t *testing.T) {
	for _, test := range []struct{ behind, within time.Duration }{
		{0, time.Second}, {3 * time.Second, 2 * time.Second}, {20 * time.Second, 35 * time.Second},
	} {
		for seed := range uint64(20) {
			w, c := pair(t, seed, atOld)
			c.alive = false
			gone := dialect.Item{Action: dialect.Cancel, App: c.key.App, ID: c.key.ID}
			w.old[0].say(&gone, false)
			w.bridges[0].batch(w)(&gone)
			said := w.says(test.behind)
			w.old[1].say(&gone, true)
			said += w.says(test.within)
			if w.heureka.said[c.key] != nil || said > 4 {
				t.Fatalf("%v behind, seed %d: there %v, %d words: %s", test.behind, seed, w.heureka.said[c.key] != nil, said, w.tail())
			}
			if said = w.says(20 * time.Minute); said != 0 {
				t.Fatalf("%v behind, seed %d: %d words when all is known: %s", test.behind, seed, said, w.tail())
			}
			w.check()
		}
	}
}

// TestServersThatDifferForEver: each bridge believes its own, and they don't fight.
func TestServersThatDifferForEver(t *testing.T) {
	w, c := pair(t, 1, atOld)
	c.alive = false
	gone := dialect.Item{Action: dialect.Cancel, App: c.key.App, ID: c.key.ID}
	w.old[0].say(&gone, false)
	said := 0
	for range 30 * 60 {
		w.old[1].held[c.key].expires = w.now + time.Hour
		said += w.says(time.Second)
	}
	if said > 4 || w.heureka.said[c.key] == nil {
		t.Errorf("there %v, %d words: %s", w.heureka.said[c.key] != nil, said, w.tail())
	}
}

// TestWhoCantHearBringsNobodyBack: one of the bridges is cut off from a side, where
// instances end, and the other does what is to be done.
func TestWhoCantHearBringsNobodyBack(t *testing.T) {
	for _, test := range []struct {
		rule         string
		home         place
		old, heureka bool // what the bridge is cut off from
		end          func(*world, *client)
	}{
		{"it ends in the old cluster", atOld, true, false, func(w *world, c *client) { w.stop(c, true) }},
		{"it ends in Heureka", atHeureka, false, true, func(w *world, c *client) { w.stop(c, true) }},
		{"it moves to Heureka, and ends there", atOld, true, false, func(w *world, c *client) {
			w.stop(c, true)
			w.start(c, atHeureka)
			w.run(5 * time.Minute)
			w.stop(c, true)
		}},
	} {
		for seed := range uint64(10) {
			w, c := pair(t, seed, test.home)
			w.cut(w.bridges[1], test.old, test.heureka)
			w.run(10 * time.Second)
			test.end(w, c)
			w.run(4 * time.Minute)
			before := w.told
			for range 20 * 60 {
				w.run(time.Second)
				if w.heureka.said[c.key] != nil || w.old[0].held[c.key] != nil || w.old[1].held[c.key] != nil {
					t.Fatalf("%s, seed %d: it is back: %s", test.rule, seed, w.tail())
				}
			}
			if w.told != before {
				t.Fatalf("%s, seed %d: %d words: %s", test.rule, seed, w.told-before, w.tail())
			}
			w.cut(w.bridges[1], false, false)
			w.run(10 * time.Minute)
			w.check()
		}
	}
}

// TestWhoCantHearSaysNothingOld: one of the bridges is cut off from Heureka, where a
// client says something new, and the other passes it on. What the one knew stays unsaid.
func TestWhoCantHearSaysNothingOld(t *testing.T) {
	for seed := range uint64(10) {
		w, c := pair(t, seed, atHeureka)
		w.cut(w.bridges[1], false, true)
		w.run(10 * time.Second)
		c.host = "10.1.1.1"
		w.register(c)
		w.run(2 * time.Second)
		for range 10 * 60 {
			w.run(time.Second)
			for i, o := range w.old {
				if got := o.held[c.key].info.IPAddr; got != c.host {
					t.Fatalf("seed %d: server %d has it as %s again: %s", seed, i, got, w.tail())
				}
			}
		}
		w.cut(w.bridges[1], false, false)
		w.run(time.Minute)
		w.check()
	}
}
