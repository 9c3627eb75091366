package fanout

import (
	"slices"
	"time"

	"heureka/interest"
	"heureka/model"
	"heureka/wire"
)

// Hub holds all groups and sessions of a read node, and what the view shows. It
// belongs to one goroutine.
//
// After every batch of inputs its owner takes [Hub.Deliveries], hands each frame
// to its session, and calls [Hub.Written] when the frame has left.
type Hub struct {
	config  Config
	token   func(interest.Set) string
	catalog *catalog
	node    *log   // of the whole view
	number  uint64 // of the last change
	stale   bool

	index      *interest.Index[*group]
	groups     map[string]*group // by canonical set
	made       uint64            // groups so far
	walking    int               // groups without a log
	references int               // that groups and resuming sessions take

	sessions map[SessionID]*session
	order    []*session // all, for visiting them in the same order in every run
	dirty    []*group
	ready    []*session // those that the next Deliveries looks at
	paced    paced      // those that wait for their pace
	ended    []SessionID

	lines      lines
	frames     frames
	room       []byte     // in which frames are built
	deliveries []Delivery // kept between calls for its room
	outline    [2]model.Instance
	counters   Counters
}

// New returns a hub whose view is empty. The limits are those of the index. Token
// returns what a subscriber with a set can resume from, on any node, who has been
// told everything that was applied so far; "" where there is nothing, nil for no
// tokens.
func New(config Config, limits interest.Limits, token func(interest.Set) string) *Hub {
	return &Hub{
		config:   config,
		token:    token,
		catalog:  newCatalog(),
		node:     &log{least: config.Departures},
		index:    interest.NewIndex[*group](limits),
		groups:   make(map[string]*group),
		sessions: make(map[SessionID]*session),
		lines:    lines{limit: config.EncodedBytes},
		frames:   frames{limit: config.SharedBytes},
	}
}

// Open adds a session that hasn't subscribed to anything yet and takes frames of
// that format. Nothing happens if it is there.
func (h *Hub) Open(id SessionID, format wire.Format) {
	if h.sessions[id] != nil {
		return
	}
	s := &session{id: id, format: format, place: len(h.order), synced: true, last: never}
	h.sessions[id] = s
	h.order = append(h.order, s)
}

// Close removes a session. Nothing happens if it isn't there.
func (h *Hub) Close(id SessionID) {
	s := h.sessions[id]
	if s == nil {
		h.ended = slices.DeleteFunc(h.ended, func(other SessionID) bool { return other == id })
		return
	}
	h.rouse(s)
	s.state = closed
	delete(h.sessions, id)
	last := len(h.order) - 1
	h.order[s.place] = h.order[last]
	h.order[s.place].place = s.place
	h.order[last] = nil
	h.order = h.order[:last]
	h.forgetMissed(s)
	h.leave(s.group)
	h.leave(s.held)
	h.leave(s.next)
	s.group, s.held, s.next = nil, nil, nil
	if len(h.sessions) == 0 { // nobody needs what maps and lists once had room for
		h.sessions, h.order, h.room = make(map[SessionID]*session), nil, nil
		h.dirty, h.ready, h.paced = nil, nil, nil
		h.deliveries = nil
		h.lines.clear()
		h.frames = frames{limit: h.config.SharedBytes}
	}
}

// rouse takes a session from where it waits.
func (h *Hub) rouse(s *session) {
	switch {
	case s.state == idle && s.group != nil:
		s.group.rouse(s)
	case s.state == waiting:
		h.paced.remove(s)
	}
}

// Apply takes the next change of the view. Numbers rise; what the change says
// was there before, the earlier changes have said.
func (h *Hub) Apply(c model.Change) {
	h.number = c.Number
	h.counters.Changes++
	r := h.catalog.get(c.Key)
	if c.Kind == model.Put {
		h.put(r, c)
	} else if r != nil {
		h.remove(r, c.Number)
	}
	h.bound()
}

// put overwrites a record, which is nil if the key is new.
func (h *Hub) put(r *record, c model.Change) {
	var before *model.Instance
	var had uint64
	if r == nil {
		r = h.catalog.add(c.Key)
	} else {
		before, had = r.outline(&h.outline[0]), r.hash
	}
	h.lines.drop(r)
	h.catalog.fill(r, c)
	h.node.put(r, before != nil)
	h.index.Route(before, r.outline(&h.outline[1]), func(g *group, was, is bool) { h.note(g, r, had, was, is) })
}

// remove takes a record out.
func (h *Hub) remove(r *record, number uint64) {
	h.lines.drop(r)
	r.number = number
	h.node.remove(r)
	had := r.hash
	h.index.Route(r.outline(&h.outline[0]), nil, func(g *group, was, is bool) { h.note(g, r, had, was, is) })
	h.catalog.remove(r)
}

// Written tells that the session's frame has left: it may take another.
func (h *Hub) Written(id SessionID) {
	if s := h.sessions[id]; s != nil && s.state == sending {
		s.state = ready
		h.ready = append(h.ready, s)
	}
}

// Heartbeat makes each session hear a heartbeat when it next has been told
// everything: at the end of that frame, or alone if there is nothing else. Call it
// when staleness changes. Stale is what heartbeats and Synceds say of the node from
// now on.
func (h *Hub) Heartbeat(stale bool) {
	h.stale = stale
	h.Beat(0, 1)
}

// Beat makes one of several parts of the sessions hear a heartbeat. Call it with one
// part after the other, so that each has its turn once every heartbeat interval:
// thousands of heartbeats at once would keep changes waiting.
func (h *Hub) Beat(part, parts uint64) {
	for _, s := range h.order {
		if uint64(s.id)%parts == part {
			s.beat = true
			h.wake(s)
		}
	}
	if part == 0 {
		h.widen()
	}
}

// wake makes the next Deliveries look at a session that is idle.
func (h *Hub) wake(s *session) {
	if s.state != idle {
		return
	}
	h.rouse(s)
	s.state = ready
	h.ready = append(h.ready, s)
}

// never is long before any time.
const never = time.Duration(-1 << 62)
