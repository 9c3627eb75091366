package sides_test

import (
	"net/http"
	"slices"
	"time"

	"heureka/bridge/sides"
	"heureka/eureka1/dialect"
	"heureka/model"
)

// bridged is one bridge.
type bridged struct {
	sides *sides.Sides
	full  time.Duration
	at    int // the old server that it reads
	stale bool
	seen  map[model.Key]*model.Instance // what it was shown of Heureka

	behind int64 // of its clock, in microseconds

	cutOld, cutHeureka bool // it can't reach that side

	document, answer way   // of an old server
	said             []way // by target: what it answers
	news             []news
}

// post is what is on its way to a bridge.
type post struct {
	due time.Duration
	to  int
	dialect.Item
}

func (b *bridged) moment(w *world) model.Moment {
	now := w.moment()
	now.Wall -= b.behind
	return now
}

// startBridge starts a bridge anew, which reads Heureka.
func (w *world) startBridge(i int) {
	b := &bridged{sides: sides.New(w.cfg, len(w.old)), stale: true, seen: make(map[model.Key]*model.Instance), said: make([]way, len(w.old)+1)}
	if w.astray {
		b.behind = (w.rand.Int64N(12) - 6) * time.Hour.Microseconds()
	}
	w.bridges[i] = b
	w.showAll(b)
}

// showAll has a bridge see what Heureka shows and it hasn't seen.
func (w *world) showAll(b *bridged) {
	b.news = nil
	for _, key := range sorted(w.heureka.said) {
		if in := w.heureka.shown(key); b.seen[key] == nil || b.seen[key].Hash() != in.Hash() {
			b.sees(w, key, w.heureka.shown(key))
		}
	}
	for _, key := range sorted(b.seen) {
		if w.heureka.said[key] == nil {
			b.sees(w, key, nil)
		}
	}
	b.sides.Level(b.moment(w), true)
}

// cut has a bridge not reach a side, or reach it again.
func (w *world) cut(b *bridged, old, heureka bool) {
	back := b.cutHeureka && !heureka
	if b.cutOld, b.cutHeureka = old, heureka; back {
		w.showAll(b)
	}
}

func (b *bridged) batch(w *world) func(*dialect.Item) int {
	return func(it *dialect.Item) int { return b.sides.Batch(b.moment(w), []dialect.Item{*it})[0].Code }
}

// deliver has come what was on its way.
func (w *world) deliver() {
	w.posts = slices.DeleteFunc(w.posts, func(p post) bool {
		if p.due > w.now {
			return false
		}
		if b := w.bridges[p.to]; !b.cutOld {
			code := b.batch(w)(&p.Item)
			w.notef("bridge %d hears late of %s %s/%s %d: %d", p.to, p.Action, p.App, p.ID, p.LastDirtyMs, code)
		}
		return true
	})
}

// bridge has one bridge do all that it does in a second.
func (w *world) bridge(b *bridged) {
	w.catchUp(b)
	b.sides.Level(b.moment(w), !b.cutHeureka)
	if !w.waits(&b.document) && !b.cutOld {
		w.read(b)
	}
	b.sides.Sweep(b.moment(w))
	for range 10 {
		w.ask(b)
		said := 0
		for t := range len(w.old) + 1 {
			said += w.tell(b, sides.Target(t))
		}
		if said == 0 {
			return
		}
	}
	w.t.Fatalf("a bridge doesn't stop talking: %s", w.tail())
}

func (w *world) read(b *bridged) {
	if w.down[b.at] {
		b.at, b.stale = (b.at+1)%len(w.old), true
		b.sides.Turned(b.moment(w))
		return
	}
	asked := w.now
	if b.stale || w.now-b.full >= 5*time.Minute {
		b.full, b.stale = w.now, false
		apps := w.old[b.at].everything()
		w.await(&b.document, func() { b.sides.Page(b.moment(w), asked, apps) })
		return
	}
	apps := w.old[b.at].changes()
	w.await(&b.document, func() {
		if !b.sides.Delta(b.moment(w), asked, apps) && w.now-b.full >= 15*time.Second {
			b.stale = true
		}
	})
}

func (w *world) ask(b *bridged) {
	for !w.waits(&b.answer) {
		key, ok := b.sides.Asks()
		if !ok {
			return
		}
		var info *dialect.Info
		if l := w.old[b.at].held[key]; l != nil {
			said := l.info
			info = &said
		}
		from, answered := b.at, !w.down[b.at] && !b.cutOld
		w.await(&b.answer, func() { b.sides.Asked(b.moment(w), key, info, answered && from == b.at) })
	}
}

func (w *world) tell(b *bridged, t sides.Target) int {
	if w.waits(&b.said[t]) {
		return 0
	}
	items := b.sides.Due(b.moment(w), t, 250)
	if t == sides.Heureka && b.cutHeureka || t > 0 && (w.down[t-1] || b.cutOld) {
		if len(items) > 0 {
			b.sides.Failed(t)
		}
		return 0
	}
	answers := make([]dialect.Answer, len(items))
	for i := range items {
		if w.weary && w.rand.IntN(10) == 0 {
			if t == sides.Heureka && items[i].Action == dialect.Register && w.rand.IntN(2) == 0 {
				w.heureka.say(&items[i], true) // and then something fails
			}
			answers[i] = dialect.Answer{Code: []int{500, 503}[w.rand.IntN(2)]}
			w.notef("bridge %d tells %d: %s %s/%s %d %s: weary", slices.Index(w.bridges, b), t, items[i].Action, items[i].App, items[i].ID, items[i].LastDirtyMs, items[i].Status)
			continue
		}
		if t == sides.Heureka {
			answers[i] = w.heureka.say(&items[i], true)
		} else {
			answers[i] = w.old[t-1].say(&items[i], true)
		}
		if items[i].Action != dialect.Heartbeat {
			w.told++
			w.robs(t, &items[i], answers[i].Code)
			w.notef("bridge %d tells %d: %s %s/%s %d %s: %d", slices.Index(w.bridges, b), t, items[i].Action, items[i].App, items[i].ID, items[i].LastDirtyMs, items[i].Status, answers[i].Code)
		}
	}
	if len(items) > 0 {
		lost := w.weary && w.rand.IntN(10) == 0
		w.await(&b.said[t], func() {
			if lost {
				b.sides.Failed(t)
			} else {
				b.sides.Told(b.moment(w), t, answers)
			}
		})
	}
	return len(items)
}

// robs holds that no bridge takes a living instance out of Heureka as long as no server
// fails, however late documents and batches are.
func (w *world) robs(t sides.Target, it *dialect.Item, code int) {
	if !w.calm || t != sides.Heureka || it.Action != dialect.Cancel || code != http.StatusOK {
		return
	}
	for _, c := range w.clients {
		if c.key == model.NewKey(it.App, it.ID) && c.alive && c.home == atOld && c.stamp == it.LastDirtyMs {
			w.t.Errorf("%s lives, and is taken out: %s", c.key, w.tail())
		}
	}
}
