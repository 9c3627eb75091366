package cluster

import (
	"heureka/model"
	"heureka/registry"
)

// Receive takes in a message of another replica, and ignores those that are for
// the owner of leases.
func (r *Replica) Receive(now model.Moment, m Message) {
	if m.sender() == r.self {
		return
	}
	r.begin(now)
	switch m := m.(type) {
	case *Beacon:
		r.receiveBeacon(m, now)
	case *Delta:
		r.receiveDelta(m, now)
	case *PullRequest:
		out := r.answers.begin(r.registry, m, now.Mono)
		r.stats.AnswersBegun++
		if c, ok := out[0].Message.(*Chunk); ok && c.Busy {
			r.stats.AnswersRefused++
		}
		r.effects.Messages = append(r.effects.Messages, out...)
	case *PullMore:
		r.effects.Messages = append(r.effects.Messages, r.answers.more(m, now.Mono)...)
	case *Chunk:
		r.receiveChunk(m, now)
	}
}

func (r *Replica) receiveBeacon(b *Beacon, now model.Moment) {
	r.departures.hear(b, now.Mono)
	if v := r.departures.strip(b.Vector); len(v) != len(b.Vector) {
		stripped := *b
		stripped.Vector = v
		b = &stripped
	}
	if !r.members.observe(b, now.Mono) {
		r.stats.MembersRefused++
		return
	}
	if r.listening == 0 {
		r.listening = now.Mono + r.config.Beacon
	}
	if r.firstHeard == 0 && (b.Ready || r.role == Write && b.Role == Write) {
		r.firstHeard = now.Mono
	}
	// At equal vectors the live entries are equal, unless one map is corrupt or has
	// forgotten a tombstone that the other still has. One of the two asks for the
	// other's map, so that they don't swap; which one, changes now and then, since
	// only one of them may have something to learn.
	r.suspect = model.Incarnation{}
	if b.Ready && b.Vector.Equal(r.registry.Vector()) && (b.Digest != r.registry.Digest() || b.Live != r.registry.Live()) {
		r.stats.DigestMismatches++
		const turns = 16 // beacons
		if (r.registry.Digest() < b.Digest) == (r.tick/turns%2 == 0) {
			r.suspect = b.From
		}
	}
	r.consider(now)
}

func (r *Replica) receiveDelta(d *Delta, now model.Moment) {
	if r.departures.gone(d.Incarnation) {
		return // its author is dead, or will say that it isn't
	}
	transitions, applied := r.registry.Apply(&d.Delta, now.Mono)
	if !applied {
		if r.inbox.Add(&d.Delta) {
			r.stats.DeltasWaiting++
		} else {
			r.stats.DeltasDropped++
		}
		r.consider(now)
		return
	}
	r.stats.DeltasApplied++
	r.merged(transitions, now)
	r.unblock(now)
}

func (r *Replica) receiveChunk(c *Chunk, now model.Moment) {
	answer, more := r.pull.receive(c, now.Mono)
	if more != nil {
		r.send(c.From, more)
	}
	if answer == nil {
		return
	}
	r.stats.PullsDone++
	if answer.Whole {
		r.stats.PullsWhole++
	}
	r.departures.stripAnswer(answer)
	r.merged(r.registry.Adopt(answer, now.Mono), now)
	r.unblock(now)
	r.consider(now)
}

// unblock applies the waiting deltas for which the map is ready now.
func (r *Replica) unblock(now model.Moment) {
	for d := r.inbox.Next(r.registry.Vector()); d != nil; d = r.inbox.Next(r.registry.Vector()) {
		transitions, _ := r.registry.Apply(d, now.Mono)
		r.stats.DeltasApplied++
		r.merged(transitions, now)
	}
}

// merged passes transitions on to the view and to the effects.
func (r *Replica) merged(transitions []registry.Transition, now model.Moment) {
	r.follow(transitions, now)
	if r.effects.Transitions == nil {
		r.effects.Transitions = transitions // they may be many
	} else {
		r.effects.Transitions = append(r.effects.Transitions, transitions...)
	}
}

// follow brings the clock and the view up to what the map has become.
func (r *Replica) follow(transitions []registry.Transition, now model.Moment) {
	r.clock.Witness(r.registry.Newest())
	r.view.Apply(transitions, r.Behind(now.Mono), now.Mono)
}
