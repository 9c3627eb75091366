package sides_test

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"heureka/eureka1/dialect"
	"heureka/eureka1/rules"
	"heureka/model"
)

var (
	seed = flag.Uint64("seed", 1, "the first seed of the worlds")
	runs = flag.Int("runs", 30, "how many worlds")
)

// TestWorldsComeToRest lets anything happen to clients, operators, servers and bridges,
// and then nothing: both sides come to hold what lives, each client where it is, and
// nobody has anything more to say.
func TestWorldsComeToRest(t *testing.T) {
	for n := range uint64(*runs) {
		s := *seed + n
		t.Run(fmt.Sprintf("seed=%d", s), func(t *testing.T) {
			w := newWorld(t, s, 1+int(s%3), 1+int(s/3%2))
			w.joined, w.tardy, w.calm = s%2 == 0, s%4 == 0, s%5 < 2
			w.slow, w.astray = s%7 < 3, s%13 < 5
			w.weary = !w.slow && s%11 < 7
			for _, o := range w.old {
				o.astray()
			}
			for i := range w.bridges {
				w.startBridge(i)
			}
			w.live(20 * time.Minute)
			w.weary = false
			w.run(20 * time.Minute)
			w.check()
			told := w.told
			w.run(15 * time.Minute)
			if w.told != told {
				t.Errorf("in a quiet world %d words were said: %s", w.told-told, w.tail())
			}
			w.check()
		})
	}
}

// live lets things happen.
func (w *world) live(d time.Duration) {
	for i := range 12 {
		c := &client{key: model.NewKey(fmt.Sprintf("APP%d", i%4), fmt.Sprintf("i-%d", i)), host: fmt.Sprintf("10.0.0.%d", i), skew: w.rand.Int64N(4000) - 2000}
		if w.astray {
			c.skew = (w.rand.Int64N(12) - 6) * time.Hour.Milliseconds()
		}
		w.clients = append(w.clients, c)
		w.start(c, place(w.rand.IntN(2)))
	}
	for end := w.now + d; w.now < end; {
		w.run(time.Duration(1+w.rand.IntN(40)) * time.Second)
		w.happen(w.clients[w.rand.IntN(len(w.clients))])
	}
	for i := range w.down {
		w.down[i] = false
	}
	for _, b := range w.bridges {
		w.cut(b, false, false)
	}
}

func (w *world) happen(c *client) {
	kinds := 15
	if w.calm {
		kinds = 10
	}
	switch w.rand.IntN(kinds) {
	case 0, 1, 2: // it comes, or moves
		if c.alive {
			w.stop(c, w.rand.IntN(2) == 0)
		}
		w.start(c, place(w.rand.IntN(2)))
	case 3, 4: // it goes
		if c.alive {
			w.stop(c, w.rand.IntN(2) == 0)
		}
	case 5, 6: // it says something new
		if c.alive {
			c.host += "0"
			w.register(c)
			w.notef("%s says %s", c.key, c.host)
		}
	case 7, 8: // an operator
		if c.alive {
			w.override(c, place(w.rand.IntN(2)), []model.Status{"", model.StatusOutOfService, model.StatusDown}[w.rand.IntN(3)])
		}
	case 9:
		if w.weary && w.calm {
			return // a bridge that has told some of the servers of an override has to tell the others
		}
		w.startBridge(w.rand.IntN(len(w.bridges)))
		w.notef("a bridge starts")
	case 10:
		i := w.rand.IntN(len(w.old))
		w.old[i].restart()
		w.notef("server %d starts anew", i)
	case 11:
		i := w.rand.IntN(len(w.old))
		w.down[i] = !w.down[i]
		w.notef("server %d down %v", i, w.down[i])
	case 12:
		b := w.bridges[w.rand.IntN(len(w.bridges))]
		w.cut(b, !b.cutOld, b.cutHeureka)
		w.notef("a bridge is cut off from the old cluster %v", b.cutOld)
	case 13:
		b := w.bridges[w.rand.IntN(len(w.bridges))]
		w.cut(b, b.cutOld, !b.cutHeureka)
		w.notef("a bridge is cut off from Heureka %v", b.cutHeureka)
	case 14:
		w.heureka.restart()
		w.notef("Heureka starts anew")
	}
}

// check compares both sides with those who live.
func (w *world) check() {
	w.t.Helper()
	live := make(map[model.Key]*client)
	for _, c := range w.clients {
		if c.alive {
			live[c.key] = c
		}
	}
	for key, in := range w.heureka.said {
		c := live[key]
		switch {
		case c == nil:
			w.t.Errorf("Heureka has %s, which is dead", key)
		case in.Address != c.host || in.LastChangedMs != c.stamp:
			w.t.Errorf("Heureka has %s as %s at %d, and it is %s at %d", key, in.Address, in.LastChangedMs, c.host, c.stamp)
		case rules.IsPeers(in) != (c.home == atOld):
			w.t.Errorf("Heureka has %s marked %v, and it lives at %d", key, rules.IsPeers(in), c.home)
		}
	}
	for key := range live {
		if w.heureka.said[key] == nil {
			w.t.Errorf("Heureka hasn't got %s, which lives at %d", key, live[key].home)
		}
	}
	for i, o := range w.old {
		w.checkOld(i, o, live)
	}
	if w.t.Failed() {
		w.t.Fatal(w.tail())
	}
}

func (w *world) checkOld(i int, o *oldServer, live map[model.Key]*client) {
	w.t.Helper()
	for key, l := range o.held {
		c := live[key]
		switch {
		case c == nil:
			w.t.Errorf("server %d has %s, which is dead", i, key)
		case l.info.IPAddr != c.host || l.info.LastDirtyMs != c.stamp:
			w.t.Errorf("server %d has %s as %s at %d, and it is %s at %d", i, key, l.info.IPAddr, l.info.LastDirtyMs, c.host, c.stamp)
		case (mark(&l.info) != "") != (c.home == atHeureka):
			w.t.Errorf("server %d has %s marked %q, and it lives at %d", i, key, mark(&l.info), c.home)
		}
		// A server that has forgotten an override, or wasn't there, differs from its peers.
		if shown := w.heureka.shown(key); w.calm && shown != nil && overridden(&l.info) != shown.Override {
			w.t.Errorf("server %d has %s overridden %q, Heureka %q", i, key, overridden(&l.info), shown.Override)
		}
	}
	for key := range live {
		if o.held[key] == nil {
			w.t.Errorf("server %d hasn't got %s, which lives at %d", i, key, live[key].home)
		}
	}
}

func overridden(info *dialect.Info) model.Status {
	if info.Overridden == model.StatusUnknown {
		return ""
	}
	return info.Overridden
}

func mark(info *dialect.Info) string {
	for _, p := range info.Metadata {
		if p.Key == dialect.KeyOrigin {
			return p.Value
		}
	}
	return ""
}
