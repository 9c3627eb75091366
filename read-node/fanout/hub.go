package fanout

import (
	"heureka/interest"
	"heureka/model"
)

// Hub holds all groups and sessions of a read node, and what the view shows. It
// belongs to one goroutine.
//
// After every batch of inputs its owner takes [Hub.Deliveries], hands each frame
// to its session, and calls [Hub.Written] when the frame has left.
type Hub struct {
	config  Config
	catalog *catalog
	stale   bool

	index      *interest.Index[*group]
	groups     map[string]*group // by canonical set
	made       uint64            // groups so far
	references int               // slots in all logs

	sessions map[SessionID]*session
	order    []*session // all, for visiting them in the same order in every run
	dirty    []*group
	ready    []*session // those that the next Deliveries looks at

	frames     shared
	deliveries []Delivery // kept between calls for its room
	counters   Counters
}

// New returns a hub whose view is empty. The limits are those of the index.
func New(config Config, limits interest.Limits) *Hub {
	return &Hub{
		config:   config,
		catalog:  newCatalog(),
		index:    interest.NewIndex[*group](limits),
		groups:   make(map[string]*group),
		sessions: make(map[SessionID]*session),
		frames:   shared{limit: config.SharedBytes},
	}
}

// Open adds a session that hasn't subscribed to anything yet. Nothing happens if
// it is there.
func (h *Hub) Open(id SessionID) {
	if h.sessions[id] != nil {
		return
	}
	s := &session{id: id, place: len(h.order), synced: true}
	h.sessions[id] = s
	h.order = append(h.order, s)
}

// Close removes a session. Nothing happens if it isn't there.
func (h *Hub) Close(id SessionID) {
	s := h.sessions[id]
	if s == nil {
		return
	}
	if s.state == idle && s.group != nil {
		s.group.rouse(s)
	}
	s.state = closed
	delete(h.sessions, id)
	last := len(h.order) - 1
	h.order[s.place] = h.order[last]
	h.order[s.place].place = s.place
	h.order[last] = nil
	h.order = h.order[:last]
	h.leave(s.group)
	h.leave(s.held)
	h.leave(s.next)
}

// Subscribe replaces a session's interests. The first time, and when they are the
// same as before, it gets a snapshot: that is how a subscriber asks for everything
// again. Otherwise see [Hub.change]. Either way a Synced with the number seq ends
// it. Of several Subscribes that wait for the frame on its way, only the newest
// counts. Known is what a [Survey] of this very set found out, or nil: what isn't
// known is matched here.
//
// The error is ErrFull. The hub then leaves the session as it was, with its old
// interests; whether it goes on is for the caller to say. A read node refuses the
// Subscribe by an error that closes, and the session's end comes back as Close.
// Nothing happens if the session isn't there.
func (h *Hub) Subscribe(id SessionID, seq uint64, set interest.Set, known Verdicts) error {
	s := h.sessions[id]
	if s == nil {
		return nil
	}
	g, err := h.join(set, known)
	if err != nil {
		return err
	}
	h.leave(s.next)
	s.next, s.seq = g, seq
	h.wake(s)
	return nil
}

// Apply takes the next change of the view. Numbers rise; what the change says
// was there before, the earlier changes have said.
func (h *Hub) Apply(c model.Change) {
	r := &record{number: c.Number, key: c.Key}
	if c.Kind == model.Put {
		r.version, r.hash, r.instance = c.Version, c.Hash, c.After
	}
	h.counters.Changes++
	var departure *record
	if r.left() {
		departure = r
	}
	before := h.catalog.set(r)
	h.index.Route(before, r.instance, func(g *group, _, is bool) {
		if is {
			h.note(g, r)
			return
		}
		if departure == nil {
			departure = &record{number: c.Number, key: c.Key}
		}
		h.note(g, departure)
	})
}

// Written tells that the session's frame has left: it may take another.
func (h *Hub) Written(id SessionID) {
	if s := h.sessions[id]; s != nil && s.state == sending {
		s.state = ready
		h.ready = append(h.ready, s)
	}
}

// Heartbeat makes the next Deliveries give a heartbeat to each session that has
// been told everything and has no frame on its way. Call it once every heartbeat
// interval, and when staleness changes. Stale is what heartbeats and Synceds say
// of the node from now on.
func (h *Hub) Heartbeat(stale bool) {
	h.stale = stale
	for _, s := range h.order {
		if s.state == sending {
			continue
		}
		s.beat = true
		h.wake(s)
	}
}

// wake makes the next Deliveries look at a session, unless a frame is on its
// way: then Written does.
func (h *Hub) wake(s *session) {
	if s.state != idle {
		return
	}
	if s.group != nil {
		s.group.rouse(s)
	}
	s.state = ready
	h.ready = append(h.ready, s)
}
