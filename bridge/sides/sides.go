package sides

import (
	"time"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// Target is who is told something: Heureka, or from 1 on a server of the old cluster.
type Target int

// Heureka is the target that isn't a server of the old cluster.
const Heureka Target = 0

// Sides is what both sides hold, and what is to be told to them.
type Sides struct {
	cfg     Config
	entries map[model.Key]*entry
	queues  []queue    // by target: what is to be looked at
	flights [][]flight // by target: what is on its way
	asks    queue

	pages   uint64        // how many were taken in
	pagedAt time.Duration // when the old cluster was asked for what was last heard of it
	shrunk  bool          // its pages leave out too much

	level   bool          // Heureka's view is complete
	levelAt time.Duration // when it last was
	known   bool          // it has been so once
	knownAt time.Duration
	emptied bool // too much has gone there at once
	tells   int  // of how many instances the old cluster was told, when last swept
	lost    int  // and how many of them have gone there, since then too

	stats Stats
}

// entry is what is known of one instance.
type entry struct {
	key model.Key

	page    *word  // what the pages show
	shownBy uint64 // the last page that had it, or that a delta had it after
	heard   heard

	old   *word         // what the old cluster is taken to hold
	hold  time.Duration // until then pages don't count against that; 0: they do
	gone  bool          // pages leave out what the old cluster is taken to hold
	since time.Duration // since when

	ended   int64         // stamp of what it was taken to hold before it was taken to hold nothing
	changed time.Duration // when what the old cluster is taken to hold last became another; 0: never

	heu     *shown
	heuGone time.Duration // since when it isn't shown

	ahead time.Duration // since when Heureka mirrors a later word than the old cluster has; 0: it doesn't

	beaten      int64         // stamp of a word that is older than the client's own in Heureka
	beatenUntil time.Duration // while that isn't there any more; 0: it is

	in  copied   // in Heureka
	out []copied // in the servers of the old cluster, from the first; nil: in none

	overrides overrides

	rumour rumour

	asking  bool // the old cluster is asked for it
	asked   time.Duration
	hasAsk  bool          // asked is the time of an answer
	doubted time.Duration // since when somebody else has taken it out of Heureka: nothing is said before the answer; 0: nobody has
	denied  bool          // somebody else has taken it out of the old cluster, who may know more of Heureka
}

// copied is what one target has been told.
type copied struct {
	hash    uint64 // of what it accepted last; 0: nothing
	stamp   int64
	at      time.Duration // when it accepted that
	renewed time.Duration
	refused uint64        // hash of what it can't accept
	until   time.Duration // then it is said again all the same
	later   time.Duration // not before that is it told again that the instance has gone
	cancels uint          // how often it was told so since it accepted anything
	again   time.Duration // nor before that of it, having forgotten it
	flight  bool
}

// isRefused reports whether it is too early to say again what wasn't accepted.
func (c *copied) isRefused(hash uint64, now model.Moment) bool {
	return c.refused == hash && now.Mono < c.until
}

// New returns the sides of an old cluster of so many servers, at least one.
func New(cfg Config, servers int) *Sides {
	return &Sides{
		cfg: cfg, entries: make(map[model.Key]*entry),
		queues: make([]queue, servers+1), flights: make([][]flight, servers+1),
	}
}

// entry returns the entry of a key, a new one if there is room, or nil.
func (s *Sides) entry(key model.Key) *entry {
	e := s.entries[key]
	if e == nil {
		if len(s.entries) >= s.cfg.MaxInstances {
			s.stats.LeftOut++
			return nil
		}
		e = &entry{key: key}
		s.entries[key] = e
	}
	return e
}

// touch has every target's copy of an entry looked at.
func (s *Sides) touch(e *entry) {
	for t := range s.queues {
		s.queues[t].add(e.key)
	}
}

// own reports whether the old cluster has an instance whose client registered there.
func (s *Sides) own(e *entry) bool { return e.old != nil && e.old.mark == "" }

// copyOf reports whether the old cluster holds what a bridge told it of this Heureka.
func (s *Sides) copyOf(e *entry) bool { return e.old != nil && e.old.mark == s.cfg.Name }

// others reports whether it holds what somebody else told it.
func (s *Sides) others(e *entry) bool { return e.old != nil && !s.own(e) && !s.copyOf(e) }

// native reports whether a client registered it in Heureka itself.
func (e *entry) native() bool { return e.heu != nil && !e.heu.peer }

// returned reports whether a client of Heureka's has gone back to the old cluster.
func (s *Sides) returned(e *entry) bool {
	return s.own(e) && e.native() && e.old.stamp > e.heu.stamp && e.old.stamp != e.beaten
}

// queue is a set in the order in which its members came.
type queue struct {
	order []model.Key
	has   map[model.Key]struct{}
}

func (q *queue) add(key model.Key) {
	if _, there := q.has[key]; there {
		return
	}
	if q.has == nil {
		q.has = make(map[model.Key]struct{})
	}
	q.has[key] = struct{}{}
	q.order = append(q.order, key)
}

func (q *queue) next() (key model.Key, ok bool) {
	if len(q.order) == 0 {
		return key, false
	}
	key, q.order = q.order[0], q.order[1:]
	delete(q.has, key)
	return key, true
}

// flight is one item on its way.
type flight struct {
	dialect.Item
	key  model.Key
	hash uint64 // with Register: of what is said
}
