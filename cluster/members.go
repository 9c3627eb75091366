package cluster

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"heureka/model"

	"github.com/cespare/xxhash/v2"
)

// Member is what a node knows of another one.
type Member struct {
	Incarnation model.Incarnation
	Role        Role
	Tick        uint64        // the highest heard of it, by any path
	Rose        time.Duration // when that last rose here
	Heard       time.Duration // when a beacon of its own last came; 0 if none ever did
	Left        bool          // it said that it is leaving
	Beacon      *Beacon       // its last one; nil if only others told of it
}

// members keeps track of who is there.
type members struct {
	config Config
	self   model.Incarnation
	role   Role
	known  map[model.Incarnation]*Member
	writes []*Member // the write nodes among them, which are few among many read nodes
}

func newMembers(config Config, self model.Incarnation, role Role) *members {
	return &members{config: config, self: self, role: role, known: make(map[model.Incarnation]*Member)}
}

// observe takes in a beacon. It reports false for one that is old or has no
// room.
func (ms *members) observe(b *Beacon, now time.Duration) bool {
	for inc, tick := range b.Heard {
		ms.tick(inc, Write, tick, now)
	}
	m := ms.tick(b.From, b.Role, b.Tick, now)
	if m == nil || m.Beacon != nil && m.Beacon.Tick >= b.Tick {
		return false
	}
	m.Beacon, m.Heard, m.Left = b, now, b.Leaving
	if m.Role != b.Role {
		m.Role = b.Role
		ms.list()
	}
	return true
}

// list notes which members are write nodes.
func (ms *members) list() {
	ms.writes = nil
	for _, m := range ms.known {
		if m.Role == Write {
			ms.writes = append(ms.writes, m)
		}
	}
}

// tick notes a tick of an incarnation; nil if there is no room for another.
func (ms *members) tick(inc model.Incarnation, role Role, tick uint64, now time.Duration) *Member {
	if inc == ms.self {
		return nil
	}
	m := ms.known[inc]
	if m == nil {
		if ms.full() {
			return nil
		}
		m = &Member{Incarnation: inc, Role: role, Tick: tick, Rose: now}
		ms.known[inc] = m
		if role == Write {
			ms.writes = append(ms.writes, m)
		}
	}
	if tick > m.Tick {
		m.Tick, m.Rose = tick, now
	}
	return m
}

// full reports whether there is no room for another.
func (ms *members) full() bool { return len(ms.known) >= ms.config.MaxMembers }

// dead reports whether an incarnation's tick has risen nowhere for a while. One
// that bears this node's own name and was never heard here is this node's former
// self.
func (ms *members) dead(m *Member, now time.Duration) bool {
	if m.Left || now-m.Rose > ms.config.DeadAfter {
		return true
	}
	return m.Beacon == nil && m.Incarnation.Name == ms.self.Name && ms.role == Write
}

// excuse takes a pause of this node's own, which has just ended, for time that didn't
// pass: what the others said meanwhile may still be on its way in. What was before it
// goes on counts as heard now at the latest: some may have come in before this is called.
func (ms *members) excuse(pause, now time.Duration) {
	for _, m := range ms.known {
		m.Rose = min(m.Rose+pause, now)
		if m.Beacon != nil {
			m.Heard = min(m.Heard+pause, now)
		}
	}
}

// heard reports whether beacons of its own arrive from a member.
func (ms *members) heard(m *Member, now time.Duration) bool {
	return m.Beacon != nil && !m.Left && now-m.Heard <= ms.config.DeadAfter
}

// hearing returns the members whose own beacons arrive, ordered.
func (ms *members) hearing(now time.Duration) []*Member {
	var out []*Member
	for _, m := range ms.known {
		if ms.heard(m, now) {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b *Member) int { return a.Incarnation.Compare(b.Incarnation) })
	return out
}

// ticks returns the highest tick of each write node that isn't dead, for the
// next beacon. The dead are left out so that nobody keeps them alive by echo.
func (ms *members) ticks(now time.Duration) map[model.Incarnation]uint64 {
	out := make(map[model.Incarnation]uint64)
	for _, m := range ms.writes {
		if !ms.dead(m, now) {
			out[m.Incarnation] = m.Tick
		}
	}
	return out
}

// half reports whether this node hears at least half of the write nodes that it
// knows of, itself counted if it is one.
func (ms *members) half(now time.Duration) bool { return ms.halfWithin(ms.config.DeadAfter, now) }

// halfLately is half of those that were heard within half of the time that makes
// a node dead. A node that is cut off takes its peers for dead one after the other,
// as far apart as their last beacons came: to judge by the first that it hears all
// the rest would have it take over in a minority.
func (ms *members) halfLately(now time.Duration) bool {
	return ms.halfWithin(ms.config.DeadAfter/2, now)
}

func (ms *members) halfWithin(limit, now time.Duration) bool {
	names, hearing := make(map[string]bool), make(map[string]bool)
	if ms.role == Write {
		names[ms.self.Name], hearing[ms.self.Name] = true, true
	}
	for _, m := range ms.writes {
		if m.Left {
			continue
		}
		names[m.Incarnation.Name] = true
		if ms.heard(m, now) && now-m.Heard <= limit {
			hearing[m.Incarnation.Name] = true
		}
	}
	return 2*len(hearing) >= max(len(names), ms.config.Size)
}

// heir returns the write node that takes over what a dead incarnation owned, the
// same one in the reckoning of all who hear the same nodes: a later run of the
// same node if there is one, else by rendezvous. Who has merged nothing of it isn't
// considered: for a node that has let it go already there is nothing to take over.
func (ms *members) heir(dead model.Incarnation, selfReady bool, now time.Duration) model.Incarnation {
	var best model.Incarnation
	var bestWeight uint64
	consider := func(candidate model.Incarnation) {
		weight := rendezvous(dead, candidate)
		if candidate.Name == dead.Name {
			weight = ^uint64(0)
		}
		if best.IsZero() || cmp.Or(cmp.Compare(weight, bestWeight), candidate.Compare(best)) > 0 {
			best, bestWeight = candidate, weight
		}
	}
	if ms.role == Write && selfReady {
		consider(ms.self)
	}
	for _, m := range ms.writes {
		knows := ms.heard(m, now) && m.Beacon.Vector[dead] > 0
		if knows && m.Incarnation != dead && m.Beacon.Ready && !ms.dead(m, now) {
			consider(m.Incarnation)
		}
	}
	return best
}

// letGo reports whether all write nodes that are heard, and there are some, say that
// for so long that it may leave they have held nothing of an incarnation.
func (ms *members) letGo(inc model.Incarnation, now time.Duration) bool {
	some := false
	for _, m := range ms.hearing(now) {
		if m.Role != Write || !m.Beacon.Ready {
			continue
		}
		if m.Incarnation == inc || m.Beacon.Quiet[inc] < ms.config.Departure {
			return false
		}
		some = true
	}
	return some
}

// rendezvous is the weight of a candidate for a dead incarnation: the highest
// wins (Thaler and Ravishankar, "Using name-based mappings to increase hit
// rates", 1998).
func rendezvous(dead, candidate model.Incarnation) uint64 {
	var d xxhash.Digest
	d.Reset()
	d.Write(dead.ID[:])
	d.Write(candidate.ID[:])
	d.WriteString(candidate.Name)
	return d.Sum64()
}

// forget drops members that are long dead and own nothing.
func (ms *members) forget(now time.Duration, owned func(model.Incarnation) int) {
	maps.DeleteFunc(ms.known, func(inc model.Incarnation, m *Member) bool {
		return now-m.Rose > ms.config.MinorityTakeOver && owned(inc) == 0
	})
	ms.list()
}
