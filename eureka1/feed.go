package eureka1

import (
	"sync/atomic"
	"time"

	"heureka/eureka1/pages"
	"heureka/eureka1/served"
	"heureka/model"
)

// trimEvery is how often documents that nobody asks for any more are looked for.
const trimEvery = 5 * time.Second

// Feed follows a node's view and keeps what Eureka 1 clients ask for. Its methods are
// for the node's loop, and do nothing on nil.
type Feed struct {
	pages   *pages.Pages
	cache   *served.Cache
	trimmed time.Duration
	stats   atomic.Pointer[pages.Stats] // as of the last tick
}

// NewFeed returns the feed of an empty view; nil if Eureka 1 isn't served.
func NewFeed(config Config) (*Feed, error) {
	if !config.On {
		return nil, nil
	}
	p, err := pages.New(pages.DefaultConfig())
	if err != nil {
		return nil, err
	}
	keep := served.DefaultConfig()
	keep.MaxBytes = config.MaxPages
	cache, err := served.New(keep, encoders()...)
	if err != nil {
		return nil, err
	}
	f := &Feed{pages: p, cache: cache}
	f.Tick(0)
	return f, nil
}

// Follow takes in changes of the view, in their order. When it returns, requests are
// answered by them.
func (f *Feed) Follow(changes []model.Change, now time.Duration) {
	if f == nil || len(changes) == 0 {
		return
	}
	f.pages.Apply(changes, now)
	f.cache.Publish(f.pages.Snapshot())
}

// Tick lets time pass. Call it often.
func (f *Feed) Tick(now time.Duration) {
	if f == nil {
		return
	}
	f.pages.Advance(now)
	f.cache.Publish(f.pages.Snapshot())
	stats := f.pages.Stats()
	f.stats.Store(&stats)
	if now-f.trimmed >= trimEvery {
		f.trimmed = now
		f.cache.Trim()
	}
}
