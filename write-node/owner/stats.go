package owner

import (
	"heureka/model"
	"heureka/write-node/lease"
)

// Counts says what an owner has done since it began.
type Counts struct {
	Registered   uint64 // new words, whole
	Unchanged    uint64 // words that said nothing new
	Updated      uint64 // new words, by patch
	Unregistered uint64
	Overridden   uint64                // overrides of a status
	Repeated     uint64                // words authored again because another node had
	Lost         uint64                // registrations given up because another node has a later word
	TakenOver    uint64                // from dead incarnations
	Forwarded    uint64                // renewals, to the nodes that own the instances
	Acknowledged uint64                // of them
	Denied       uint64                // of them: the other node doesn't own it
	Unanswered   uint64                // of them: nobody acknowledged in time
	Copied       uint64                // words authored here because a renewal found no owner
	Evicted      [lease.Classes]uint64 // by lease.Class, when the quota allowed
	Released     [lease.Classes]uint64 // by lease.Class, by an operator

	Standstills uint64 // times that the node stood still for longer than a client may be silent
	GivenUp     uint64 // connections that ended by this

	ForwardsRefused  uint64 // renewals that found no room to wait
	RenewedForOthers uint64 // renewals that other nodes forwarded
}

// Counts returns the counters.
func (o *Owner) Counts() Counts { return o.counts }

// Unconfirmed returns how many living instances this node holds whose clients
// haven't spoken to it: those that it took over, and those of its former runs
// that it is about to take over.
func (o *Owner) Unconfirmed(now model.Moment) int {
	return o.leases.Stats(now.Mono, lease.Adopted).Held + o.replica.FormerlyOwned()
}

// Connections returns how many connections are open.
func (o *Owner) Connections() int { return len(o.conns) }
