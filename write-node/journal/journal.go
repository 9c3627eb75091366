package journal

import (
	"errors"
	"time"

	"heureka/model"
	"heureka/registry"
)

// Config holds a journal's times.
type Config struct {
	Patience   time.Duration // acknowledgements wait for a batch at most so long
	Backoff    time.Duration // after the first failure; doubles
	MaxBackoff time.Duration
	Refresh    time.Duration // a batch is cut so long after the last even if nothing has changed
}

// DefaultConfig returns the defaults for production.
func DefaultConfig() Config {
	return Config{Patience: 250 * time.Millisecond, Backoff: 250 * time.Millisecond, MaxBackoff: 5 * time.Second, Refresh: time.Hour}
}

// Validate reports what can't work.
func (c Config) Validate() error {
	if c.Patience < 0 || c.Backoff <= 0 || c.MaxBackoff < c.Backoff || c.Refresh <= 0 {
		return errors.New("journal: the patience must not be negative, the backoff above zero and at most its maximum, the refresh above zero")
	}
	return nil
}

// Journal is what a node remembers of its store. See the package comment.
type Journal struct {
	config Config
	dirty  map[registry.Slot]struct{}
	whole  bool          // the store must be given everything
	vector model.Vector  // of the last batch that was handed over
	last   time.Duration // when that was

	count  uint64 // batches that have ended, well or not
	flight *flight
	late   bool // the batch under way, or the last one, took longer than the patience

	spare map[registry.Slot]struct{} // of a batch that has been written; nil: none

	failures  int // since a batch was written
	notBefore time.Duration
	stats     Stats
}

// flight is a batch under way.
type flight struct {
	slots map[registry.Slot]struct{}
	whole bool
	since time.Duration
}

// Stats says how the store keeps up.
type Stats struct {
	Dirty   int           // entries that aren't stored as they are now
	Busy    time.Duration // how long the batch under way has been; 0 if none is
	Took    time.Duration // how long the last one was that was written
	Late    bool          // acknowledgements don't wait: the store is slow
	Failing bool          // acknowledgements don't wait: the last batch wasn't written
	Written uint64        // batches
	Failed  uint64        // attempts
	Lost    uint64        // times that the store lost all that it held
}

// New returns the journal of a store that holds all of an empty map, or of the one
// that Restored tells of.
func New(config Config) *Journal {
	return &Journal{config: config, dirty: make(map[registry.Slot]struct{}), vector: make(model.Vector)}
}

// maxSpare is up to how many slots a set is used again.
const maxSpare = 512

// Restored says that the store holds the map as it is now.
func (j *Journal) Restored(m *registry.Map) {
	clear(j.dirty)
	j.vector = m.Vector().Clone()
}

// Begin says that the store holds nothing yet: the next batch is all of the map.
func (j *Journal) Begin() { j.whole = true }

// Lose says that the store lost all that it held. The next batch is all of the map.
func (j *Journal) Lose() {
	j.whole = true
	j.stats.Lost++
}

// Mark notes that the map holds something else in a slot now than before.
func (j *Journal) Mark(slot registry.Slot) { j.dirty[slot] = struct{}{} }

// Next cuts a batch if there is something to write and the time for it. It is
// under way from now on, until Written or Failed is called. A map that stays as it
// is is written too, now and then: the time beside it says that it was true then.
func (j *Journal) Next(m *registry.Map, now model.Moment) *Batch {
	due := j.pending() || now.Mono-j.last >= j.config.Refresh || !m.Vector().Equal(j.vector)
	if j.flight != nil || now.Mono < j.notBefore || !due {
		return nil
	}
	b := cut(m, j.dirty, j.whole, now.Wall)
	j.last = now.Mono
	j.flight = &flight{slots: j.dirty, whole: j.whole, since: now.Mono}
	j.dirty, j.whole, j.vector = j.room(), false, b.Vector
	return b
}

// room returns an empty set for what changes from now on: that of the batch before,
// unless it has grown so large that emptying it costs more than a new one.
func (j *Journal) room() map[registry.Slot]struct{} {
	room := j.spare
	j.spare = nil
	if room == nil {
		return make(map[registry.Slot]struct{})
	}
	clear(room)
	return room
}

// pending reports whether anything waits for the next batch. A vector that only
// moved isn't waited for: its map is no other.
func (j *Journal) pending() bool { return j.whole || len(j.dirty) > 0 }

// Busy reports whether a batch is under way.
func (j *Journal) Busy() bool { return j.flight != nil }

// BusyFor returns how long the batch under way has been; 0 if none is.
func (j *Journal) BusyFor(now time.Duration) time.Duration {
	if j.flight == nil {
		return 0
	}
	return now - j.flight.since
}

// Written says that the batch under way is stored.
func (j *Journal) Written(now time.Duration) {
	j.stats.Took = now - j.flight.since
	j.late = j.stats.Took > j.config.Patience
	if len(j.flight.slots) <= maxSpare {
		j.spare = j.flight.slots
	}
	j.flight, j.failures, j.notBefore = nil, 0, 0
	j.count++
	j.stats.Written++
}

// Failed says that the batch under way isn't stored. What it held is tried again,
// as it will be then. Lost says that nothing else is stored either.
func (j *Journal) Failed(lost bool, now time.Duration) {
	j.whole = j.whole || j.flight.whole
	if lost {
		j.Lose()
	}
	for slot := range j.flight.slots {
		j.dirty[slot] = struct{}{}
	}
	j.flight = nil
	j.count++
	j.vector = nil // so that the next batch is cut even if nothing was marked
	j.notBefore = now + min(j.config.Backoff<<min(j.failures, 16), j.config.MaxBackoff)
	j.failures++
	j.stats.Failed++
}

// Ticket returns what an acknowledgement of everything that was marked so far
// waits for: the number of a batch. It never falls.
func (j *Journal) Ticket() uint64 {
	n := j.count
	if j.flight != nil {
		n++
	}
	if j.pending() {
		n++
	}
	return n
}

// Released returns the greatest ticket whose acknowledgements may go out now.
func (j *Journal) Released(now time.Duration) uint64 {
	if j.failures > 0 || j.late || j.BusyFor(now) > j.config.Patience {
		return ^uint64(0)
	}
	return j.count
}

// Stats returns how the store keeps up.
func (j *Journal) Stats(now time.Duration) Stats {
	s := j.stats
	s.Dirty = len(j.dirty)
	s.Failing, s.Late = j.failures > 0, j.late
	if j.flight != nil {
		s.Busy = j.BusyFor(now)
		s.Dirty += len(j.flight.slots)
		s.Late = s.Late || s.Busy > j.config.Patience
	}
	return s
}
