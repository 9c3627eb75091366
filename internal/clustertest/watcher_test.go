package clustertest

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"heureka/interest"
	"heureka/internal/promise"
	"heureka/internal/raw"
	"heureka/model"
	"heureka/wire"
)

// patience is how long a test waits for anything before it fails. It is far
// longer than anything should take, for machines that are busy.
const patience = 60 * time.Second

// told is one change that reached a watcher.
type told struct {
	key     model.Key
	hash    string // of what was put
	removed bool
}

// watcher is a subscription to one read node that is judged message by message.
type watcher struct {
	t       *testing.T
	name    string
	channel *raw.Channel
	began   time.Time
	ended   chan struct{} // closed when nothing more is received

	mu      sync.Mutex // guards all below
	seq     uint64
	report  promise.Report
	session *promise.Session
	keeper  *promise.Keeper
	told    []told
	puts    func(*model.Instance) // is told of each put, unless nil
	stale   bool                  // the node said last that what it tells may be old
	changed chan struct{}         // closed, and replaced, when something was received
	lost    error                 // why nothing more is received
}

// watch subscribes at a read node and waits for the snapshot.
func watch(t *testing.T, node string, interests ...interest.Interest) *watcher {
	t.Helper()
	return watchVia(t, nil, node, patience, interests...)
}

// watchVia is watch through an HTTP client, and says how soon what is
// acknowledged must be shown.
func watchVia(t *testing.T, web *http.Client, node string, appear time.Duration, interests ...interest.Interest) *watcher {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	channel, welcome, err := raw.Dialer{HTTP: web}.Hello(ctx, node, wire.PathSubscriptions, wire.Hello{Client: t.Name()})
	if err != nil {
		t.Fatal(err)
	}
	w := &watcher{
		t:       t,
		name:    "a subscriber at " + welcome.Node,
		channel: channel,
		began:   time.Now(),
		ended:   make(chan struct{}),
		changed: make(chan struct{}),
	}
	w.session = promise.NewSession(w.name, &w.report)
	w.keeper = promise.NewKeeper(w.name, promise.KeptLimits{Appear: appear}, &w.report)
	go w.receive()
	t.Cleanup(w.verdict)
	w.subscribe(interests...)
	return w
}

// verdict closes the connection and fails the test if a promise was broken.
func (w *watcher) verdict() {
	w.channel.Close()
	<-w.ended
	if err := w.report.Err(); err != nil {
		w.t.Errorf("%v", err)
	}
}

// subscribe changes the interests and waits until that is answered.
func (w *watcher) subscribe(interests ...interest.Interest) {
	w.t.Helper()
	set, err := interest.NewSet(interest.DefaultLimits(), interests)
	if err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	w.seq++
	seq := w.seq
	w.session.Subscribed(seq, set.Match)
	w.mu.Unlock()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	if err := w.channel.Send(ctx, &wire.Subscribe{Seq: seq, Interests: interests}); err != nil {
		w.t.Fatal(err)
	}
	w.await("the answer to its subscribe", func() bool { return w.session.Settled() })
}

func (w *watcher) receive() {
	defer close(w.ended)
	for {
		frame, err := w.channel.Receive(context.Background())
		w.mu.Lock()
		for _, m := range frame.Messages {
			w.take(m)
		}
		if w.lost = err; err != nil {
			w.keeper.End(time.Since(w.began))
		}
		close(w.changed)
		w.changed = make(chan struct{})
		w.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (w *watcher) take(m wire.Message) {
	now := time.Since(w.began)
	switch m := m.(type) {
	case *wire.Put:
		if m.Instance != nil { // the session says so if it is
			w.keeper.Shown(m.Instance.Key(), now)
			w.told = append(w.told, told{key: m.Instance.Key(), hash: m.Hash})
			if w.puts != nil {
				w.puts(m.Instance)
			}
		}
	case *wire.Synced:
		w.stale = m.Stale
	case *wire.Heartbeat:
		w.stale = m.Stale
	case *wire.Remove:
		if _, held := w.session.Get(m.Key()); held {
			w.keeper.Gone(m.Key(), now)
			w.told = append(w.told, told{key: m.Key(), removed: true})
		}
	}
	w.session.Receive(m)
}

// await waits until the condition holds, which is looked at under the lock
// whenever something was received.
func (w *watcher) await(what string, holds func() bool) {
	w.t.Helper()
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for {
		w.mu.Lock()
		ok, lost, changed := holds(), w.lost, w.changed
		w.mu.Unlock()
		switch {
		case ok:
			return
		case lost != nil:
			w.t.Fatalf("%s waits for %s and lost its connection: %v", w.name, what, lost)
		}
		select {
		case <-changed:
		case <-timeout.C:
			w.t.Fatalf("%s waited in vain for %s", w.name, what)
		}
	}
}

// sees waits until the watcher holds exactly that of the key.
func (w *watcher) sees(want *model.Instance) {
	w.t.Helper()
	w.await(want.Key().String(), func() bool {
		held, ok := w.session.Get(want.Key())
		return ok && held.Instance.Equal(want)
	})
}

// hasSeen waits until the watcher was told exactly that of the key, which it may hold no
// more: its lease may have ended before the test looks.
func (w *watcher) hasSeen(want *model.Instance) {
	w.t.Helper()
	put := told{key: want.Key(), hash: wire.FormatHash(want.Hash())}
	w.await("word of "+put.key.String(), func() bool { return slices.Contains(w.told, put) })
}

// holds waits until the watcher holds that many instances with their digest.
func (w *watcher) holds(all []*model.Instance) {
	w.t.Helper()
	var digest uint64
	for _, in := range all {
		digest += in.Hash()
	}
	w.await(fmt.Sprintf("%d instances with digest %016x", len(all), digest), func() bool {
		return w.session.Len() == len(all) && w.session.Digest() == digest
	})
}

// toldStale waits until the node has said so, or no more.
func (w *watcher) toldStale(stale bool) {
	w.t.Helper()
	w.await(fmt.Sprintf("stale to be %t", stale), func() bool { return w.stale == stale })
}

// seen has a function called with what each put says.
func (w *watcher) seen(puts func(*model.Instance)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.puts = puts
}

// misses waits until the watcher holds nothing of the key.
func (w *watcher) misses(key model.Key) {
	w.t.Helper()
	w.await("the end of "+key.String(), func() bool {
		_, ok := w.session.Get(key)
		return !ok
	})
}

// lives tells the judge of Kept that the registration was acknowledged and its
// client goes on: it must not be seen to go.
func (w *watcher) lives(key model.Key) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.lost == nil { // who has no connection is shown nothing
		w.keeper.Acknowledged(key, time.Since(w.began))
	}
}

// dies tells it that the registration may go.
func (w *watcher) dies(key model.Key) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.keeper.Ended(key)
}

// history returns how often the key was put and removed.
func (w *watcher) history(key model.Key) (puts, removes int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.told {
		switch {
		case c.key != key:
		case c.removed:
			removes++
		default:
			puts++
		}
	}
	return puts, removes
}

// returned returns the keys that came back after they had been removed.
func (w *watcher) returned() []model.Key {
	w.mu.Lock()
	defer w.mu.Unlock()
	gone := make(map[model.Key]bool)
	var back []model.Key
	for _, c := range w.told {
		if gone[c.key] && !c.removed {
			back = append(back, c.key)
		}
		gone[c.key] = c.removed
	}
	return back
}

// converged judges the watcher's view against what is registered, at rest.
func (w *watcher) converged(registered ...*model.Instance) {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make(map[model.Key]*model.Instance, len(registered))
	for _, in := range registered {
		all[in.Key()] = in
	}
	promise.Converge(&w.report, all, w.session.View())
}
