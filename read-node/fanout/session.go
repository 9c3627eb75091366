package fanout

// SessionID names a session; whoever owns the Hub gives each a fresh one.
type SessionID uint64

// state tells what a session waits for.
type state uint8

const (
	idle    state = iota // something to say
	ready                // the next Deliveries
	sending              // Written
	closed               // nothing any more
)

// session is one subscriber: a cursor in its group's log.
type session struct {
	id    SessionID
	state state
	place int // in Hub.order
	seat  int // in group.idle, while idle and in a group

	group  *group // nil before the first Subscribe is obeyed
	cursor uint64 // it has been told the log up to here
	// base is the end of the log when the session came to the group: departures
	// up to there are of what it never held.
	base uint64
	// held is the group that the session came from on a live connection, until
	// the cursor is past base: what that has up to base, the session holds.
	held *group

	next *group // of the newest Subscribe, until it is obeyed
	seq  uint64 // of that Subscribe

	opening bool // a Snapshot line is due
	synced  bool // nothing is owed; otherwise a Synced is due at the log's end
	beat    bool // a Heartbeat is due if there is nothing else
}

// enter makes the session a member of a group, at the beginning of its log. The
// session's use of held passes to it.
func (s *session) enter(g, held *group) {
	s.group, s.held = g, held
	s.cursor, s.base = 0, g.log.head
	s.opening = held == nil
	s.synced = false
}

// at returns the name of the frame that the session gets next.
func (s *session) at(stale bool) span {
	at := span{
		group: s.group.id,
		head:  s.group.log.head,
		from:  s.cursor,
		base:  max(s.base, s.cursor),
		opens: s.opening,
		owes:  !s.synced,
	}
	if at.opens || at.owes {
		at.seq, at.stale = s.seq, stale
	}
	if s.held != nil {
		at.held = s.held.id
	}
	return at
}

// lost reports whether the log has forgotten departures that the session may
// have to hear of.
func (s *session) lost() bool { return s.group.log.forgotten > max(s.cursor, s.base) }

// current reports whether the session has been told everything.
func (s *session) current() bool {
	return s.next == nil && (s.group == nil || s.synced && s.cursor >= s.group.log.head)
}
