package cluster

import "time"

// SetSessions tells the replica what its beacons say of its node from now on:
// whether it takes subscribers, and how many it has.
func (r *Replica) SetSessions(serving bool, sessions int) { r.serving, r.sessions = serving, sessions }

// Readers returns the other read nodes that take subscribers, as their beacons
// say that came within a time, ordered. An older beacon is of a node that may be
// gone: what it says of its subscribers isn't true any more.
func (r *Replica) Readers(within, now time.Duration) []*Member {
	var out []*Member
	for _, m := range r.members.hearing(now) {
		if m.Role == Read && m.Beacon.Serving && now-m.Heard <= within {
			out = append(out, m)
		}
	}
	return out
}
