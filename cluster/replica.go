package cluster

import (
	"math/rand/v2"
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

	// What the beacons say:
	unconfirmed int
	serving     bool
	sessions    int

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
		view:     registry.NewView(config.View, m),
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
