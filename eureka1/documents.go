package eureka1

import (
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"heureka/eureka1/pages"
	"heureka/eureka1/served"
	"heureka/model"
	"heureka/registry"
)

// maxPending is how many changes wait at most for a request that takes them in. Beyond
// it the documents are let go: to gather them anew costs less.
const maxPending = 100_000

// documents is what a node that is awake has for Eureka 1 clients. The loop notes what
// changes; requests do all else. It is safe for concurrent use.
type documents struct {
	cache *served.Cache
	start time.Time
	lost  atomic.Bool // they don't follow the view any more

	noting  sync.Mutex // held for moments, by the loop too
	pending [][]model.Change
	count   atomic.Int64 // of changes in pending

	turning sync.Mutex // held while changes are taken in
	pages   *pages.Pages
	next    atomic.Int64  // since start, when the delta changes by itself
	taking  atomic.Bool   // some of it isn't in version yet
	version atomic.Uint64 // of the snapshot of what was taken in
	stats   atomic.Pointer[pages.Stats]
}

func newDocuments(config Config) (*documents, error) {
	p, err := pages.New(pages.DefaultConfig())
	if err != nil {
		return nil, err
	}
	d := &documents{pages: p, start: time.Now()}
	keep := served.DefaultConfig()
	keep.MaxBytes = config.MaxPages
	if d.cache, err = served.New(keep, d, encoders()...); err != nil {
		return nil, err
	}
	d.stats.Store(new(pages.Stats))
	return d, nil
}

// note is told of changes by the loop, in their order. It only keeps them, and reports
// whether there was room.
func (d *documents) note(changes []model.Change) bool {
	d.noting.Lock()
	defer d.noting.Unlock()
	if d.count.Load()+int64(len(changes)) > maxPending {
		d.lost.Store(true)
		d.pending = nil
		d.count.Store(0)
		return false
	}
	d.pending = append(d.pending, changes)
	d.count.Add(int64(len(changes)))
	return true
}

// load begins with what the view showed when the noting began.
func (d *documents) load(still registry.Still) {
	rows := make([]*pages.Row, 0, still.Len())
	for key, shown := range still.All() {
		rows = append(rows, pages.NewRow(key, shown.Instance, shown.Version))
	}
	d.turning.Lock()
	defer d.turning.Unlock()
	d.pages.Load(rows, time.Since(d.start))
	d.settle()
}

// Changed implements served.Source. What waits to be taken in is in taking before it waits
// no more, and in version before it is in taking no more.
func (d *documents) Changed(since *pages.Snapshot) bool {
	return d.waits() || d.taking.Load() || d.version.Load() != since.Version()
}

// waits reports whether there is something to be taken in.
func (d *documents) waits() bool {
	return d.count.Load() > 0 || int64(time.Since(d.start)) >= d.next.Load()
}

// Snapshot implements served.Source. It takes in what has been noted.
func (d *documents) Snapshot() *pages.Snapshot {
	d.turning.Lock()
	defer d.turning.Unlock()
	d.catchUp()
	return d.pages.Snapshot()
}

// find returns what an index has under a word by now, in order.
func (d *documents) find(by pages.Index, word string) []*pages.Row {
	d.turning.Lock()
	defer d.turning.Unlock()
	d.catchUp()
	return d.pages.Find(by, word, time.Since(d.start))
}

// catchUp takes in what has been noted. Its caller holds turning. Whoever that is, the
// cache learns of it, see Changed.
func (d *documents) catchUp() {
	if d.waits() {
		d.taking.Store(true)
		d.pages.Apply(d.take(), time.Since(d.start))
		d.settle()
		d.taking.Store(false)
	}
}

func (d *documents) take() []model.Change {
	d.noting.Lock()
	pending := d.pending
	d.pending = nil
	d.count.Store(0)
	d.noting.Unlock()
	if len(pending) == 1 {
		return pending[0]
	}
	return slices.Concat(pending...)
}

// settle notes what the pages have come to. Its caller holds turning.
func (d *documents) settle() {
	stats := d.pages.Stats()
	d.stats.Store(&stats)
	next, some := d.pages.Next()
	if !some {
		next = math.MaxInt64
	}
	d.next.Store(int64(next))
	d.version.Store(d.pages.Version())
}
