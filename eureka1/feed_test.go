package eureka1

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"heureka/eureka1/dialect"
	"heureka/model"
	"heureka/registry"
)

func instance(id int) *model.Instance {
	return &model.Instance{App: fmt.Sprint("APP-", id%5), ID: strconv.Itoa(id), Address: "10.0.0.1", Status: model.StatusUp}
}

// fetch gets a document of a handler.
func fetch(t *testing.T, h *Handler, path string) *dialect.Applications {
	t.Helper()
	got := ask(h, "GET", path, "", "Accept: application/json")
	apps, err := dialect.DecodeApplications(dialect.JSON, got.Body.Bytes(), 100_000)
	if got.Code != http.StatusOK || err != nil {
		t.Fatalf("%s: answered %d %s, %v", path, got.Code, got.Body, err)
	}
	return apps
}

// says returns a document as "APP-1/6 ADDED 5, …" would be, sorted, with its hash code.
func says(apps *dialect.Applications) string {
	var all []string
	for _, app := range apps.List {
		for _, in := range app.Instances {
			all = append(all, fmt.Sprint(in.InstanceID, " ", in.Action))
		}
	}
	return strings.Join(all, ", ") + " | " + apps.Hash
}

func TestNothingIsKeptWhileNobodyAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newReader(t, nil)
		node, feed := h.node.(*reader), h.feed
		node.put(instance(1))
		ask(h, "GET", "/eureka/apps/APP-1/1", "")
		ask(h, "GET", "/eureka/status", "")
		ask(h, "GET", "/eureka/healthcheck", "")
		ask(h, "PUT", "/eureka/apps/APP-1/1", "")
		if feed.Follows() || feed.present() != nil {
			t.Error("it is awake, though nobody asked for a document")
		}
		if got := says(fetch(t, h, "/eureka/apps/delta")); got != "1 ADDED | UP_1_" {
			t.Errorf("the first delta says %s", got)
		}
		time.Sleep(10*time.Minute - 1)
		feed.Tick()
		if feed.present() == nil {
			t.Error("it sleeps too early")
		}
		fetch(t, h, "/eureka/apps") // from now on
		time.Sleep(10*time.Minute - 1)
		node.put(instance(2))
		feed.Tick()
		if feed.present() == nil {
			t.Error("it sleeps too early after the second request")
		}
		time.Sleep(time.Nanosecond)
		feed.Tick()
		if feed.Follows() || feed.awake.Load() != nil {
			t.Error("it is awake, though nobody asked for long")
		}
		node.put(instance(3))
		node.remove(instance(1).Key())
		if got := says(fetch(t, h, "/eureka/apps/delta")); got != "2 ADDED, 3 ADDED | UP_2_" {
			t.Errorf("woken again, the delta says %s", got)
		}
		if woken, fell := feed.tally.woken.Load(), feed.tally.fell.Load(); woken != 2 || fell != 1 {
			t.Errorf("woken %d times, fell asleep %d times", woken, fell)
		}
	})
}

func TestChangesWhileAsleepCostNothing(t *testing.T) {
	feed := NewFeed(DefaultConfig())
	changes := make([]model.Change, 100)
	if n := testing.AllocsPerRun(100, func() { feed.Follow(changes); feed.Tick() }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestAllWhoWaitAreServedByOneWaking(t *testing.T) {
	h := newReader(t, nil)
	for i := range 50 {
		h.node.(*reader).put(instance(i))
	}
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if got := fetch(t, h, "/eureka/apps"); got.Hash != "UP_50_" {
				t.Errorf("%s", got.Hash)
			}
		})
	}
	wait.Wait()
	if looks := h.node.(*reader).looks; looks != 1 {
		t.Errorf("the view was looked at %d times", looks)
	}
}

// TestWhatChangesDuringAWakingIsInIt has instances come and go all the while.
func TestWhatChangesDuringAWakingIsInIt(t *testing.T) {
	h := newReader(t, nil)
	node, feed := h.node.(*reader), h.feed
	for i := range 500 {
		node.put(instance(i))
	}
	for round := range 20 {
		var wait sync.WaitGroup
		wait.Go(func() {
			for i := range 300 {
				if i%3 == 0 {
					node.remove(instance(i).Key())
				} else {
					node.put(instance(i - round%2))
				}
			}
		})
		for range 3 {
			wait.Go(func() { fetch(t, h, "/eureka/apps") })
		}
		wait.Wait()
		got := fetch(t, h, "/eureka/vips/app-1").Hash // of the present, whatever the edition's age
		want := 0
		for key := range node.view.All() {
			if key.App == "APP-1" {
				want++
			}
		}
		if got != fmt.Sprintf("UP_%d_", want) {
			t.Fatalf("round %d: %s, want %d", round, got, want)
		}
		node.mu.Lock()
		feed.drop()
		node.mu.Unlock()
	}
}

// TestWhatAnotherRequestTookInIsShown has requests for something else take in changes
// before those come who ask for the documents that are kept.
func TestWhatAnotherRequestTookInIsShown(t *testing.T) {
	for _, path := range []string{"/eureka/apps/APP-1", "/eureka/vips/app-1", "/eureka/svips/x", "/eureka/instances/1", "/eureka/serverinfo/statusoverrides"} {
		synctest.Test(t, func(t *testing.T) {
			h := newReader(t, nil)
			node := h.node.(*reader)
			node.put(instance(1))
			fetch(t, h, "/eureka/apps")
			ask(h, "GET", path, "")
			time.Sleep(time.Second)
			node.put(instance(2))
			ask(h, "GET", path, "")
			for _, document := range []string{"/eureka/apps", "/eureka/apps/delta"} {
				if got := says(fetch(t, h, document)); got != "1 ADDED, 2 ADDED | UP_2_" {
					t.Errorf("after %s, %s says %s", path, document, got)
				}
			}
			time.Sleep(time.Hour) // the delta has changed by itself
			ask(h, "GET", path, "")
			if got := says(fetch(t, h, "/eureka/apps/delta")); got != " | UP_2_" {
				t.Errorf("after %s, the delta in the end says %s", path, got)
			}
		})
	}
}

// TestWhatIsOldStaysSo whoever has asked for what is new meanwhile: of two requests that
// come together, one makes the cache's next edition, and the other must not believe that
// there is none to come.
func TestWhatIsOldStaysSo(t *testing.T) {
	h := newReader(t, nil)
	node := h.node.(*reader)
	fetch(t, h, "/eureka/apps")
	d := h.feed.present()
	old := d.Snapshot()
	if d.Changed(old) {
		t.Error("it has changed though nothing has")
	}
	node.put(instance(1))
	if !d.Changed(old) {
		t.Error("what waits is no change")
	}
	if now := d.Snapshot(); !d.Changed(old) || d.Changed(now) {
		t.Errorf("changed since then %v, since now %v", d.Changed(old), d.Changed(now))
	}
}

func TestTooManyChangesAreGatheredAnew(t *testing.T) {
	h := newReader(t, nil)
	node := h.node.(*reader)
	node.put(instance(1))
	fetch(t, h, "/eureka/apps")
	node.put(instance(2))
	node.mu.Lock()
	h.feed.Follow(make([]model.Change, maxPending)) // of nothing that there would be
	node.mu.Unlock()
	if h.feed.present() != nil || h.feed.Follows() || h.feed.tally.overrun.Load() != 1 {
		t.Error("the documents are kept")
	}
	if got := says(fetch(t, h, "/eureka/apps")); got != "1 ADDED, 2 ADDED | UP_2_" {
		t.Errorf("gathered anew, they say %s", got)
	}
}

// stuck is a node whose loop doesn't come to it.
type stuck struct {
	*reader
	late func(*registry.View)
}

func (s *stuck) Look(ctx context.Context, f func(*registry.View)) error {
	s.late = f
	<-ctx.Done()
	return ctx.Err()
}

func TestWhoWaitsInVainIsSentElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newReader(t, func(c *Config) { c.Timeout = time.Second })
		node := h.node.(*reader)
		node.put(instance(1))
		slow := &stuck{reader: node}
		h.node = slow
		start := time.Now()
		for range 3 {
			if got := ask(h, "GET", "/eureka/apps", ""); got.Code != http.StatusServiceUnavailable {
				t.Errorf("answered %d", got.Code)
			}
		}
		if took := time.Since(start); took != 3*time.Second || h.feed.tally.late.Load() != 3 || h.feed.tally.waited.Load() != int64(took) {
			t.Errorf("took %v, counted as %v of %d", took, time.Duration(h.feed.tally.waited.Load()), h.feed.tally.late.Load())
		}
		if got := ask(h, "GET", "/eureka/apps/APP-1/1", ""); got.Code != http.StatusServiceUnavailable {
			t.Errorf("one instance: answered %d", got.Code)
		}
		h.node = unheard{node}
		if got := ask(h, "GET", "/eureka/apps", ""); got.Code != http.StatusServiceUnavailable {
			t.Errorf("answered %d, though nobody was waited for", got.Code)
		}
		h.node = node
		slow.late(node.view) // when nobody waits for it any more
		if h.feed.Follows() {
			t.Error("it follows for nobody")
		}
		node.put(instance(2))
		if got := says(fetch(t, h, "/eureka/apps")); got != "1 ADDED, 2 ADDED | UP_2_" {
			t.Errorf("in the end they say %s", got)
		}
	})
}

// broken is a node that panics when it is looked at.
type broken struct{ *reader }

func (broken) Look(context.Context, func(*registry.View)) error { panic("broken") }

// TestAPanicCostsItsOwnRequest has the next one wake the feed as if nothing had been.
func TestAPanicCostsItsOwnRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newReader(t, nil)
		node := h.node.(*reader)
		node.put(instance(1))
		h.node = broken{node}
		func() {
			defer func() {
				if recover() == nil {
					t.Error("it doesn't panic")
				}
			}()
			ask(h, "GET", "/eureka/apps", "")
		}()
		h.node = node
		if got := says(fetch(t, h, "/eureka/apps")); got != "1 ADDED | UP_1_" {
			t.Errorf("then they say %s", got)
		}
		if len(h.reads)+len(h.slow) > 0 {
			t.Error("it has its place yet")
		}
	})
}

// unheard is a node whose loop comes to it late, which it doesn't say.
type unheard struct{ *reader }

func (u unheard) Look(ctx context.Context, f func(*registry.View)) error {
	<-ctx.Done()
	_ = u.reader.Look(ctx, f)
	return nil
}

// halfway is a node whose loop comes to it, and tells too late.
type halfway struct{ *reader }

func (h halfway) Look(ctx context.Context, f func(*registry.View)) error {
	if err := h.reader.Look(ctx, f); err != nil {
		return err
	}
	return context.DeadlineExceeded
}

// TestWhatWaitsForNobodyIsCounted has a waking given up when the loop follows already.
func TestWhatWaitsForNobodyIsCounted(t *testing.T) {
	h := newReader(t, nil)
	node := h.node.(*reader)
	h.node = halfway{node}
	if got := ask(h, "GET", "/eureka/apps", ""); got.Code != http.StatusServiceUnavailable {
		t.Fatalf("answered %d", got.Code)
	}
	pending := func(want int, when string) {
		t.Helper()
		if _, _, n, _ := h.feed.sample(); n != want {
			t.Errorf("%s %d changes are said to be pending, want %d", when, n, want)
		}
	}
	node.put(instance(1))
	node.put(instance(2))
	pending(2, "given up,")
	h.node = node
	if got := says(fetch(t, h, "/eureka/apps")); got != "1 ADDED, 2 ADDED | UP_2_" {
		t.Errorf("then they say %s", got)
	}
	pending(0, "gathered,")
	node.put(instance(3))
	pending(1, "awake,")
	node.mu.Lock()
	h.feed.drop()
	node.mu.Unlock()
	pending(0, "asleep,")
}

func TestWhatAWriteNodeDidIsWaitedFor(t *testing.T) {
	h := newReader(t, nil)
	node := h.node.(*reader)
	w := newWriter(t)
	node.peers = []Peer{{HTTP: w.address(), Write: true, Ready: true}}
	dot := model.Dot{Incarnation: model.Incarnation{Name: "w 1/é"}, Seq: 42}
	var waited []model.Dot
	node.merged = func(d model.Dot) error {
		waited = append(waited, d)
		node.put(instance(1)) // before its client is answered
		if len(waited) > 1 {
			return errors.New("not yet")
		}
		return nil
	}
	fetch(t, h, "/eureka/apps")
	w.done.Store(textOf(dot))
	if got := ask(h, "POST", "/eureka/apps/A", registration, "Content-Type: application/json"); got.Code != http.StatusOK || got.Header().Get(headerDone) != "" {
		t.Errorf("answered %d with %v", got.Code, got.Header())
	}
	if got := fetch(t, h, "/eureka/apps"); got.Hash != "UP_1_" {
		t.Errorf("right after, the documents say %s", got.Hash)
	}
	ask(h, "PUT", "/eureka/apps/A/1/status?value=DOWN", "") // is answered though nothing is merged
	for _, nonsense := range []string{"", " ", "x", "x 1", textOf(dot) + "x", strings.Repeat("x", 1000)} {
		w.done.Store(nonsense)
		if got := ask(h, "DELETE", "/eureka/apps/A/1", ""); got.Code != http.StatusOK {
			t.Errorf("after %q: answered %d", nonsense, got.Code)
		}
	}
	if len(waited) != 2 || waited[0] != dot || waited[1] != dot {
		t.Errorf("waited for %v", waited)
	}
}

// BenchmarkWake gathers the documents of 100,000 instances; what the first of them then
// takes to encode isn't in it.
func BenchmarkWake(b *testing.B) {
	h := newReader(b, nil)
	node := h.node.(*reader)
	for i := range 100_000 {
		node.put(instance(i))
	}
	for b.Loop() {
		if err := h.feed.wake(b.Context(), node); err != nil {
			b.Fatal(err)
		}
		h.feed.drop()
	}
}

// BenchmarkFollow is what the loop does for each change while clients poll.
func BenchmarkFollow(b *testing.B) {
	h := newReader(b, nil)
	if err := h.feed.wake(b.Context(), h.node); err != nil {
		b.Fatal(err)
	}
	d := h.feed.present()
	for n := 0; b.Loop(); n++ {
		h.feed.Follow(make([]model.Change, 1))
		if n%10_000 == 0 {
			d.take()
		}
	}
}
