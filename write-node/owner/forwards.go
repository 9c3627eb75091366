package owner

import (
	"cmp"
	"slices"
	"time"

	"heureka/cluster"
	"heureka/model"
	"heureka/registry"
)

// forwards holds the renewals that wait for an acknowledgement of their owners,
// in batches. A batch takes keys until it is full or sent for the first time, and
// is sent again under its number until nothing in it waits any more.
type forwards struct {
	every   time.Duration // between two times that a batch is sent, at most
	waiting map[model.Key]*forward
	batches []*forwardBatch // by number
	open    map[model.Incarnation]*forwardBatch
	number  uint64
	ticked  time.Duration
}

// forward is one renewal that waits.
type forward struct {
	entry  *registry.Entry // that its client keeps alive, as the map has it
	until  time.Duration
	denied bool // its owner, by the map, says that it isn't
	batch  *forwardBatch
}

// forwardBatch is the renewals that go to one owner together.
type forwardBatch struct {
	number   uint64
	to       model.Incarnation
	forwards []*forward // those that wait no more are left out now and then
	every    time.Duration
	due      time.Duration
	sent     bool
}

func newForwards(every time.Duration) forwards {
	return forwards{every: every, waiting: make(map[model.Key]*forward), open: make(map[model.Incarnation]*forwardBatch)}
}

// add has a renewal wait for as long as its patience. The shorter that is, the
// more often it is sent.
func (fs *forwards) add(now time.Duration, e *registry.Entry, patience time.Duration) {
	const attempts = 4
	b := fs.open[e.Owner()]
	if b == nil || len(b.forwards) == cluster.MaxKeys {
		fs.number++
		b = &forwardBatch{number: fs.number, to: e.Owner(), every: fs.every, due: now}
		fs.open[e.Owner()] = b
		fs.batches = append(fs.batches, b)
	}
	b.every = min(b.every, patience/attempts)
	f := &forward{entry: e, until: now + patience, batch: b}
	b.forwards = append(b.forwards, f)
	fs.waiting[e.Key] = f
}

// remove ends the wait of a renewal.
func (fs *forwards) remove(f *forward) {
	delete(fs.waiting, f.entry.Key)
	f.batch = nil
}

// forget ends the wait of all renewals. What is answered to them yet means nothing: no
// number is used twice.
func (fs *forwards) forget() {
	clear(fs.waiting)
	clear(fs.open)
	fs.batches = nil
}

// due returns the batches that are to be looked at, in the order of their
// numbers. From now on they take no more keys.
func (fs *forwards) due(now time.Duration) []*forwardBatch {
	var out []*forwardBatch
	fs.batches = slices.DeleteFunc(fs.batches, func(b *forwardBatch) bool {
		if now < b.due {
			return false
		}
		b.forwards = slices.DeleteFunc(b.forwards, func(f *forward) bool { return f.batch == nil })
		if len(b.forwards) > 0 {
			out = append(out, b)
		}
		return len(b.forwards) == 0
	})
	clear(fs.open)
	return out
}

// batch returns the batch of a number, nil if nothing in it waits any more.
func (fs *forwards) batch(number uint64) *forwardBatch {
	i, found := slices.BinarySearchFunc(fs.batches, number, func(b *forwardBatch, n uint64) int { return cmp.Compare(b.number, n) })
	if !found {
		return nil
	}
	return fs.batches[i]
}

// excuse takes a pause of this node's own for time that didn't pass: what was
// acknowledged meanwhile may still be on its way in.
func (fs *forwards) excuse(now time.Duration) {
	pause := now - fs.ticked
	if fs.ticked > 0 && pause > fs.every {
		for _, f := range fs.waiting {
			f.until += pause
		}
	}
	fs.ticked = now
}

// late returns the renewals of a batch that have waited for too long. One that
// was never sent hasn't.
func (b *forwardBatch) late(now time.Duration) []*forward {
	var out []*forward
	for _, f := range b.forwards {
		if b.sent && f.batch != nil && now >= f.until {
			out = append(out, f)
		}
	}
	return out
}

// send returns the keys to be sent now and decides when the batch is due again:
// to be sent once more, or because the wait of one of its renewals ends.
func (b *forwardBatch) send(now time.Duration) []model.Key {
	var keys []model.Key
	b.due = now + b.every
	for _, f := range b.forwards {
		if f.batch == nil {
			continue
		}
		b.due = min(b.due, max(f.until, now+1))
		if !f.denied {
			keys = append(keys, f.entry.Key)
		}
	}
	b.sent = true
	return keys
}
