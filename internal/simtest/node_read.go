package simtest

import (
	"slices"
	"time"

	"heureka/cluster"
	"heureka/interest"
	"heureka/model"
	"heureka/read-node/fanout"
	"heureka/read-node/resume"
	"heureka/wire"
)

// readNode is the body of a read node.
type readNode struct {
	*node
	hub      *fanout.Hub
	desk     *resume.Desk
	issuer   *resume.Issuer
	stale    bool
	planned  time.Duration // when the hub is looked at next, in mono time; 0: not planned
	sessions map[fanout.SessionID]*subscription
	last     fanout.SessionID
}

func (w *world) addReader(name string) {
	n := &readNode{node: &node{process: w.machine(name), role: cluster.Read, skew: w.skew()}}
	n.body = n
	w.nodes = append(w.nodes, n.node)
	w.readers = append(w.readers, n)
}

func (n *readNode) begin(r *cluster.Replica) {
	n.desk, n.issuer = resume.NewDesk(resume.Config{Wait: n.w.times.resume, MaxMissed: 50}), resume.NewIssuer("")
	n.hub = fanout.New(n.w.times.hub(), interest.DefaultLimits(), func(set interest.Set) string { return n.issuer.Token(r, set) })
	n.sessions, n.stale, n.planned = make(map[fanout.SessionID]*subscription), false, 0
	const parts = 3
	part := uint64(0)
	n.every(n.w.times.heartbeat/parts, func() {
		n.hub.Beat(part, parts)
		part = (part + 1) % parts
	})
}

func (n *readNode) receive(m cluster.Message, now model.Moment) { n.replica.Receive(now, m) }

func (n *readNode) tick(now model.Moment) {
	n.replica.Tick(now)
	if stale := n.replica.Stale(now.Mono); stale != n.stale {
		n.stale = stale
		n.hub.Heartbeat(stale)
	}
	for _, s := range n.ordered() {
		s.tick()
	}
	for _, a := range n.desk.Due(now.Mono, n.replica) {
		n.sessions[a.Session].arrive(a)
	}
}

func (n *readNode) take(model.Moment) ([]cluster.Outgoing, []model.Change) {
	effects := n.replica.Drain()
	for _, c := range effects.Changes {
		n.hub.Apply(c)
	}
	n.issuer.Moved()
	for _, d := range n.hub.Deliveries(n.mono()) {
		if d.Err != nil {
			n.sessions[d.Session].kick(wire.NewError(wire.CodeOverloaded, "%v", d.Err))
			continue
		}
		n.w.note("frame", n.name, uint64(d.Session), uint64(len(d.Frame)))
		n.sessions[d.Session].deliver(d.Frame)
	}
	n.look()
	return effects.Messages, effects.Changes
}

// look comes back when a session's pace lets it.
func (n *readNode) look() {
	if due, waits := n.hub.Due(); waits && (n.planned == 0 || due < n.planned) {
		n.planned = due
		n.after(max(due-n.mono(), time.Millisecond), func() { n.planned = 0 })
	}
}

func (n *readNode) published() {}

func (n *readNode) accept(e *end) {
	n.last++
	s := &subscription{node: n, id: n.last, end: e}
	n.sessions[s.id] = s
	n.hub.Open(s.id, s.format())
	e.hear, e.ended, e.room = s.hear, s.over, s.write
}

func (n *readNode) farewell() {
	for _, s := range n.ordered() {
		s.say(&wire.GoAway{AfterMs: n.w.between(0, drainSpread).Milliseconds()})
	}
}

func (n *readNode) dismiss() {
	for _, s := range n.ordered() {
		s.kick(wire.NewError(wire.CodeDraining, "this node stops"))
	}
}

// ordered returns the sessions in the order of their coming.
func (n *readNode) ordered() []*subscription {
	out := make([]*subscription, 0, len(n.sessions))
	for _, s := range n.sessions {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b *subscription) int { return int(a.id) - int(b.id) })
	return out
}
