package eureka1

import (
	"flag"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"heureka/eureka1/pages"
)

var (
	seed = flag.Uint64("seed", 1, "the first seed of the worlds")
	runs = flag.Int("runs", 9, "how many worlds")
)

// TestAnswersAreThoseOfATwin has a view change, clients ask and write, and time pass, and
// holds each answer against what the view showed: see world.judge, client and everyForm.
// When all is quiet, nothing is kept. A seed repeats a world, but for the order of what
// happens at one moment of it.
func TestAnswersAreThoseOfATwin(t *testing.T) {
	for n := range uint64(*runs) {
		s := *seed + n
		t.Run(fmt.Sprintf("seed=%d", s), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, s)
				over := make(chan struct{})
				go w.ticks(over)
				for step := 0; step < 250 && !t.Failed(); step++ {
					w.step()
					w.pass()
				}
				w.rest()
				close(over)
				w.h.Close()
				if w.elsewhere != nil {
					_ = w.elsewhere.server.Close() // its listener's never fails
				}
			})
		})
	}
}

// ticks is the loop's clock.
func (w *world) ticks(over chan struct{}) {
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			w.tick()
		case <-over:
			return
		}
	}
}

// step has one thing happen, or several at one moment.
func (w *world) step() {
	w.before.Store(0)
	w.after.Store(0)
	if w.rand.IntN(6) == 0 { // the loop is late, now and then too late
		w.before.Store(w.rand.Int64N(int64(50 * time.Millisecond)))
		w.after.Store(w.rand.Int64N(int64(50 * time.Millisecond)))
		if w.rand.IntN(8) == 0 {
			w.before.Add(int64(2 * time.Second))
		}
	}
	switch w.rand.IntN(24) {
	case 0, 1, 2, 3, 4, 5:
		w.changes(1)
	case 6:
		w.changes(1 + w.rand.IntN(60))
	case 7, 8, 9, 10, 11:
		wish := w.reading()
		w.does(func(c *client) { c.ask(wish) })
	case 12, 13, 14, 15:
		wish := w.writing()
		w.does(func(c *client) { c.write(wish) })
	case 16, 17, 18:
		w.does((*client).poll)
	case 19:
		w.everyForm()
	case 20, 21:
		w.throng()
	case 22:
		wish := w.reading()
		for range 20 { // it is put in a file, if it is large
			w.does(func(c *client) { c.ask(wish) })
			synctest.Wait()
		}
	default:
		w.rarely()
	}
}

// rarely has happen what would let go of everything too often.
func (w *world) rarely() {
	switch w.rand.IntN(6) {
	case 0:
		w.none()
	case 1:
		w.flood()
	case 2: // while it is gathered
		w.after.Store(int64(10 * time.Millisecond))
		w.does(func(c *client) { c.ask(wish{op: opApps}) })
		time.Sleep(time.Millisecond)
		w.flood()
		w.changes(1)
	}
}

// throng has requests and changes at one moment, or while a late loop lets them wait.
func (w *world) throng() {
	for range 6 {
		switch w.rand.IntN(4) {
		case 0:
			w.changes(1)
		case 1:
			w.does((*client).poll)
		default:
			wish := w.reading()
			w.does(func(c *client) { c.ask(wish) })
		}
	}
}

// rest lets all come to rest, and looks at what is left.
func (w *world) rest() {
	w.before.Store(0)
	w.after.Store(0)
	w.wait.Wait()
	w.everyForm()
	for _, c := range w.clients {
		c.poll()
	}
	time.Sleep(w.h.config.Idle + time.Second)
	synctest.Wait()
	now, kept, pending, awake := w.feed.sample()
	if now != (pages.Stats{}) || kept.Kept+pending > 0 || kept.Bytes+kept.InFiles > 0 || awake || w.feed.Follows() || len(w.view.Drain()) > 0 {
		w.failf("in the end there is %+v, %+v, %d pending, awake %v", now, kept, pending, awake)
	}
	if len(w.h.reads)+len(w.h.slow)+len(w.h.writes) > 0 {
		w.failf("in the end there are %d reads, %d of them slow, %d writes", len(w.h.reads), len(w.h.slow), len(w.h.writes))
	}
	for _, d := range w.kept {
		if files := d.cache.Stats().InFiles; files > 0 {
			w.failf("of documents that are gone %d bytes are in files", files)
		}
	}
}
