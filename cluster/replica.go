package cluster

import (
	"math/rand/v2"
	"slices"
	"time"

	"heureka/model"
	"heureka/registry"
)

// Replica is the core that write and read nodes share. See the package comment.
// It is not safe for concurrent use.
type Replica struct {
	config Config
	self   model.Incarnation
	role   Role
	http   string

	registry *registry.Map
	view     *registry.View
	inbox    *registry.Inbox
	clock    *registry.Clock
	members  *members
	lag      lag
	pull     *pull
	answers  *answers
	stats    Stats

	overrides  overrides
	departures *departures

	started    bool
	start      time.Duration
	firstHeard time.Duration // of a node that vouches for its map; 0: none yet
	listening  time.Duration // a joining node asks nobody before; 0: nobody was heard yet
	ready      bool
	left       bool
	tick       uint64
	lastTick   time.Duration
	nextBeacon time.Duration
	suspect    model.Incarnation // whose digest differed at an equal vector
	nextAudit  time.Duration     // no whole map is asked for because of a digest before

	unconfirmed int // what the beacons say

	authored []*registry.Entry // not published yet
	sent     uint64            // number of the last published entry
	effects  Effects
}

// Effects is what a replica wants done, in this order. Messages and entries are
// immutable; the slices belong to the receiver.
type Effects struct {
	Messages    []Outgoing
	Transitions []registry.Transition // of the map
	Forgotten   []registry.Slot       // whose tombstones the map holds no longer
	Changes     []model.Change        // of the view
	TakeOver    []model.Incarnation   // dead ones whose entries this node is to author again
}

// Stats counts what a replica has done since it started, and how full it is.
type Stats struct {
	DeltasApplied, DeltasWaiting, DeltasDropped uint64 // dropped: no room to wait
	Pulls, PullsWhole, PullsFailed, PullsDone   uint64 // this node's requests
	AnswersBegun, AnswersRefused                uint64
	DigestMismatches                            uint64
	Forgotten                                   uint64 // tombstones
	Discarded                                   uint64 // entries that waited for what died with its author
	MembersRefused                              uint64
	Refused                                     uint64 // entries of this node that didn't beat what was there
	Waiting                                     int    // entries in the inbox now
	Answers                                     int    // under way now
	Doubts                                      int    // removals and late words not shown yet
	Incarnations                                int    // in the vector
	Departed                                    int    // which are ignored in vectors heard
}

// New returns the replica of an incarnation. HTTP is the address of its service
// port, which its beacons carry. Random is the replica's own from now on.
func New(config Config, self model.Incarnation, role Role, http string, random *rand.Rand) *Replica {
	m := registry.NewMap()
	return &Replica{
		config:   config,
		self:     self,
		role:     role,
		http:     http,
		registry: m,
		view:     registry.NewView(config.View),
		inbox:    registry.NewInbox(config.MaxWaiting),
		clock:    registry.NewClock(self.TimeBits()),
		members:  newMembers(config, self, role),
		pull:     newPull(config, self, random),
		answers:  newAnswers(config, self),

		departures: newDepartures(config, m),
	}
}

// Self returns the incarnation that this replica is.
func (r *Replica) Self() model.Incarnation { return r.self }

// Map returns the registry as this node holds it, to be read only.
func (r *Replica) Map() *registry.Map { return r.registry }

// View returns what this node shows, to be read only.
func (r *Replica) View() *registry.View { return r.view }

// Stats returns the counters.
func (r *Replica) Stats() Stats {
	s := r.stats
	s.Waiting, s.Answers, s.Doubts = r.inbox.Entries(), len(r.answers.underway), r.view.Doubts()
	s.Incarnations, s.Departed = len(r.registry.Vector()), len(r.departures.departed)
	return s
}

// Ready reports whether the node's map was once at or beyond every vector that
// it heard. A node that became ready stays so: cut off, it serves on.
func (r *Replica) Ready() bool { return r.ready }

// Behind reports whether the node knows of something that it should have merged
// by now.
func (r *Replica) Behind(now time.Duration) bool { return r.lag.longer(r.config.Moment, now) }

// Stale reports whether no write node is heard, so that what a reader shows may
// be old.
func (r *Replica) Stale(now time.Duration) bool {
	for _, m := range r.members.hearing(now) {
		if m.Role == Write {
			return false
		}
	}
	return r.role == Read
}

// CutOff reports whether this write node hears fewer than half of the write nodes
// that there are, or are meant to be, itself counted: the fault may be its own. A
// cluster that is meant to have one node can't be cut off.
func (r *Replica) CutOff(now time.Duration) bool {
	return r.role == Write && r.config.Size > 1 && !r.members.half(now)
}

// Members returns the nodes whose beacons arrive, ordered.
func (r *Replica) Members(now time.Duration) []*Member { return r.members.hearing(now) }

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
	if r.pull.audit {
		answer.Believe = func(e *registry.Entry) bool { return !e.Override && r.alive(e.Owner(), now.Mono) }
	}
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
	r.clock.Witness(r.registry.Newest())
	behind := r.Behind(now.Mono)
	for _, t := range transitions {
		r.view.Apply(t, r.registry.Override(t.Key), behind, now.Mono)
	}
	r.effects.Transitions = append(r.effects.Transitions, transitions...)
}

// Tick does what is due. Call it several times per beacon interval.
func (r *Replica) Tick(now model.Moment) {
	r.begin(now)
	if pause := now.Mono - r.lastTick; r.lastTick > 0 && pause > 3*r.config.Beacon {
		r.members.excuse(pause) // this node stood still, not the others
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
	r.view.Settle(r.registry.Override, r.Behind(now.Mono), now.Mono)
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

func (r *Replica) send(to model.Incarnation, m Message) {
	r.effects.Messages = append(r.effects.Messages, Outgoing{To: to, Message: m})
}

// Drain returns what has to be done since the last call.
func (r *Replica) Drain() Effects {
	r.publish()
	r.effects.Changes = r.view.Drain()
	out := r.effects
	r.effects = Effects{}
	return out
}

// publish puts what was authored since the last time into deltas.
func (r *Replica) publish() {
	if len(r.authored) == 0 {
		return
	}
	bounds := cuts(r.authored, r.config.BatchBytes)
	for i := range len(bounds) - 1 {
		entries := r.authored[bounds[i]:bounds[i+1]]
		to := entries[len(entries)-1].Dot.Seq
		r.send(model.Incarnation{}, &Delta{registry.Delta{Incarnation: r.self, From: r.sent, To: to, Entries: entries}})
		r.sent = to
	}
	r.authored = nil
}
