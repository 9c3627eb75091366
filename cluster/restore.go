package cluster

import (
	"heureka/model"
	"heureka/registry"
)

// Restore gives an empty replica the map that a former run of its node left: all
// entries, the vector that they are exactly, and its horizon. It is what adopting
// a whole answer is; tombstones count as arrived now. Call it before anything
// else.
//
// Nothing of it is this incarnation's. What former runs of the node owned is taken
// over as soon as the node is ready, what others owned when they are known dead.
func (r *Replica) Restore(entries []*registry.Entry, vector, horizon model.Vector, now model.Moment) {
	r.begin(now)
	answer := registry.Answer{Whole: true, Entries: entries, Vector: vector, Horizon: horizon}
	r.merged(r.registry.Adopt(&answer, now.Mono), now)
}

// SetUnconfirmed tells the replica what its beacons say of its node from now on:
// how many living instances the node holds, or is about to take over, whose
// clients haven't spoken to it.
func (r *Replica) SetUnconfirmed(n int) { r.unconfirmed = n }

// FormerlyOwned returns how many living entries former runs of this node own.
func (r *Replica) FormerlyOwned() int {
	n := 0
	for inc, owned := range r.registry.Owners() {
		if inc.Name == r.self.Name && inc != r.self {
			n += owned
		}
	}
	return n
}

// Unconfirmed returns how many living instances the write nodes that are heard
// call unconfirmed, this one included. Of each node the run counts that was heard
// last: the one before it said the same of the same instances.
func (r *Replica) Unconfirmed(now model.Moment) int {
	newest := make(map[string]*Member)
	for _, m := range r.members.hearing(now.Mono) {
		if m.Role != Write {
			continue
		}
		if before := newest[m.Incarnation.Name]; before == nil || m.Heard >= before.Heard {
			newest[m.Incarnation.Name] = m
		}
	}
	n := r.unconfirmed
	for name, m := range newest {
		if r.role != Write || name != r.self.Name {
			n += m.Beacon.Unconfirmed
		}
	}
	return n
}
