package eureka1

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"heureka/eureka1/rules"
	"heureka/eureka1/served"
	"heureka/model"
	"heureka/registry"

	"github.com/prometheus/client_golang/prometheus"
)

// world is a node whose view changes, its clients, and the twin that judges what they
// are answered, in virtual time. What happens is drawn by one goroutine; requests have
// goroutines of their own, and tell only by what they are answered.
type world struct {
	t     *testing.T
	rand  *rand.Rand
	start time.Time
	age   time.Duration // how old documents may be
	h     *Handler
	twin  *twin
	*loop

	elsewhere *elsewhere // nil: the node is a write node itself

	clients []*client
	wait    sync.WaitGroup // for requests
	told    atomic.Int64   // the moment of the last write that was acknowledged
	floods  atomic.Int64
	marks   int // of what was ever registered

	noting sync.Mutex
	log    []string        // what happened last
	known  map[alike]*said // what was answered lately
}

// loop is a node: its mutex stands for the goroutine that has the view, and comes to what
// it is asked for late if it is told to.
type loop struct {
	*reader
	w             *world
	before, after atomic.Int64      // nanoseconds until it comes to a look, and then until it says so
	frozen        atomic.Bool       // it doesn't tick
	kept          []*documents      // all there ever were
	authored      map[model.Dot]int // the moment since when it is shown
}

// nothing is what changes when nothing does, but must be noted.
var nothing = make([]model.Change, maxPending)

func newWorld(t *testing.T, seed uint64) *world {
	w := &world{t: t, rand: rand.New(rand.NewPCG(seed, 3)), start: time.Now(), age: served.DefaultConfig().Age, twin: newTwin(), known: map[alike]*said{}}
	config := DefaultConfig()
	if w.rand.IntN(2) == 0 {
		config.Idle = 20 * time.Second
	}
	feed := NewFeed(config)
	w.loop = &loop{reader: newNode(feed), w: w, authored: map[model.Dot]int{}}
	w.h = NewHandler(config, Self{Name: "w", HTTP: "127.0.0.1:1"}, w.loop, feed, w.loop, nil, "test_", prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	if seed%3 == 0 {
		w.passOn(config)
	}
	for n := range 5 {
		w.clients = append(w.clients, &client{w: w, form: forms[w.rand.IntN(4)], gzip: n%2 == 0})
	}
	return w
}

func (w *world) now() time.Duration { return time.Since(w.start) }

func (w *world) notef(format string, args ...any) {
	w.noting.Lock()
	defer w.noting.Unlock()
	w.log = append(w.log, fmt.Sprintf("%v ", w.now())+fmt.Sprintf(format, args...))
}

// failf says what is wrong, and what happened before.
func (w *world) failf(format string, args ...any) {
	w.noting.Lock()
	defer w.noting.Unlock()
	w.t.Errorf("%v: %s; before that:\n\t%s", w.now(), fmt.Sprintf(format, args...), strings.Join(w.log[max(0, len(w.log)-40):], "\n\t"))
}

// Look implements Node.
func (l *loop) Look(ctx context.Context, f func(*registry.View)) error {
	if err := l.late(ctx, &l.before); err != nil {
		return err
	}
	l.reader.mu.Lock()
	follows := l.feed.follows.Load()
	f(l.view)
	if d := l.feed.follows.Load(); d != follows {
		l.kept = append(l.kept, d)
		l.w.twin.loaded(l.w.now())
	}
	l.reader.mu.Unlock()
	return l.late(ctx, &l.after)
}

func (l *loop) late(ctx context.Context, by *atomic.Int64) error {
	select {
	case <-time.After(time.Duration(by.Load())):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Do implements Writer.
func (l *loop) Do(ctx context.Context, _ bool, f func(rules.Registry)) (model.Dot, error) {
	if err := l.late(ctx, &l.before); err != nil {
		return model.Dot{}, err
	}
	l.reader.mu.Lock()
	defer l.reader.mu.Unlock()
	o := &owned{loop: l}
	f(o)
	l.show(o.done)
	l.authored[o.last] = l.w.twin.newest()
	return o.last, nil
}

// momentOf returns since when what was authored is shown.
func (l *loop) momentOf(dot model.Dot) int {
	l.reader.mu.Lock()
	defer l.reader.mu.Unlock()
	return l.authored[dot]
}

// tick is what a loop does often.
func (l *loop) tick() {
	if l.frozen.Load() {
		return
	}
	l.reader.mu.Lock()
	defer l.reader.mu.Unlock()
	if l.feed.Tick(); !l.feed.Follows() {
		l.view.Watch(false)
	}
}

// change has the loop author something, all of which is shown together.
func (l *loop) change(f func(*owned)) {
	l.reader.mu.Lock()
	defer l.reader.mu.Unlock()
	o := &owned{loop: l}
	f(o)
	l.show(o.done)
}

// show has the view follow, and tells of it. Its caller is the loop.
func (l *loop) show(transitions []registry.Transition) {
	if len(transitions) == 0 {
		return
	}
	l.view.Apply(transitions, false, 0)
	seen := make(map[model.Key]bool)
	var keys []model.Key
	for _, t := range transitions {
		if !seen[t.Key] {
			seen[t.Key], keys = true, append(keys, t.Key)
		}
	}
	l.w.twin.see(l.w.now(), l.view, keys)
	l.follow(l.view.Drain())
}

// follow tells of changes; the view keeps none where nobody wants to know.
func (l *loop) follow(changes []model.Change) {
	if l.feed.Follow(changes); !l.feed.Follows() {
		l.view.Watch(false)
	}
}
