package simtest

import (
	"errors"
	"time"

	"heureka/cluster"
	"heureka/model"
	"heureka/wire"
	"heureka/write-node/lease"
	"heureka/write-node/owner"
)

// writeNode is the body of a write node.
type writeNode struct {
	*node
	owner    *owner.Owner
	sessions []*registrations
	last     owner.ConnID
	pending  []func()                  // answers, until what they acknowledge has been published
	evicted  map[model.Key]lease.Class // since the last messages went out

	preservers preservers
	reasons    reasons
}

func (w *world) addWriter(name string) {
	n := &writeNode{node: &node{process: w.machine(name), role: cluster.Write, skew: w.skew()}}
	n.body = n
	if w.flavour.disks {
		n.disk = new(disk)
	}
	w.nodes = append(w.nodes, n.node)
	w.writers = append(w.writers, n)
}

func (n *writeNode) begin(r *cluster.Replica) {
	n.owner = owner.New(n.w.times.owner(), r)
	n.sessions, n.pending = nil, nil
	n.evicted = make(map[model.Key]lease.Class)
	n.preservers = n.newPreservers(n.owner)
	n.every(judgeEvery, n.judgeQueues)
	if n.disk != nil {
		n.disk.begin()
		n.every(storeEvery, func() { n.disk.due = true })
	}
}

// wakesAnd reports whether the node refuses something because it has just stood still.
func (n *writeNode) wakesAnd(err error) bool {
	const soon = 3 * time.Second // with the way to it and back
	return errors.Is(err, owner.ErrWaking) && n.wakes > 0 && n.w.now-n.wakes < soon
}

// receive is where messages between nodes come in.
func (n *writeNode) receive(m cluster.Message, now model.Moment) { n.owner.Receive(now, m) }

func (n *writeNode) tick(now model.Moment) {
	for _, s := range n.sessions {
		s.tick()
	}
	n.owner.Replica().Tick(now)
	n.reasons.calls(now.Mono)
	n.owner.Tick(now)
	n.reasons.called(now.Mono)
}

func (n *writeNode) take(now model.Moment) ([]cluster.Outgoing, []model.Change) {
	effects := n.owner.Settle(now)
	n.keep(effects)
	return effects.Messages, effects.Changes
}

func (n *writeNode) published() {
	clear(n.evicted)
	pending := n.pending
	n.pending = nil
	for _, answer := range pending {
		answer()
	}
}

// answer has something answered once what it acknowledges has been published.
func (n *writeNode) answer(do func()) { n.pending = append(n.pending, do) }

func (n *writeNode) accept(e *end) {
	n.last++
	s := &registrations{node: n, id: n.last, end: e, heard: n.mono(), keys: make(map[model.Key]bool)}
	n.sessions = append(n.sessions, s)
	e.hear, e.ended = s.hear, func() { s.over(owner.Left) }
}

func (n *writeNode) farewell() {
	for _, s := range n.sessions {
		s.say(&wire.GoAway{AfterMs: n.w.between(0, drainSpread).Milliseconds()})
	}
}

func (n *writeNode) dismiss() {
	for _, s := range append([]*registrations(nil), n.sessions...) {
		s.kick(wire.NewError(wire.CodeDraining, "this node stops"), owner.Left)
	}
}
