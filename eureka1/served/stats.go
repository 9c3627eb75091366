package served

import (
	"sync/atomic"
	"time"
)

type counters struct {
	editions, made, making, dropped atomic.Int64
}

// Stats tells what a cache keeps and has done.
type Stats struct {
	Editions int64         // snapshots that requests were answered from
	Made     int64         // pages
	Making   time.Duration // what that took
	Dropped  int64         // documents in a dialect, idle or too much
	Kept     int           // documents in a dialect
	Bytes    int64         // of what is kept, in files too; what both documents share counts twice
	Filed    int64         // pages that were put in a file
	Unfiled  int64         // pages of which no file could be made, or that would have been too much
	InFiles  int64         // bytes in files, those too that are only being sent
	// Stands is how long the present edition stands at least: how old pages get under
	// changes. It is more than Config.Age where pages take more than their share.
	Stands time.Duration
}

// Stats returns what the cache keeps now.
func (c *Cache) Stats() Stats {
	s := Stats{
		Editions: c.counters.editions.Load(),
		Made:     c.counters.made.Load(),
		Making:   time.Duration(c.counters.making.Load()),
		Dropped:  c.counters.dropped.Load(),
		Filed:    c.files.made.Load(),
		Unfiled:  c.files.failed.Load(),
		InFiles:  c.files.bytes.Load(),
	}
	for _, shelves := range c.shelves {
		for _, shelf := range shelves {
			if bytes := shelf.size(); bytes > 0 {
				s.Kept++
				s.Bytes += bytes
			}
		}
	}
	if e := c.edition.Load(); e != nil {
		s.Stands = e.stands
	}
	return s
}
