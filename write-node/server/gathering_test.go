package server

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"heureka/cluster"
	"heureka/model"
	"heureka/registry"
	"heureka/write-node/api"
	"heureka/write-node/journal"
	"heureka/write-node/owner"

	"github.com/google/uuid"
)

// heldDisk is a disk whose batches end when it is told.
type heldDisk struct {
	noDisk
	ends chan struct{}
}

func (d *heldDisk) Write(*journal.Batch) error { <-d.ends; return nil }

// notedDisk is one that notes its batches.
type notedDisk struct {
	heldDisk
	batches []*journal.Batch
}

func (d *notedDisk) Write(b *journal.Batch) error {
	d.batches = append(d.batches, b)
	return d.heldDisk.Write(b)
}

// sentDeltas is a network that notes how many entries each delta has, and when.
type sentDeltas struct{ told chan string }

func (sentDeltas) Incoming() <-chan cluster.Message { return nil }
func (n sentDeltas) Send(m cluster.Outgoing) error {
	if d, ok := m.Message.(*cluster.Delta); ok {
		n.told <- fmt.Sprintf("%d", len(d.Entries))
	}
	return nil
}

// TestWhatComesDuringABatchIsPublishedTogether holds what waits for a batch that is being
// written, and that nothing does for long.
func TestWhatComesDuringABatchIsPublishedTogether(t *testing.T) {
	for _, test := range []struct {
		rule  string
		after time.Duration // the batch ends
		want  time.Duration // when what came at once is published
	}{
		{"with the end of the batch", gatherFor / 2, gatherFor / 2},
		{"before the end of one that takes long", time.Hour, gatherFor},
	} {
		t.Run(test.rule, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { testGathering(t, test.after, test.want) })
		})
	}
}

func testGathering(t *testing.T, after, want time.Duration) {
	d := &heldDisk{ends: make(chan struct{})}
	l := newGatherer(t, d)
	l.put("first")
	begin := time.Now()
	if got := <-l.net.told; got != "1" || time.Since(begin) != 0 {
		t.Errorf("the first delta has %s entries, after %v", got, time.Since(begin))
	}
	go func() {
		time.Sleep(after)
		close(d.ends)
	}()
	l.put("second", "third")
	if got := <-l.net.told; got != "2" || time.Since(begin) != want {
		t.Errorf("the next delta has %s entries, after %v instead of %v", got, time.Since(begin), want)
	}
	time.Sleep(after)
	l.halt()
}

// TestACrowdIsWaitedFor holds that as many as were taken together are expected again,
// not for long, and that who is alone waits for nobody.
func TestACrowdIsWaitedFor(t *testing.T) {
	crowd, again := ids("a", 8), ids("b", 9)
	for _, test := range []struct {
		rule   string
		before []string // are taken together
		next   []string
		want   string
		after  time.Duration // when they are published
	}{
		{"all are there", crowd, again[:8], "8", 0},
		{"more than were", crowd, again, "8", 0},
		{"some are missing", crowd, again[:3], "3", gatherFor},
		{"few are no crowd", crowd[:few], again[:1], "1", 0},
		{"one more than a few is", crowd[:few+1], again[:1], "1", gatherFor},
	} {
		t.Run(test.rule, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newGatherer(t, noDisk{})
				l.together(test.before...)
				begin := time.Now()
				l.put(test.next...)
				if got := <-l.net.told; got != test.want || time.Since(begin) != test.after {
					t.Errorf("the delta has %s entries, after %v", got, time.Since(begin))
				}
				l.halt()
			})
		})
	}
}

// TestACrowdThatHasGoneIsForgotten holds that who is left is soon not kept waiting.
func TestACrowdThatHasGoneIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newGatherer(t, noDisk{})
		l.together(ids("a", 64)...)
		waits := 0
		for _, id := range ids("b", 64) {
			begin := time.Now()
			l.put(id)
			<-l.net.told
			if time.Since(begin) > 0 {
				waits++
			}
			synctest.Wait() // until it is stored, or the next one would wait for that
		}
		if waits == 0 || waits > 24 || l.waited != (waited{uint64(waits), uint64(waits)}) {
			t.Errorf("one of 64 that is left waits %d times; counted are %+v", waits, l.waited)
		}
		l.halt()
	})
}

// TestWhoWaitsForACrowdKeepsNobodyWaiting holds that those whose batch has ended are
// acknowledged, though others wait for them to speak.
func TestWhoWaitsForACrowdKeepsNobodyWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &heldDisk{ends: make(chan struct{})}
		l := newGatherer(t, d)
		l.together(ids("a", 8)...)
		l.put("b")
		close(d.ends)
		synctest.Wait()
		if l.acknowledged != 8 || len(l.net.told) != 0 {
			t.Errorf("%d are acknowledged, %d deltas more are published", l.acknowledged, len(l.net.told))
		}
		l.halt()
	})
}

// TestNothingIsWaitedForWithNothing holds that a batch which follows another, or a look,
// begins no wait: there is nothing that could be published together.
func TestNothingIsWaitedForWithNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &heldDisk{ends: make(chan struct{})}
		l := newGatherer(t, d)
		l.put("a")
		time.Sleep(gatherFor)
		l.put("b") // is published at once, and waits for the batch of a
		d.ends <- struct{}{}
		synctest.Wait()
		l.commands <- api.Command{Looks: true, Apply: func(*owner.Owner, model.Moment) {}, Done: func() {}}
		synctest.Wait()
		if l.due != nil || l.waited != (waited{}) {
			t.Errorf("it waits: %v; counted are %+v", l.due != nil, l.waited)
		}
		close(d.ends)
		l.halt()
	})
}

// TestABatchCoversOnlyWhatItHolds holds that what waits for a crowd isn't in the vector of
// a batch that is cut meanwhile: who starts from that store would have, as far as it and
// its peers know, what it has never got.
func TestABatchCoversOnlyWhatItHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &notedDisk{heldDisk: heldDisk{ends: make(chan struct{})}}
		l := newGatherer(t, d)
		l.together(ids("a", 8)...)
		l.put("b")
		close(d.ends)
		synctest.Wait()
		if len(l.net.told) != 0 {
			t.Fatal("nobody waits for the crowd")
		}
		<-l.net.told
		synctest.Wait()
		held := make(map[registry.Slot]bool)
		for k, b := range d.batches {
			for _, e := range b.Entries {
				held[e.Slot()] = true
			}
			if covered := b.Vector[l.owner.Replica().Self()]; covered != uint64(len(held)) {
				t.Errorf("batch %d covers %d entries, and %d are stored by then", k+1, covered, len(held))
			}
		}
		if len(held) != 9 {
			t.Errorf("%d of 9 are stored", len(held))
		}
		l.halt()
	})
}

func ids(prefix string, n int) (all []string) {
	for k := range n {
		all = append(all, fmt.Sprint(prefix, k))
	}
	return all
}

// gatherer is a loop that publishes to a network of notes, in a bubble.
type gatherer struct {
	*loop
	t   *testing.T
	net sentDeltas

	acknowledged int
}

func newGatherer(t *testing.T, d disk) *gatherer {
	config := quick("write-1")
	self := model.Incarnation{Name: "write-1", ID: uuid.UUID{1}}
	g := &gatherer{t: t, net: sentDeltas{make(chan string, 10)}, loop: &loop{
		owner:    owner.New(config.owner(), cluster.New(config.replica(), self, cluster.Write, "", rand.New(rand.NewPCG(1, 1)))),
		commands: make(chan api.Command, 100), stop: make(chan struct{}), stopped: make(chan struct{}),
		keeper: newKeeper(d, journal.New(config.journal())), start: time.Now(), published: func(model.Moment) {},
		gathering: newGathering(), log: slog.New(slog.DiscardHandler),
	}}
	go g.keeper.write()
	go g.run(g.net)
	time.Sleep(time.Nanosecond) // not at the time of a tick
	return g
}

// put registers instances, one after the other.
func (g *gatherer) put(ids ...string) {
	for _, id := range ids {
		if err := g.Do(context.Background(), g.putting(id, func() {})); err != nil {
			g.t.Error(err)
		}
		synctest.Wait()
	}
}

// together registers instances that the loop takes at once.
func (g *gatherer) together(ids ...string) {
	g.commands <- g.putting(ids[0], func() {
		for _, id := range ids[1:] {
			g.commands <- g.putting(id, func() {})
		}
	})
	if got := <-g.net.told; got != fmt.Sprint(len(ids)) {
		g.t.Errorf("%s of %d are published together", got, len(ids))
	}
	synctest.Wait()
}

// putting returns the command that registers an instance, and then calls a function.
func (g *gatherer) putting(id string, then func()) api.Command {
	return api.Command{
		Apply: func(o *owner.Owner, now model.Moment) {
			if _, err := o.PutPlain(instance(id), now); err != nil {
				g.t.Error(err)
			}
			then()
		},
		Done: func() { g.acknowledged++ },
	}
}

// halt ends the loop. Nobody waits for the disk.
func (g *gatherer) halt() {
	g.by = time.Now()
	close(g.stop)
	<-g.stopped
	synctest.Wait()
	if err := <-g.keeper.closed; err != nil {
		g.t.Error(err)
	}
}
