package eureka1

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"heureka/eureka1/pages"
	"heureka/eureka1/served"
	"heureka/model"
	"heureka/registry"
)

// trimEvery is how often documents that nobody asks for any more are looked for.
const trimEvery = 5 * time.Second

// Feed keeps what Eureka 1 clients ask for while there are any. Nobody having asked for
// Config.Idle, it sleeps, and costs nothing. The first request then wakes it: the loop
// hands out what its view shows, and from there on the feed follows the changes.
type Feed struct {
	config Config
	start  time.Time
	asked  atomic.Int64              // since start, in nanoseconds, last
	awake  atomic.Pointer[documents] // nil: it sleeps

	waking sync.Mutex
	wakes  chan struct{} // closed when who wakes the feed is through with it; nil: nobody does

	// The loop's own, but for metrics:
	follows atomic.Pointer[documents] // nil: nothing is followed
	trimmed time.Duration

	tally tally
}

// tally counts what a feed has done.
type tally struct {
	woken, fell, overrun atomic.Int64 // times
	waited               atomic.Int64 // nanoseconds, of requests
	late                 atomic.Int64 // requests that didn't get their documents in time
	made, filed, unfiled atomic.Int64 // pages, by documents that are gone
}

// NewFeed returns a feed that sleeps; nil if Eureka 1 isn't served.
func NewFeed(config Config) *Feed {
	if !config.On {
		return nil
	}
	return &Feed{config: config, start: time.Now()}
}

// Follow is told of changes of the view by the loop, in their order. When it returns,
// requests are answered by them. It does nothing on nil, nor while the feed sleeps.
func (f *Feed) Follow(changes []model.Change) {
	if !f.Follows() || len(changes) == 0 {
		return
	}
	if !f.follows.Load().note(changes) {
		f.tally.overrun.Add(1)
		f.drop()
	}
}

// Follows reports whether the feed wants to be told of changes. It is for the loop, too:
// where nobody else does, the view needn't keep them while this is false. It becomes
// true where the view is looked at, which then keeps them.
func (f *Feed) Follows() bool { return f != nil && f.follows.Load() != nil }

// Tick lets the feed fall asleep. It is for the loop, which calls it often.
func (f *Feed) Tick() {
	if !f.Follows() {
		return
	}
	now := time.Since(f.start)
	if now-time.Duration(f.asked.Load()) >= f.config.Idle {
		f.tally.fell.Add(1)
		f.drop()
		return
	}
	if now-f.trimmed >= trimEvery {
		f.trimmed = now
		f.follows.Load().cache.Trim()
	}
}

// drop ends the following. Requests under way keep what they have.
func (f *Feed) drop() {
	d := f.follows.Swap(nil)
	d.lost.Store(true)
	if f.awake.CompareAndSwap(d, nil) {
		d.cache.Close()
		gone := d.cache.Stats()
		f.tally.made.Add(gone.Made)
		f.tally.filed.Add(gone.Filed)
		f.tally.unfiled.Add(gone.Unfiled)
	}
}

// looker is a node whose view may be looked at.
type looker interface {
	Look(context.Context, func(*registry.View)) error
}

// open returns the documents, once they are there.
func (f *Feed) open(ctx context.Context, node looker) (*documents, error) {
	f.asked.Store(int64(time.Since(f.start)))
	if d := f.present(); d != nil {
		return d, nil
	}
	began := time.Now()
	defer func() { f.tally.waited.Add(int64(time.Since(began))) }()
	ctx, cancel := context.WithTimeout(ctx, f.config.Timeout)
	defer cancel()
	d, err := f.wait(ctx, node)
	if err != nil {
		f.tally.late.Add(1)
	}
	return d, err
}

func (f *Feed) present() *documents {
	if d := f.awake.Load(); d != nil && !d.lost.Load() {
		return d
	}
	return nil
}

// wait has the feed woken, by this request or another one.
func (f *Feed) wait(ctx context.Context, node looker) (*documents, error) {
	for {
		wakes, mine := f.turn()
		if mine {
			if err := f.wakeForAll(ctx, node); err != nil {
				return nil, err
			}
		}
		select {
		case <-wakes:
		case <-ctx.Done():
			return nil, fmt.Errorf("the documents aren't gathered yet: %w", ctx.Err())
		}
		if d := f.present(); d != nil {
			return d, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("the documents can't be gathered: %w", err)
		}
	}
}

// turn returns what is closed when the waking is over, and whether it is up to the
// caller.
func (f *Feed) turn() (wakes chan struct{}, mine bool) {
	f.waking.Lock()
	defer f.waking.Unlock()
	if mine = f.wakes == nil; mine {
		f.wakes = make(chan struct{})
	}
	return f.wakes, mine
}

// wakeForAll wakes the feed, and lets those go on who wait for that, however it ends: a
// panic costs its own request.
func (f *Feed) wakeForAll(ctx context.Context, node looker) error {
	defer f.through()
	return f.wake(ctx, node)
}

func (f *Feed) through() {
	f.waking.Lock()
	defer f.waking.Unlock()
	close(f.wakes)
	f.wakes = nil
}

// errLost says that more changed while documents were gathered than may wait.
var errLost = errors.New("too much changes for the documents to be gathered")

// wake gathers the documents. Only what must be one act is done by the loop: it hands
// out references to all that its view shows, and notes what changes from then on.
func (f *Feed) wake(ctx context.Context, node looker) error {
	if f.present() != nil {
		return nil // somebody was faster
	}
	d, err := newDocuments(f.config)
	if err != nil {
		return err
	}
	shows := make(chan registry.Still, 1)
	if err := node.Look(ctx, func(v *registry.View) {
		defer close(shows)
		if ctx.Err() != nil {
			return // nobody waits for it any more
		}
		f.follows.Store(d)
		v.Watch(true) // from this very moment on, in which it is still
		shows <- v.Still()
	}); err != nil {
		return err
	}
	still, follows := <-shows
	if !follows {
		return fmt.Errorf("the loop came to it late: %w", ctx.Err())
	}
	d.load(still)
	f.awake.Store(d)
	if d.lost.Load() {
		if f.awake.CompareAndSwap(d, nil) { // as the loop would have done
			d.cache.Close()
		}
		return errLost
	}
	f.tally.woken.Add(1)
	return nil
}

// hurry has the next request for a document see what has changed by now.
func (f *Feed) hurry() {
	if d := f.present(); d != nil {
		d.cache.Hurry()
	}
}

// sample returns what there is now, and has been done. Changes are pending also for
// documents that are gathered just now, or whose gathering was given up in the middle.
func (f *Feed) sample() (now pages.Stats, kept served.Stats, pending int, awake bool) {
	if d := f.present(); d != nil {
		now, kept, awake = *d.stats.Load(), d.cache.Stats(), true
	}
	if d := f.follows.Load(); d != nil {
		pending = int(d.count.Load())
	}
	kept.Made += f.tally.made.Load()
	kept.Filed += f.tally.filed.Load()
	kept.Unfiled += f.tally.unfiled.Load()
	return now, kept, pending, awake
}
