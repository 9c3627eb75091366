package owner

import (
	"time"

	"heureka/cluster"
	"heureka/model"
	"heureka/registry"
	"heureka/write-node/lease"
)

// A plain renewal that reaches a node which doesn't own the instance, behind a
// balancer for instance, goes to the owner, so that ownership doesn't follow the
// balancer. The client is answered at once: the map says that its instance lives.
//
//	client ─▶ RenewPlain ─▶ forwards ─Tick─▶ Renewals ─▶ the owner: renews
//	                            ▲ ▼                            │
//	                            │ nobody acknowledges it:      │
//	                            │ copyHere                     │
//	                            └───────── Renewed ◀───────────┘
//
// A renewal is no word of the client: it says nothing but that the word lives on
// which the map holds. So who has to author the instance because nobody
// acknowledges authors a copy, the same word with a higher turn. It gives way to
// the owner if that was only cut off, and its eviction, where the balancer sends
// no more renewals, ends the copy only and not what other nodes hold.

// Receive takes in a message of another node.
func (o *Owner) Receive(now model.Moment, m cluster.Message) {
	o.look(now)
	switch m := m.(type) {
	case *cluster.Renewals:
		o.renewFor(now, m)
	case *cluster.Renewed:
		o.renewed(m)
	default:
		o.replica.Receive(now, m)
	}
}

// Forwarding returns how many renewals wait for an acknowledgement.
func (o *Owner) Forwarding() int { return len(o.forwards.waiting) }

// renewFor renews what another node heard of this one's clients.
func (o *Owner) renewFor(now model.Moment, m *cluster.Renewals) {
	if o.Wakes(now) {
		return // they will be said again, if their clients still speak
	}
	var unknown []model.Key
	for _, key := range m.Keys {
		if !o.renew(now, key) {
			unknown = append(unknown, key)
		}
	}
	o.counts.RenewedForOthers += uint64(len(m.Keys) - len(unknown))
	o.tell(m.From, &cluster.Renewed{From: o.replica.Self(), Number: m.Number, Unknown: unknown})
}

// renewed takes in an acknowledgement. What its sender denies waits on: the map
// will say who owns it, or that it ended, or nothing new for as long as an
// acknowledgement may take.
func (o *Owner) renewed(m *cluster.Renewed) {
	b := o.forwards.batch(m.Number)
	if b == nil || b.to != m.From {
		return
	}
	unknown := make(map[model.Key]bool, len(m.Unknown))
	for _, key := range m.Unknown {
		unknown[key] = true
	}
	for _, f := range b.forwards {
		switch {
		case f.batch == nil:
		case !unknown[f.entry.Key]:
			o.counts.Acknowledged++
			o.forwards.remove(f)
		case !f.denied:
			o.counts.Denied++
			f.denied = true
		}
	}
}

// forward passes a renewal of what another incarnation owns on to it. It reports
// false if too many wait already. One that waits for that owner counts for both.
func (o *Owner) forward(now model.Moment, cur *registry.Entry) bool {
	if o.forwards.waiting[cur.Key] != nil {
		return true
	}
	if len(o.forwards.waiting) >= o.cfg.Forwards {
		o.counts.ForwardsRefused++
		return false
	}
	o.counts.Forwarded++
	o.forwards.add(now.Mono, cur, o.patience(cur.Instance.Lease()))
	return true
}

// patience is how long a renewal of the instance may wait: the time after which
// its client renews again, so that the lease, which it has renewed before, hasn't
// ended by then.
func (o *Owner) patience(l model.Lease) time.Duration {
	if renewal := l.Renewal(); renewal > 0 {
		return min(renewal, o.duration(l)/2)
	}
	return o.duration(l) / 3
}

// sendForwards sends what waits, and authors what has waited for too long.
func (o *Owner) sendForwards(now model.Moment) {
	o.forwards.excuse(now.Mono)
	for _, b := range o.forwards.due(now.Mono) {
		for _, f := range b.late(now.Mono) {
			o.counts.Unanswered++
			o.forwards.remove(f)
			o.copyHere(now, f.entry, o.replica.Map().Get(f.entry.Key))
		}
		if keys := b.send(now.Mono); len(keys) > 0 {
			o.tell(b.to, &cluster.Renewals{From: o.replica.Self(), Number: b.number, Keys: keys})
		}
	}
}

// follow looks after a renewal that waits when the map holds something new for
// its key.
func (o *Owner) follow(now model.Moment, f *forward) {
	cur := o.replica.Map().Get(f.entry.Key)
	if cur.Live() && cur.Owner() == f.entry.Owner() {
		f.entry, f.denied = cur, false
		return
	}
	o.forwards.remove(f)
	switch {
	case o.ours(cur):
		o.renew(now, cur.Key)
	case cur.Live():
		o.forward(now, cur)
	default: // its owner evicted it while its client spoke here
		o.copyHere(now, f.entry, cur)
	}
}

// copyHere authors an instance that a client keeps alive, and that is as e says,
// as a copy of this node's own. It does nothing if the map holds a later word, or
// that the client has unregistered.
func (o *Owner) copyHere(now model.Moment, e, cur *registry.Entry) {
	turn, same := nextTurn(e, cur)
	if !same {
		return
	}
	if copied := o.repeat(now, e, turn); copied != nil {
		o.counts.Copied++
		o.bind(now, copied, nil, lease.Own).copy = true
	}
}

func (o *Owner) tell(to model.Incarnation, m cluster.Message) {
	o.outbox = append(o.outbox, cluster.Outgoing{To: to, Message: m})
}
