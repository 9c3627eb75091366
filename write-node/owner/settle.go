package owner

import (
	"cmp"
	"slices"

	"heureka/cluster"
	"heureka/model"
	"heureka/registry"
	"heureka/write-node/lease"
)

// Settle drains the replica and reacts to what has been merged and to who has
// died, until nothing is left to react to. It returns everything that is to be
// done outside: messages to send, what has changed of the map and of the view.
// Call it after each batch of inputs, before anything is acknowledged.
func (o *Owner) Settle(now model.Moment) cluster.Effects {
	o.look(now)
	var all cluster.Effects
	for {
		effects := o.replica.Drain()
		all.Messages = join(all.Messages, effects.Messages)
		all.Transitions = join(all.Transitions, effects.Transitions)
		all.Forgotten = join(all.Forgotten, effects.Forgotten)
		all.Changes = join(all.Changes, effects.Changes)
		if len(effects.Transitions) == 0 && len(effects.TakeOver) == 0 {
			all.Messages = append(all.Messages, o.outbox...)
			o.outbox = nil
			return all
		}
		for _, t := range effects.Transitions {
			if !t.Override { // nobody owns an override
				o.merged(now, t.Before, t.Key)
			}
		}
		for _, dead := range effects.TakeOver {
			o.takeOver(now, dead)
		}
	}
}

// join appends what came later; mostly nothing did, or nothing was there before.
func join[T any](before, later []T) []T {
	if len(before) == 0 {
		return later
	}
	return append(before, later...)
}

// merged looks after a key of which the map may hold something else now than
// what this node authored. Before is what it held before that.
func (o *Owner) merged(now model.Moment, before *registry.Entry, key model.Key) {
	if f := o.forwards.waiting[key]; f != nil {
		o.follow(now, f)
	}
	r, cur := o.registrations[key], o.replica.Map().Get(key)
	switch {
	case r == nil && o.ours(cur):
		// It ended here, and came back from a node that had forgotten how.
		o.replica.Entomb(now, key, cur.Version, cur.Speaker)
		return
	case r == nil && o.endedHere(before) && cur.Live() && before.Speaker.Outranks(cur.Speaker):
		// A word of an earlier connection, which arrived late at a node that didn't
		// know better. The client has unregistered since.
		o.replica.Entomb(now, key, model.Version{
			Time: cur.Version.Time, Turn: model.TurnEnd, Incarnation: o.replica.Self(),
		}, before.Speaker)
		return
	case r == nil || o.ours(cur):
		return
	}
	if turn, same := nextTurn(r.entry, cur); same && o.insists(now, r, cur) {
		if e := o.repeat(now, r.entry, turn); e != nil {
			o.counts.Repeated++
			r.entry = e
			return
		}
	}
	if cur != nil && o.speaks(now, r) && r.entry.Speaker.Outranks(cur.Speaker) {
		// A word of an earlier connection, which arrived late at a node that didn't
		// know better. The client has said the newer one: here it is once more.
		if e := o.say(now, key, r.entry.Instance, r.entry.Hash, cur.Version.Time, r.conn); e != nil {
			o.counts.Repeated++
			r.entry, r.copy = e, false
			return
		}
	}
	o.counts.Lost++
	renewed := r.conn == nil && o.speaks(now, r)
	o.drop(now, r)
	if renewed && cur.Live() {
		o.forward(now, cur) // its new owner may not have heard the client for long
	}
}

// insists reports whether a registration is authored again instead of what the
// map holds for the same word, which may be nothing. A copy that its client renews
// is, once no other node has the word any more: two copies would outbid each
// other.
func (o *Owner) insists(now model.Moment, r *registration, cur *registry.Entry) bool {
	return o.speaks(now, r) && (!r.copy || !cur.Live())
}

// endedHere reports whether an entry, which may be nil, is an unregister that this
// node heard.
func (o *Owner) endedHere(e *registry.Entry) bool {
	return e != nil && e.Unregistered() && e.Owner() == o.replica.Self()
}

// speaks reports whether the registration's client is known to live and to speak
// to this node.
func (o *Owner) speaks(now model.Moment, r *registration) bool {
	return r.Class() == lease.Own && r.Alive(now.Mono) && (r.conn == nil || r.conn.open)
}

// nextTurn returns the turn with which what this node authored can be authored
// again so that it wins over what the map holds instead, which may be nothing. It
// reports false if that is a later word of the client, or its unregister.
func nextTurn(mine, cur *registry.Entry) (uint32, bool) {
	turn := mine.Version.Turn
	if cur != nil {
		switch cmp.Compare(cur.Version.Time, mine.Version.Time) {
		case +1:
			return 0, false
		case 0:
			turn = max(turn, cur.Version.Turn)
		}
	}
	if turn >= model.TurnEnd-1 {
		return 0, false
	}
	return turn + 1, true
}

// takeOver authors again what a dead incarnation owned, under leases of this
// node.
func (o *Owner) takeOver(now model.Moment, dead model.Incarnation) {
	var orphans []*registry.Entry
	for e := range o.replica.Map().Instances() {
		if e.Live() && e.Owner() == dead {
			orphans = append(orphans, e)
		}
	}
	slices.SortFunc(orphans, func(a, b *registry.Entry) int { return a.Key.Compare(b.Key) })
	for _, e := range orphans {
		turn, ok := nextTurn(e, nil)
		if !ok {
			continue
		}
		if copied := o.repeat(now, e, turn); copied != nil {
			o.counts.TakenOver++
			o.bind(now, copied, nil, lease.Adopted)
		}
	}
}
