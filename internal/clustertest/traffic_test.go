package clustertest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"heureka/client"
	"heureka/internal/promise"
	"heureka/model"
)

// pace is how often each client of a traffic says something.
const pace = 40 * time.Millisecond

// steady is how many registrations each client of a traffic has at least.
const steady = 4

// judge is a subscriber that is told which registrations live.
type judge interface {
	lives(model.Key)
	dies(model.Key)
}

// audience is all subscribers of a test. What lives is what was acknowledged by
// nobody's mistake and whose client goes on.
type audience struct {
	mu     sync.Mutex
	judges []judge
	living map[model.Key]bool
}

func newAudience() *audience { return &audience{living: make(map[model.Key]bool)} }

// join adds a subscriber, who must be shown all that lives.
func (a *audience) join(j judge) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.judges = append(a.judges, j)
	for key := range a.living {
		j.lives(key)
	}
}

func (a *audience) lives(key model.Key) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.living[key] = true
	for _, j := range a.judges {
		j.lives(key)
	}
}

func (a *audience) dies(key model.Key) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.living, key)
	for _, j := range a.judges {
		j.dies(key)
	}
}

// traffic is clients that register, change, flip and unregister at a steady pace,
// whatever happens to the nodes, until it is stopped.
type traffic struct {
	t        *testing.T
	audience *audience
	lease    time.Duration // that the instances ask for; 0: the nodes' default
	workers  []*worker
	stopping chan struct{} // closed: the workers end
	working  sync.WaitGroup

	mu    sync.Mutex // guards all below
	held  map[model.Key]*client.Registration
	words int // of all clients, that were acknowledged
}

func newTraffic(t *testing.T, a *audience) *traffic {
	return &traffic{t: t, audience: a, stopping: make(chan struct{}), held: make(map[model.Key]*client.Registration)}
}

// add lets one more client take part. The name goes into what it registers.
func (tr *traffic) add(name string, cl *client.Client) {
	w := &worker{traffic: tr, client: cl, name: name}
	w.available = promise.NewAvailability("the nodes of "+name, patience/2, &w.report)
	tr.workers = append(tr.workers, w)
	tr.working.Go(w.work)
	tr.t.Cleanup(func() { tr.stop() }) // before the client is closed
}

// stop ends the traffic and returns what is registered. A second stop does
// nothing and returns the same. Like add and resume it belongs to the test's
// goroutine.
func (tr *traffic) stop() []*model.Instance {
	select {
	case <-tr.stopping:
	default:
		close(tr.stopping)
	}
	tr.working.Wait()
	tr.mu.Lock()
	defer tr.mu.Unlock()
	var all []*model.Instance
	for _, r := range tr.held {
		all = append(all, r.Instance())
	}
	return all
}

// resume lets all clients of a traffic that was stopped go on.
func (tr *traffic) resume() {
	tr.stopping = make(chan struct{})
	for _, w := range tr.workers {
		tr.working.Go(w.work)
	}
}

// registrations returns some of what is registered now.
func (tr *traffic) registrations() []*client.Registration {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	var all []*client.Registration
	for _, r := range tr.held {
		all = append(all, r)
	}
	return all
}

func (tr *traffic) spoken() int {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.words
}

// worker is one client of a traffic.
type worker struct {
	*traffic
	client    *client.Client
	name      string
	said      int                    // words
	mine      []*client.Registration // oldest first
	report    promise.Report
	available *promise.Availability
}

func (w *worker) work() {
	next := time.NewTicker(pace)
	defer next.Stop()
	for {
		select {
		case <-w.stopping:
			return
		case <-next.C:
		}
		if w.said++; !w.say(w.said) {
			return
		}
	}
}

// say says the n-th word. It reports false if no node took it.
func (w *worker) say(n int) bool {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	began := time.Now()
	what, err := "register", error(nil)
	switch {
	case len(w.mine) < steady || n%8 == 0:
		err = w.register(ctx, n)
	case n%8 == 4:
		what, err = "unregister", w.unregister(ctx)
	case n%2 == 0:
		what, err = "flip", w.update(ctx, n, flip)
	default:
		what, err = "update", w.update(ctx, n, func(in *model.Instance) { in.Metadata = map[string]string{"word": fmt.Sprint(n)} })
	}
	w.available.Answered(what, time.Since(began), err)
	if err := w.report.Err(); err != nil {
		w.t.Error(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.words++
	return err == nil
}

func flip(in *model.Instance) {
	if in.Status == model.StatusUp {
		in.Status = model.StatusOutOfService
	} else {
		in.Status = model.StatusUp
	}
}

// register registers another instance. No id comes twice, so that the end of one
// isn't taken for that of the next.
func (w *worker) register(ctx context.Context, n int) error {
	in := instance(w.name, fmt.Sprintf("%s-%d", w.name, n), "blue")
	in.Lease.DurationMs = w.lease.Milliseconds()
	r, err := w.client.Register(ctx, in)
	if err != nil {
		return err
	}
	w.audience.lives(r.Key())
	w.mine = append(w.mine, r)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held[r.Key()] = r
	return nil
}

func (w *worker) unregister(ctx context.Context) error {
	r := w.mine[0]
	w.mine = w.mine[1:]
	w.audience.dies(r.Key())
	w.mu.Lock()
	delete(w.held, r.Key())
	w.mu.Unlock()
	return r.Unregister(ctx)
}

func (w *worker) update(ctx context.Context, n int, change func(*model.Instance)) error {
	return w.mine[n%len(w.mine)].Update(ctx, change)
}
