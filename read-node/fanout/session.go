package fanout

import (
	"time"

	"heureka/wire"
)

// SessionID names a session; whoever owns the Hub gives each a fresh one.
type SessionID uint64

// state tells what a session waits for.
type state uint8

const (
	idle    state = iota // something to say
	ready                // the next Deliveries
	waiting              // the time that its pace allows the next frame
	sending              // Written
	closed               // nothing any more
)

// session is one subscriber: a cursor in its group's log, or the node's.
type session struct {
	id     SessionID
	format wire.Format
	state  state
	place  int // in Hub.order
	seat   int // in group.idle, while idle and in a group; in Hub.paced, while waiting

	group *group // nil before the first Subscribe is obeyed
	// cursor says that it has been told the log up to here; base, that it knows all
	// that had happened up to there, or, in a snapshot, needn't know what had left by
	// then. They are the same when it has been told everything that there was.
	cursor uint64
	base   uint64
	// held is the group that the session came from on a live connection, until it
	// has been told everything: what that has up to base, the session holds.
	held *group
	// missed is what a session that resumes has still to hear of: of the group, or
	// before the first Subscribe is obeyed, of next. Nil if it doesn't resume.
	missed *missed

	next *group // of the newest Subscribe, until it is obeyed
	seq  uint64 // of that Subscribe
	// refused is why the token of that Subscribe doesn't count, until a snapshot has
	// said so.
	refused string

	opening opening
	synced  bool // nothing is owed; otherwise a Synced is due at the log's end
	beat    bool // a Heartbeat is due at the log's end, if there is no Synced

	pace time.Duration // the least between two frames, once settled
	last time.Duration // when the last was handed out
}

// opening is the message that a session must hear before what its log says.
type opening uint8

const (
	opened opening = iota // none
	snapshot
	resumed
)

// enter makes the session a member of a group, at the beginning of its log as it
// is at that number. The session's use of held passes to it.
func (s *session) enter(g, held *group, number uint64) {
	s.group, s.held = g, held
	s.cursor, s.base = 0, number
	s.opening = opened
	if held == nil {
		s.opening = snapshot
	}
	s.synced = false
}

// level reports whether the session has been told everything that there was at
// its cursor.
func (s *session) level() bool { return s.cursor == s.base && s.missed == nil }

// current reports whether the session has been told everything, and nothing is
// due but a heartbeat.
func (s *session) current() bool {
	return s.next == nil && (s.group == nil || s.synced && s.level() && s.cursor >= s.group.head)
}

// stand is where a session is in a log.
type stand struct {
	log  *log
	from uint64
	// base is up to where it knows all that happened, or needn't: nothing between its
	// own base and this one concerned the group.
	base uint64
	rest bool // nothing in the log is beyond it
}

// stand returns where the session is in the log of its group, or the node's.
func (h *Hub) stand(s *session) stand {
	g := s.group
	at := stand{log: h.node, from: s.cursor, base: s.base}
	if s.missed == nil { // what it misses is said, or not, by exact numbers
		at.base = h.known(g, s.base)
	}
	if s.level() {
		at.from, at.rest = at.base, s.base >= g.head
	}
	if g.log != nil && at.base >= g.born {
		at.log = g.log
	}
	return at
}

// known returns up to where somebody knows all that concerns a group who knows all
// up to x.
func (h *Hub) known(g *group, x uint64) uint64 {
	switch {
	case x >= g.head:
		return h.number
	case x >= g.calmFrom && x < g.calmTo:
		return g.calmTo
	default:
		return x
	}
}

// lost reports whether the log has forgotten departures that the session may
// have to hear of.
func (at stand) lost() bool { return at.log.forgotten > max(at.from, at.base) }

// same returns one number for all those that are the same to who knows all that
// concerns the group up to there.
func (at stand) same(g *group, x uint64) uint64 {
	switch {
	case x >= g.head:
		return g.head
	case x == g.calmTo || at.log != g.log:
		return x
	default:
		return at.log.floor(x)
	}
}
