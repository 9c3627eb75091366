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
	d, net := &heldDisk{ends: make(chan struct{})}, sentDeltas{make(chan string, 10)}
	config := quick("write-1")
	self := model.Incarnation{Name: "write-1", ID: uuid.UUID{1}}
	l := &loop{
		owner:    owner.New(config.owner(), cluster.New(config.replica(), self, cluster.Write, "", rand.New(rand.NewPCG(1, 1)))),
		commands: make(chan api.Command, 10), stop: make(chan struct{}), stopped: make(chan struct{}),
		keeper: newKeeper(d, journal.New(config.journal())), start: time.Now(), published: func(model.Moment) {},
		late: time.NewTimer(gatherFor), log: slog.New(slog.DiscardHandler),
	}
	go l.keeper.write()
	go l.run(net)
	put := func(id string) {
		err := l.Do(context.Background(), api.Command{
			Apply: func(o *owner.Owner, now model.Moment) {
				if _, err := o.PutPlain(instance(id), now); err != nil {
					t.Error(err)
				}
			},
			Done: func() {},
		})
		if err != nil {
			t.Error(err)
		}
		synctest.Wait()
	}
	time.Sleep(time.Nanosecond) // not at the time of a tick
	put("first")
	begin := time.Now()
	if got := <-net.told; got != "1" || time.Since(begin) != 0 {
		t.Errorf("the first delta has %s entries, after %v", got, time.Since(begin))
	}
	go func() {
		time.Sleep(after)
		close(d.ends)
	}()
	put("second")
	put("third")
	if got := <-net.told; got != "2" || time.Since(begin) != want {
		t.Errorf("the next delta has %s entries, after %v instead of %v", got, time.Since(begin), want)
	}
	l.by = time.Now() // nobody waits for the disk
	close(l.stop)
	<-l.stopped
	time.Sleep(after)
	synctest.Wait()
	if err := <-l.keeper.closed; err != nil {
		t.Error(err)
	}
}
