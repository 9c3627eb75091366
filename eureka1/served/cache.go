package served

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"heureka/eureka1/pages"
	"heureka/internal/memfile"
)

// Cache makes pages and keeps them.
type Cache struct {
	config  Config
	source  Source
	start   time.Time
	shelves [pages.Documents][]*shelf // by document and dialect

	edition atomic.Pointer[edition]
	hurries atomic.Uint64 // how often somebody wanted to see the present
	turning sync.Mutex    // who holds it makes another edition, and trims

	deflaters sync.Pool // of *pages.Deflater
	files     files
	counters  counters
}

// edition is what requests are answered from.
type edition struct {
	snapshot *pages.Snapshot
	since    time.Duration
	rests    time.Duration // at least, or pages take more than their share
	stands   time.Duration // at least, if nobody is in a hurry
	hurries  atomic.Uint64 // those that it has done justice to
	average  time.Duration // that the pages of an edition took before this one
	cost     atomic.Int64  // nanoseconds that it and its own took so far
}

// New returns a cache that serves what a source has in these dialects, which are
// counted from 0 on.
func New(config Config, source Source, dialects ...pages.Encoder) (*Cache, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	c := &Cache{config: config, source: source, start: time.Now()}
	c.files.create, c.files.most = memfile.New, int64(config.MaxBytes)
	for _, encoder := range dialects {
		for d, s := range newShelves(encoder, &c.files) {
			c.shelves[d] = append(c.shelves[d], s)
		}
	}
	return c, nil
}

// Hurry has the next request see what its source has by now, as far as the share of
// the processor allows: somebody has changed it and may look.
func (c *Cache) Hurry() { c.hurries.Add(1) }

// Close frees the files of pages, and has no more made; from then on all is sent from
// memory. It is for when requests go elsewhere.
func (c *Cache) Close() {
	c.files.over.Store(true)
	for _, shelves := range c.shelves {
		for _, s := range shelves {
			for kind := range s.pages {
				if page := s.pages[kind].Load(); page != nil {
					page.filed.end()
				}
			}
		}
	}
}

// Page returns a document in a dialect, ready to be sent.
func (c *Cache) Page(document pages.Document, dialect int, gzip bool) (*Page, error) {
	if document < 0 || int(document) >= len(c.shelves) || dialect < 0 || dialect >= len(c.shelves[document]) {
		return nil, fmt.Errorf("served: there is no document %d in dialect %d", document, dialect)
	}
	now := time.Since(c.start)
	e := c.current(now)
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
	hurries := c.hurries.Load() // before the look: the source has what they want to see
	start := time.Now()
	snapshot := c.source.Snapshot()
	if e != nil && e.snapshot == snapshot {
		e.hurries.Store(hurries)
		return e
	}
	e = c.after(e, snapshot, now)
	e.hurries.Store(hurries)
	e.cost.Add(int64(time.Since(start)))
	c.edition.Store(e)
	c.counters.editions.Add(1)
	c.trim(now)
	return e
}

// due reports whether an edition may be out of date, and has stood for long enough. While
// another request makes the next one, it is as long as that isn't there: whoever asks
// waits for it, since this one may be as old as the last request before.
func (c *Cache) due(e *edition, now time.Duration) bool {
	switch {
	case e == nil:
		return true
	case c.hurries.Load() != e.hurries.Load():
		return now-e.since >= e.rests
	default:
		return now-e.since >= e.stands && c.source.Changed(e.snapshot)
	}
}

// smoothing is over about how many editions costs are averaged: the one in which a
// dialect is first asked for costs a hundred times another.
const smoothing = 8

// An edition counts for so many times the average at most, or for that long. What takes
// longer is mostly no work: a node that stood still while it made a page would show no
// change for most of that time once more. Where the work has grown, a few editions tell.
const (
	mostAverages = 16
	mostAtOnce   = 250 * time.Millisecond
)

// after returns the edition of a snapshot that follows another, which may be nil.
func (c *Cache) after(last *edition, snapshot *pages.Snapshot, now time.Duration) *edition {
	next := &edition{snapshot: snapshot, since: now}
	if last != nil {
		cost := min(time.Duration(last.cost.Load()), max(mostAverages*last.average, mostAtOnce))
		next.average = last.average + (cost-last.average)/smoothing
	}
	next.rests = next.average * 100 / time.Duration(c.config.Share)
	next.stands = max(c.config.Age, next.rests)
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
