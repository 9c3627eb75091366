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

	cutOld, cutHeureka bool // it can't reach that side

	document, answer way   // of an old server
	said             []way // by target: what it answers
	news             []news
}

// news is what Heureka shows and a bridge hasn't seen yet.
type news struct {
	due time.Duration
	key model.Key
	in  *model.Instance
}

// way is what is on its way to a bridge that has asked for it. Nothing else is asked for
// there meanwhile.
type way struct {
	due    time.Duration
	arrive func() // nil: nothing is
}

// await has an answer arrive, at once unless answers are slow, or by far too late.
func (w *world) await(on *way, arrive func()) {
	if !w.slow || w.rand.IntN(3) > 0 {
		arrive()
		return
	}
	*on = way{w.now + time.Duration(1+w.rand.IntN(5))*time.Second, arrive}
}

// waits reports whether nothing has arrived yet; what has is taken in.
func (w *world) waits(on *way) bool {
	if on.arrive == nil {
		return false
	}
	if w.now < on.due {
		return true
	}
	arrive := on.arrive
	on.arrive = nil
	arrive()
	return false
}

// post is what is on its way to a bridge.
type post struct {
	due time.Duration
	to  int
	dialect.Item
}

// startBridge starts a bridge anew, which reads Heureka.
func (w *world) startBridge(i int) {
	b := &bridged{sides: sides.New(w.cfg, len(w.old)), stale: true, seen: make(map[model.Key]*model.Instance), said: make([]way, len(w.old)+1)}
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
	b.sides.Level(w.moment(), true)
}

// show has a bridge see what changes, in order; where answers are slow, at times later.
func (w *world) show(b *bridged, key model.Key) {
	in := w.heureka.shown(key)
	switch {
	case len(b.news) > 0:
		b.news = append(b.news, news{b.news[len(b.news)-1].due, key, in})
	case w.slow && w.rand.IntN(3) == 0:
		b.news = append(b.news, news{w.now + time.Duration(1+w.rand.IntN(3))*time.Second, key, in})
	default:
		b.sees(w, key, in)
	}
}

func (b *bridged) sees(w *world, key model.Key, in *model.Instance) {
	if b.seen[key] = in; in == nil {
		delete(b.seen, key)
	}
	b.sides.Shows(w.moment(), key, in)
}

// catchUp has a bridge see what is due.
func (w *world) catchUp(b *bridged) {
	for !b.cutHeureka && len(b.news) > 0 && b.news[0].due <= w.now {
		some := b.news[0]
		b.news = b.news[1:]
		b.sees(w, some.key, some.in)
	}
}

// cut has a bridge not reach a side, or reach it again.
func (w *world) cut(b *bridged, old, heureka bool) {
	back := b.cutHeureka && !heureka
	if b.cutOld, b.cutHeureka = old, heureka; back {
		w.showAll(b)
	}
}

func (b *bridged) batch(w *world) func(*dialect.Item) int {
	return func(it *dialect.Item) int { return b.sides.Batch(w.moment(), []dialect.Item{*it})[0].Code }
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
	b.sides.Level(w.moment(), !b.cutHeureka)
	if !w.waits(&b.document) && !b.cutOld {
		w.read(b)
	}
	b.sides.Sweep(w.moment())
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
		b.sides.Turned(w.moment())
		return
	}
	asked := w.now
	if b.stale || w.now-b.full >= 5*time.Minute {
		b.full, b.stale = w.now, false
		apps := w.old[b.at].everything()
		w.await(&b.document, func() { b.sides.Page(w.moment(), asked, apps) })
		return
	}
	apps := w.old[b.at].changes()
	w.await(&b.document, func() {
		if !b.sides.Delta(w.moment(), asked, apps) && w.now-b.full >= 15*time.Second {
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
		w.await(&b.answer, func() { b.sides.Asked(w.moment(), key, info, answered && from == b.at) })
	}
}

func (w *world) tell(b *bridged, t sides.Target) int {
	if w.waits(&b.said[t]) {
		return 0
	}
	items := b.sides.Due(w.moment(), t, 250)
	if t == sides.Heureka && b.cutHeureka || t > 0 && (w.down[t-1] || b.cutOld) {
		if len(items) > 0 {
			b.sides.Failed(t)
		}
		return 0
	}
	answers := make([]dialect.Answer, len(items))
	for i := range items {
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
		w.await(&b.said[t], func() { b.sides.Told(w.moment(), t, answers) })
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
