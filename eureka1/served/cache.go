package served

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"heureka/eureka1/pages"
)

// ErrNothing says that no snapshot has been published yet.
var ErrNothing = errors.New("served: nothing to serve yet")

// Cache makes pages and keeps them.
type Cache struct {
	config  Config
	start   time.Time
	shelves [pages.Documents][]*shelf // by document and dialect

	latest  atomic.Pointer[pages.Snapshot]
	edition atomic.Pointer[edition]
	turning sync.Mutex // who holds it makes another edition, and trims

	deflaters sync.Pool // of *pages.Deflater
	counters  counters
}

// edition is what requests are answered from.
type edition struct {
	snapshot *pages.Snapshot
	since    time.Duration
	stands   time.Duration // at least
	average  time.Duration // that the pages of an edition took before this one
	cost     atomic.Int64  // nanoseconds that its own took so far
}

// New returns a cache that serves in these dialects, which are counted from 0 on.
func New(config Config, dialects ...pages.Encoder) (*Cache, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	c := &Cache{config: config, start: time.Now()}
	for d := range c.shelves {
		for _, encoder := range dialects {
			c.shelves[d] = append(c.shelves[d], &shelf{document: pages.Document(d), encoder: encoder})
		}
	}
	return c, nil
}

// Publish makes a snapshot the one that later requests may be answered from. Its
// caller is one goroutine, and publishes the snapshots of one Pages in their order.
func (c *Cache) Publish(snapshot *pages.Snapshot) { c.latest.Store(snapshot) }

// Snapshot returns what was published last, nil if nothing was.
func (c *Cache) Snapshot() *pages.Snapshot { return c.latest.Load() }

// Page returns a document in a dialect, ready to be sent. It returns ErrNothing
// before the first Publish.
func (c *Cache) Page(document pages.Document, dialect int, gzip bool) (*Page, error) {
	if document < 0 || int(document) >= len(c.shelves) || dialect < 0 || dialect >= len(c.shelves[document]) {
		return nil, fmt.Errorf("served: there is no document %d in dialect %d", document, dialect)
	}
	now := time.Since(c.start)
	e := c.current(now)
	if e == nil {
		return nil, ErrNothing
	}
	s := c.shelves[document][dialect]
	s.asked.Store(int64(now))
	if page := s.page(gzip); page != nil && page.version >= e.snapshot.Version() {
		return page, nil
	}
	return c.fill(s, e, gzip)
}

// current returns the edition of now: another one, if there is a later snapshot and
// the one that stands has stood for long enough.
func (c *Cache) current(now time.Duration) *edition {
	e := c.edition.Load()
	if !c.due(e, now) {
		return e
	}
	c.turning.Lock()
	defer c.turning.Unlock()
	if e = c.edition.Load(); !c.due(e, now) {
		return e // somebody else was faster
	}
	e = c.after(e, now)
	c.edition.Store(e)
	c.counters.editions.Add(1)
	c.trim(now)
	return e
}

func (c *Cache) due(e *edition, now time.Duration) bool {
	latest := c.latest.Load()
	if e == nil || latest == e.snapshot {
		return latest != nil && e == nil
	}
	return now-e.since >= e.stands
}

// smoothing is over about how many editions costs are averaged: the one in which a
// dialect is first asked for costs a hundred times another.
const smoothing = 8

// after returns the edition that follows another, which may be nil.
func (c *Cache) after(last *edition, now time.Duration) *edition {
	next := &edition{snapshot: c.latest.Load(), since: now}
	if last != nil {
		next.average = last.average + (time.Duration(last.cost.Load())-last.average)/smoothing
	}
	next.stands = max(c.config.Age, next.average*100/time.Duration(c.config.Share))
	return next
}

// fill brings a shelf up to an edition and returns its page.
func (c *Cache) fill(s *shelf, e *edition, gzip bool) (*Page, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if page := s.page(gzip); page != nil && page.version >= e.snapshot.Version() {
		return page, nil // somebody else made it while this one waited
	}
	start := time.Now()
	page, err := c.make(s, e.snapshot, gzip)
	took := time.Since(start)
	e.cost.Add(int64(took))
	c.counters.made.Add(1)
	c.counters.making.Add(int64(took))
	return page, err
}

// make is fill for who holds the shelf's mutex.
func (c *Cache) make(s *shelf, snapshot *pages.Snapshot, gzip bool) (*Page, error) {
	if !gzip {
		return s.plain(snapshot), nil
	}
	deflater, ok := c.deflaters.Get().(*pages.Deflater)
	if !ok {
		var err error
		if deflater, err = pages.NewDeflater(c.config.Level); err != nil {
			return nil, fmt.Errorf("served: %w", err)
		}
	}
	defer c.deflaters.Put(deflater)
	page, err := s.compressed(snapshot, deflater)
	if err != nil {
		return nil, fmt.Errorf("served: %w", err)
	}
	return page, nil
}
