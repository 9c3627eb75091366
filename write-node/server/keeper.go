package server

import (
	"errors"
	"slices"
	"time"

	"heureka/cluster"
	"heureka/model"
	"heureka/registry"
	"heureka/write-node/journal"
	"heureka/write-node/store"
)

// disk is what a keeper needs of store.Store.
type disk interface {
	Write(*journal.Batch) error
	Sync() error
	Close() error
	Size() int64
}

// keeper is the loop's way to the store. Its methods are the loop's, but for write,
// which is the goroutine that owns the disk.
//
//	loop ──follow──▶ journal ──batches──▶ write ──▶ disk
//	  ▲                 ▲                   │
//	  └─acknowledgements┴──────results──────┘
//
// A nil keeper stands for a node without a store: it keeps nothing and lets nobody
// wait.
type keeper struct {
	disk    disk
	journal *journal.Journal
	batches chan *journal.Batch // one at a time; closed at the end
	results chan result         // of each
	sync    bool                // at the end; set before batches is closed
	closed  chan error          // how the end went
	waiting []waiting           // in the order of their tickets
	last    result
}

// result is what became of a batch.
type result struct {
	err  error
	size int64 // bytes of the file
}

// waiting is an acknowledgement that waits for a batch.
type waiting struct {
	ticket uint64
	done   func()
}

func newKeeper(d disk, j *journal.Journal) *keeper {
	return &keeper{
		disk: d, journal: j,
		batches: make(chan *journal.Batch, 1), results: make(chan result, 1), closed: make(chan error, 1),
		last: result{size: d.Size()},
	}
}

// write writes batches until there are no more to come, and lets the disk go.
func (k *keeper) write() {
	for b := range k.batches {
		err := k.disk.Write(b)
		k.results <- result{err, k.disk.Size()}
	}
	var err error
	if k.sync {
		err = k.disk.Sync()
	}
	k.closed <- errors.Join(err, k.disk.Close())
}

// written tells of a batch that has ended; never, without a store.
func (k *keeper) written() <-chan result {
	if k == nil {
		return nil
	}
	return k.results
}

// busy reports whether a batch is being written, and has been for less than that, for
// which acknowledgements wait.
func (k *keeper) busy(now, less time.Duration) bool {
	return k != nil && k.journal.Busy() && k.journal.BusyFor(now) < less && k.journal.Released(now) < k.journal.Ticket()
}

// ended takes in what became of the batch under way.
func (k *keeper) ended(r result, now time.Duration) {
	k.last = r
	if r.err != nil {
		k.journal.Failed(errors.Is(r.err, store.ErrLost), now)
		return
	}
	k.journal.Written(now)
}

// follow notes what has changed of the map.
func (k *keeper) follow(effects cluster.Effects) {
	if k == nil {
		return
	}
	for _, t := range effects.Transitions {
		k.journal.Mark(t.Slot)
	}
	for _, slot := range effects.Forgotten {
		k.journal.Mark(slot)
	}
}

// acknowledge has done called as soon as what has changed so far needn't be waited
// for, at the latest by release.
func (k *keeper) acknowledge(done func()) {
	if k == nil {
		done()
		return
	}
	k.waiting = append(k.waiting, waiting{k.journal.Ticket(), done})
}

// release hands the next batch over, if there is one, and lets the acknowledgements
// go that wait no longer. The map holds nothing that follow hasn't been told of: a
// batch's vector covers all that has been merged.
func (k *keeper) release(m *registry.Map, now model.Moment) {
	if k == nil {
		return
	}
	if b := k.journal.Next(m, now); b != nil {
		k.batches <- b // the one before has been taken
	}
	k.letGo(now.Mono)
}

// letGo lets the acknowledgements go that wait no longer.
func (k *keeper) letGo(now time.Duration) {
	n, upTo := 0, k.journal.Released(now)
	for n < len(k.waiting) && k.waiting[n].ticket <= upTo {
		k.waiting[n].done()
		n++
	}
	k.waiting = slices.Delete(k.waiting, 0, n)
}

// finish has the writer end and lets everybody go. With flush, what isn't stored yet
// is, if the disk will have it by that time.
func (k *keeper) finish(m *registry.Map, flush bool, by time.Time, now func() model.Moment) {
	if k == nil {
		return
	}
	if k.settle(by, now) && flush {
		k.release(m, now())
		k.settle(by, now)
	}
	k.sync = flush
	close(k.batches)
	for _, w := range k.waiting {
		w.done()
	}
	k.waiting = nil
}

// settle waits for the batch under way, if any, until a time.
func (k *keeper) settle(by time.Time, now func() model.Moment) bool {
	if !k.journal.Busy() {
		return true
	}
	select {
	case r := <-k.results:
		k.ended(r, now().Mono)
		return true
	case <-time.After(time.Until(by)):
		return false
	}
}

// keeping is what a node tells of its store.
type keeping struct {
	journal.Stats
	on      bool
	waiting int   // acknowledgements
	bytes   int64 // of the file
	err     error // of the last batch
}

func (k *keeper) keeping(now time.Duration) keeping {
	if k == nil {
		return keeping{}
	}
	return keeping{Stats: k.journal.Stats(now), on: true, waiting: len(k.waiting), bytes: k.last.size, err: k.last.err}
}

// slow reports whether something isn't stored that acknowledgements didn't wait
// for. A store that was slow once and has nothing to do isn't.
func (k keeping) slow() bool { return k.Late && k.Dirty > 0 }

// state is the word for it in the status.
func (k keeping) state() string {
	switch {
	case !k.on:
		return "none"
	case k.Failing:
		return "failing"
	case k.slow():
		return "slow"
	default:
		return "ok"
	}
}
