package simtest

import (
	"heureka/internal/promise"
	"heureka/write-node/lease"
	"heureka/write-node/owner"
)

// preservers judge Preserved for one incarnation of a write node, class by class.
// Its table of leases tells them what it does as it does it.
type preservers [lease.Classes]*promise.Preserver

func (n *writeNode) newPreservers(o *owner.Owner) preservers {
	var js preservers
	for c := range lease.Classes {
		t := n.w.times.lease()
		limits := promise.PreservedLimits{
			Window: t.Window, Share: t.Share, History: t.History, HeldMax: t.HeldMax,
			Holds: n.w.flavour.faults + restLimit, // reasons come again, and are judged one by one
			Looks: 2,
		}
		if c == lease.Own {
			limits.HeldMax = 0
		}
		js[c] = promise.NewPreserver(n.name+" "+c.String(), limits, &n.w.report)
	}
	n.reasons = reasons{node: n}
	o.Leases().Watch(func(e lease.Event) {
		switch j := js[e.Class]; e.What {
		case lease.Level:
			n.reasons.level(e)
			j.Held(e.At, e.Held)
		case lease.Spent:
			j.TookOver(e.At)
		case lease.Evicted:
			n.evicted[e.Key] = e.Class
			j.Evicted(e.At, e.Key, e.Ended)
		case lease.Released:
			j.Released(e.At, 1)
		}
	})
	return js
}

// judgeQueues looks at what waits for its eviction, and whether it is kept only as
// long as there is a reason.
func (n *writeNode) judgeQueues() {
	now := n.moment().Mono
	for c, j := range n.preservers {
		class := lease.Class(c)
		keep, stats := n.reasons.keep(now, class), n.owner.Leases().Stats(now, class)
		if stats.Hold > 0 && !keep {
			n.w.broke(promise.Preserved, n.name, "evicts nothing that is %s for %v more, without a reason", class, stats.Hold)
		}
		j.Queued(now, keep, n.owner.Leases().Queued(class))
	}
}
