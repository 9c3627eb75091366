package sides_test

import (
	"time"

	"heureka/model"
)

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

// await has an answer arrive at once, or where answers are slow some seconds later at times.
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
	b.sides.Shows(b.moment(w), key, in)
}

// catchUp has a bridge see what is due.
func (w *world) catchUp(b *bridged) {
	for !b.cutHeureka && len(b.news) > 0 && b.news[0].due <= w.now {
		some := b.news[0]
		b.news = b.news[1:]
		b.sees(w, some.key, some.in)
	}
}
