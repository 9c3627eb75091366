package eureka1

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing/synctest"
	"time"

	"heureka/model"
	"heureka/registry"
)

// key draws an instance; applications are of very different sizes.
func (w *world) key() model.Key {
	app := min(w.rand.IntN(5), w.rand.IntN(5))
	return model.NewKey(fmt.Sprint("APP-", app), fmt.Sprint("i-", w.rand.IntN(max(3, 20-5*app))))
}

// held draws an instance that there is; any if there is none.
func (w *world) held() model.Key {
	w.twin.mu.Lock()
	defer w.twin.mu.Unlock()
	keys := slices.SortedFunc(maps.Keys(w.twin.moments[len(w.twin.moments)-1].shown), model.Key.Compare)
	if len(keys) == 0 {
		return w.key()
	}
	return keys[w.rand.IntN(len(keys))]
}

func (w *world) status() model.Status {
	if w.rand.IntN(2) == 0 {
		return model.StatusUp
	}
	return model.Statuses()[w.rand.IntN(len(model.Statuses()))]
}

// instance draws a word that nobody has said before.
func (w *world) instance(key model.Key) *model.Instance {
	w.marks++
	in := &model.Instance{App: key.App, ID: key.ID, Address: "10.0.0.1", HostName: fmt.Sprint("h-", w.marks), Status: w.status(),
		HomePageURL: "http://" + strings.Repeat("x", w.rand.IntN(800))}
	switch w.rand.IntN(3) {
	case 0:
		in.VIP = fmt.Sprint("v-", w.rand.IntN(3))
	case 1:
		in.VIP, in.SecureVIP = "v-0,v-1", fmt.Sprint("s-", w.rand.IntN(2))
	}
	return in
}

// changes draws what the view does by itself: so much, that is shown together.
func (w *world) changes(many int) {
	keys, statuses, what := map[model.Key]*model.Instance{}, w.status(), w.rand.IntN(10)
	for range many {
		key := w.key()
		if what > 4 {
			key = w.held()
		}
		keys[key] = w.instance(key)
	}
	w.notef("%d changes of kind %d", len(keys), what)
	w.change(func(o *owned) {
		for _, key := range slices.SortedFunc(maps.Keys(keys), model.Key.Compare) {
			o.happen(key, keys[key], what, statuses)
		}
	})
}

// happen has something happen to an instance.
func (o *owned) happen(key model.Key, in *model.Instance, what int, status model.Status) {
	known := o.held(key)
	switch {
	case what < 7:
		_ = o.Put(in) // never fails
	case known == nil:
	case what == 7:
		_ = o.Remove(key) // known
	case what == 8:
		_ = o.Override(key, status) // known
	default:
		_ = o.ClearOverride(key) // known
	}
}

// none removes all there is.
func (w *world) none() {
	w.notef("all go")
	w.change(func(o *owned) {
		for _, e := range slices.SortedFunc(o.entries.Instances(), func(a, b *registry.Entry) int { return a.Key.Compare(b.Key) }) {
			if e.Live() {
				_ = o.Remove(e.Key) // known
			}
		}
	})
}

// flood has more noted than may wait, or as much.
func (w *world) flood() {
	w.notef("a flood")
	w.floods.Add(1)
	w.reader.mu.Lock()
	defer w.reader.mu.Unlock()
	if w.feed.Follows() {
		w.follow(nothing)
	}
}

// does has a client that isn't busy do something, in a goroutine of its own.
func (w *world) does(does func(*client)) {
	at := slices.IndexFunc(w.clients, func(c *client) bool { return c.busy.CompareAndSwap(false, true) })
	if at < 0 {
		return
	}
	c := w.clients[at]
	w.wait.Go(func() {
		defer c.busy.Store(false)
		does(c)
	})
}

// everyForm asks for both documents in every form at one moment: all say the same.
func (w *world) everyForm() {
	c := &client{w: w}
	same := map[operation][]int{}
	for n := range 4 * len(forms) {
		op := []operation{opApps, opDelta}[n%2]
		_, fits := c.ask(wish{op: op, form: forms[n/4], gzip: n%4 > 1})
		if fits == nil {
			return
		}
		if n >= 2 {
			fits = slices.DeleteFunc(fits, func(k int) bool { return !slices.Contains(same[op], k) })
		}
		if same[op] = fits; len(fits) == 0 {
			w.failf("%s as %s says something else than other forms do", op, forms[n/4])
		}
	}
}

// pass lets time pass, of which much may happen to be nothing.
func (w *world) pass() {
	d := []time.Duration{0, 1, time.Millisecond, w.age - 1, w.age, 250 * time.Millisecond, 5 * time.Second, 35 * time.Second}[w.rand.IntN(8)]
	switch w.rand.IntN(40) {
	case 0:
		d = 3*time.Minute + time.Duration(w.rand.IntN(10))*time.Second // beyond what a delta has
	case 1:
		d = cmp.Or(w.h.config.Idle, time.Second) // until it falls asleep
	case 2:
		w.frozen.Store(true)
		defer w.frozen.Store(false)
		d = time.Duration(w.rand.IntN(20)) * time.Minute
	}
	if d > 0 {
		time.Sleep(d)
	}
	synctest.Wait()
}
