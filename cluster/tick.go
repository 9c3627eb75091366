package cluster

import (
	"slices"
	"time"

	"heureka/model"
)

// Tick does what is due. Call it several times per beacon interval.
func (r *Replica) Tick(now model.Moment) {
	r.begin(now)
	if pause := now.Mono - r.lastTick; r.lastTick > 0 && pause > 3*r.config.Beacon {
		r.members.excuse(pause, now.Mono) // this node stood still, not the others
	}
	r.lastTick = now.Mono
	if r.pull.expire(now.Mono) {
		r.stats.PullsFailed++
	}
	if more := r.pull.remind(now.Mono); more != nil {
		r.send(r.pull.to, more)
	}
	r.answers.expire(now.Mono)
	r.forget(now)
	r.consider(now)
	r.view.Settle(r.Behind(now.Mono), now.Mono)
	r.takeOver(now.Mono)
	r.endOverrides(now)
	r.departures.look(func(inc model.Incarnation) bool { return r.alive(inc, now.Mono) }, now.Mono)
	if now.Mono >= r.nextBeacon && !r.left {
		r.members.forget(now.Mono, r.registry.Owned)
		r.beacon(now)
	}
}

func (r *Replica) begin(now model.Moment) {
	if !r.started {
		r.started, r.start, r.nextBeacon = true, now.Mono, now.Mono
	}
}

// consider asks for what is missing and decides whether the node is ready. A node
// that joins hears everybody's beacon first, so that it knows whom to ask: the one
// that it happens to hear first is more often than not a write node.
func (r *Replica) consider(now model.Moment) {
	hearing := r.members.hearing(now.Mono)
	r.discard(hearing, now.Mono)
	r.lag.update(r.registry.Vector(), hearing, r.inbox.Incarnations(), now.Mono)
	if r.pull.idle(now.Mono) && !r.left && (r.ready || now.Mono >= r.listening) {
		if r.lag.any() && (!r.ready || r.lag.longer(r.config.Moment, now.Mono)) {
			if sources := r.lag.sources(r.registry.Vector(), hearing); len(sources) > 0 {
				r.request(sources, false, now)
			}
		} else if m := r.members.known[r.suspect]; m != nil && now.Mono >= r.nextAudit {
			r.suspect, r.nextAudit = model.Incarnation{}, now.Mono+r.config.MaxBackoff
			r.request([]*Member{m}, true, now)
		}
	}
	if !r.ready && r.complete(now.Mono) {
		r.ready = true
		r.nextBeacon = now.Mono
	}
}

// discard drops what waits for a delta that died with its author: no node that
// is heard has it. Whoever does, on the other side of a partition, has what
// waits as well, or the author lives there and says so.
func (r *Replica) discard(hearing []*Member, now time.Duration) {
	for _, inc := range r.inbox.Incarnations() {
		// One for whom there is no room is never heard: whoever knows more of it will
		// be ahead.
		if m := r.members.tick(inc, Write, 0, now); m != nil && !r.members.dead(m, now) {
			continue
		}
		ahead := slices.ContainsFunc(hearing, func(other *Member) bool {
			return other.Beacon.Vector[inc] > r.registry.Vector()[inc]
		})
		if !ahead {
			r.stats.Discarded += uint64(r.inbox.Discard(inc))
		}
	}
}

func (r *Replica) request(sources []*Member, whole bool, now model.Moment) {
	r.stats.Pulls++
	r.effects.Messages = append(r.effects.Messages, r.pull.start(sources, r.registry.Vector(), whole, now.Mono))
}

// complete reports whether the map is at or beyond all that was heard during two
// beacons. A write node waits for half of its peers, but not for ever; a read
// node for one that is ready itself, for as long as it takes.
func (r *Replica) complete(now time.Duration) bool {
	if r.role == Write {
		if now-r.start >= r.config.JoinTimeout {
			return true
		}
		since := r.start
		if r.config.Size > 1 {
			if r.firstHeard == 0 || !r.members.half(now) {
				return false
			}
			since = r.firstHeard
		}
		return now-since >= 2*r.config.Beacon && !r.lag.any()
	}
	return r.firstHeard != 0 && now-r.firstHeard >= 2*r.config.Beacon && !r.lag.any()
}

// forget drops the tombstones that are old enough.
func (r *Replica) forget(now model.Moment) {
	forgotten := r.registry.Forget(now.Mono - r.config.Tombstones)
	r.stats.Forgotten += uint64(len(forgotten))
	r.effects.Forgotten = append(r.effects.Forgotten, forgotten...)
}

// takeOver finds the dead incarnations whose heir this node is.
func (r *Replica) takeOver(now time.Duration) {
	if r.role != Write || r.left {
		return
	}
	for inc := range r.registry.Owners() {
		// One that is known by its entries only counts from now: it is given the
		// time to be heard.
		m := r.members.tick(inc, Write, 0, now)
		if m == nil || !r.ready || !r.members.dead(m, now) {
			continue
		}
		if inc.Name != r.self.Name && !r.members.halfLately(now) && now-m.Rose < r.config.MinorityTakeOver {
			continue
		}
		if r.members.heir(inc, r.ready, now) == r.self {
			r.effects.TakeOver = append(r.effects.TakeOver, inc)
		}
	}
	slices.SortFunc(r.effects.TakeOver, model.Incarnation.Compare)
}

// alive reports whether an incarnation is this one, or not known to be dead. Who
// isn't known at all has been forgotten, unless there is no room to know it.
func (r *Replica) alive(inc model.Incarnation, now time.Duration) bool {
	if inc == r.self {
		return true
	}
	m := r.members.known[inc]
	if m == nil {
		return r.members.full()
	}
	return !r.members.dead(m, now)
}

func (r *Replica) beacon(now model.Moment) {
	r.tick++
	r.nextBeacon = now.Mono + r.config.Beacon
	r.publish()
	r.send(model.Incarnation{}, &Beacon{
		From: r.self, Role: r.role, Tick: r.tick, HTTP: r.http,
		Vector: r.registry.Vector().Clone(), Heard: r.members.ticks(now.Mono), Quiet: r.departures.ages(now.Mono),
		Live: r.registry.Live(), Digest: r.registry.Digest(), Unconfirmed: r.unconfirmed,
		Serving: r.serving, Sessions: r.sessions,
		Ready: r.ready, Leaving: r.left, Wall: now.Wall,
	})
}

// Leave says, in a last beacon, that this node stops now: its peers take its
// entries over without waiting for its death.
func (r *Replica) Leave(now model.Moment) {
	r.begin(now)
	r.left = true
	r.beacon(now)
}
