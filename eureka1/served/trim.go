package served

import (
	"cmp"
	"slices"
	"time"
)

// Trim drops what nobody has asked for in a while, unless a request does that just now:
// it is for when there are none. It also frees the files of pages that are out of date:
// one of a form that nobody asks for any more stays while the other form is asked for. It
// doesn't wait.
func (c *Cache) Trim() {
	if !c.turning.TryLock() {
		return
	}
	defer c.turning.Unlock()
	c.trim(time.Since(c.start))
	if e := c.edition.Load(); e != nil {
		c.retire(e.snapshot.Version())
	}
}

// retire frees the files of pages that are older than a version. The pages stay, and
// remember how often they were asked for.
func (c *Cache) retire(version uint64) {
	for _, shelves := range c.shelves {
		for _, s := range shelves {
			for kind := range s.pages {
				if page := s.pages[kind].Load(); page != nil && page.version < version {
					page.filed.end()
				}
			}
		}
	}
}

// trim is Trim for who holds the mutex. It also drops, the longest not asked for
// first, what is too much.
func (c *Cache) trim(now time.Duration) {
	var kept []*shelf
	sum := int64(0)
	for _, shelves := range c.shelves {
		for _, s := range shelves {
			if bytes := s.size(); bytes > 0 {
				kept = append(kept, s)
				sum += bytes
			}
		}
	}
	slices.SortFunc(kept, func(a, b *shelf) int { return cmp.Compare(a.asked.Load(), b.asked.Load()) })
	for i, s := range kept {
		idle := now-time.Duration(s.asked.Load()) >= c.config.Idle
		excess := sum > int64(c.config.MaxBytes) && i < len(kept)-1
		if bytes := s.size(); (idle || excess) && s.drop() {
			sum -= bytes
			c.counters.dropped.Add(1)
		}
	}
}
