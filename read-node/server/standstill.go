package server

import (
	"sync/atomic"
	"time"
)

// A node whose process stood still finds in its sockets what was said meanwhile. What
// Eureka 1 clients want changed is none of its own to judge, and the write node that it
// would pass it on to takes it for new: a service would be back that its client has ended
// at another node since. So it passes nothing on until that has been read.

// silentHeartbeats is for how many heartbeats at least a node does nothing that counts
// as having stood still, as on a write node.
const silentHeartbeats = 3

// leastStandstill is how long at least that is: for less a node is only busy.
const leastStandstill = time.Second

// waking is for how long it then passes nothing on.
const waking = time.Second

// standstill tells whether the node stood still until a moment ago. It judges by the times
// of the last tick and of whatever is about to be done, so that it doesn't matter which
// comes first when the node goes on. Only tick belongs to the loop.
type standstill struct {
	least  time.Duration
	ticked atomic.Int64 // in nanoseconds since the loop's start; 0: never
	until  atomic.Int64 // likewise: it is waking so long
	times  uint64       // the loop's
}

// tick notes that the loop goes on.
func (s *standstill) tick(now time.Duration) {
	if s.late(now) {
		s.times++
		s.until.Store(int64(now + waking)) // first, as others look meanwhile
	}
	s.ticked.Store(int64(now))
}

// wakes reports whether what is said now may have waited for the node to go on.
func (s *standstill) wakes(now time.Duration) bool {
	return s.late(now) || int64(now) < s.until.Load()
}

func (s *standstill) late(now time.Duration) bool {
	ticked := s.ticked.Load()
	return ticked != 0 && now-time.Duration(ticked) > s.least
}
