package server

import (
	"time"

	"heureka/cluster"
	"heureka/model"
	"heureka/wire"
	"heureka/write-node/lease"
	"heureka/write-node/owner"
)

// shownQueue is how many queued leases of each class the status lists.
const shownQueue = 100

// state is what the node tells of itself: a copy that the loop makes with each
// tick, so that nobody who asks keeps the loop busy.
type state struct {
	ready      bool
	behind     bool
	counts     owner.Counts
	forwarding int // renewals that wait for other nodes
	replica    cluster.Stats
	leases     [lease.Classes]lease.Stats
	queued     []queuedLease // the first ones
	heard      int           // clients
	silent     int           // clients
	entries    int           // live ones of the map
	tombstones int
	overridden int
	digest     uint64
	vector     model.Vector
	members    []member
	namesakes  int // other write nodes that bear this one's name

	unconfirmed int // of the map, see owner.Owner
	store       keeping
	waited      waited // inputs, to be published with others
}

// member is another node as this one hears it.
type member struct {
	Name   string       `json:"name"`
	ID     string       `json:"id"` // of this run of it
	Role   cluster.Role `json:"role"`
	HTTP   string       `json:"http"`
	Ready  bool         `json:"ready"`
	Live   int          `json:"live"`
	Digest string       `json:"digest"`
	// Unconfirmed is how many of the instances it owns, or is about to, have clients
	// that haven't spoken to it.
	Unconfirmed int `json:"unconfirmed"`
}

// queuedLease is one that has ended and waits for its eviction.
type queuedLease struct {
	App     string `json:"app"`
	ID      string `json:"id"`
	Class   string `json:"class"`
	SinceMs int64  `json:"sinceMs"` // how long ago it ended
}

// publish makes the copy. It runs on the loop's goroutine.
func (s *Server) publish(now model.Moment) {
	o := s.loop.owner
	replica := o.Replica()
	next := &state{
		ready:      replica.Ready(),
		behind:     replica.Behind(now.Mono),
		counts:     o.Counts(),
		forwarding: o.Forwarding(),
		replica:    replica.Stats(),
		entries:    replica.Map().Live(),
		tombstones: replica.Map().Tombstones(),
		overridden: replica.Map().Overridden(),
		digest:     replica.Map().Digest(),
		vector:     replica.Map().Vector().Clone(),
		members:    membersOf(replica, now.Mono),
		queued:     []queuedLease{}, // none is a list too

		unconfirmed: o.Unconfirmed(now),
		waited:      s.loop.waited,
		store:       s.loop.keeper.keeping(now.Mono),
	}
	next.heard, next.silent = o.Leases().Clients()
	for c := range lease.Classes {
		next.leases[c] = o.Leases().Stats(now.Mono, c)
		next.queued = appendQueued(next.queued, o.Leases(), c, now.Mono)
	}
	next.namesakes = s.countNamesakes(next.members)
	before := s.state.Swap(next)
	s.report(before, next)
	s.reportStore(before.store, next.store, now.Mono)
	if next.ready && !before.ready {
		s.log.Info("write node ready", "instances", next.entries, "took", now.Mono)
		s.refusal.CompareAndSwap(s.joining, nil)
		close(s.ready)
	}
	if !next.ready && s.reminder.Due(now.Mono) {
		s.log.Warn("not ready: "+waitsFor(next.members, s.config.ClusterSize), "heard", len(next.members), "nats", s.link.Stats().Connected)
	}
}

// report logs what an operator may want to know of the last tick.
func (s *Server) report(before, next *state) {
	if n := next.counts.TakenOver - before.counts.TakenOver; n > 0 {
		s.log.Info("took instances of dead nodes over", "instances", n)
	}
	if n := next.counts.Copied - before.counts.Copied; n > 0 {
		s.log.Info("took instances over from nodes that don't answer for them", "instances", n)
	}
	if n := next.counts.Lost - before.counts.Lost; n > 0 {
		s.log.Debug("instances have a later word elsewhere", "instances", n)
	}
	if n := next.counts.Standstills - before.counts.Standstills; n > 0 {
		s.log.Warn("this node stood still: what waited meanwhile isn't obeyed", "connections", next.counts.GivenUp-before.counts.GivenUp)
	}
	for c := range lease.Classes {
		if n := next.counts.Evicted[c] - before.counts.Evicted[c]; n > 0 {
			s.log.Info("evicted instances", "instances", n, "class", c.String(), "queued", next.leases[c].Queued)
		}
		if n := next.counts.Released[c] - before.counts.Released[c]; n > 0 {
			s.log.Info("let released instances go", "instances", n, "class", c.String(), "queued", next.leases[c].Queued)
		}
		if was, is := before.leases[c].Holds[lease.AllSilent] > 0, next.leases[c].Holds[lease.AllSilent] > 0; is && !was {
			s.log.Warn("all clients fell silent: nothing of theirs is evicted for now", "clients", next.silent, "most", next.leases[c].Holds[lease.AllSilent].String())
		}
	}
	if next.namesakes > before.namesakes {
		s.log.Error("another write node bears this node's name: they will take each other's instances over")
	}
	if next.behind != before.behind {
		s.log.Debug("behind", "behind", next.behind)
	}
}

// countNamesakes counts the write nodes that are heard under this node's name. A
// former run of this one may count for as long as it takes to be known dead.
func (s *Server) countNamesakes(members []member) int {
	n := 0
	for _, m := range members {
		if m.Role == cluster.Write && m.Name == s.self.Name {
			n++
		}
	}
	return n
}

func appendQueued(to []queuedLease, t *lease.Table, c lease.Class, now time.Duration) []queuedLease {
	n := 0
	for key, ended := range t.Queued(c) {
		if n++; n > shownQueue {
			break
		}
		to = append(to, queuedLease{key.App, key.ID, c.String(), (now - ended).Milliseconds()})
	}
	return to
}

// membersOf lists the nodes that are heard.
func membersOf(r *cluster.Replica, now time.Duration) []member {
	out := []member{}
	for _, m := range r.Members(now) {
		out = append(out, member{
			Name: m.Incarnation.Name, ID: m.Incarnation.ID.String(), Role: m.Role, HTTP: m.Beacon.HTTP,
			Ready: m.Beacon.Ready, Live: m.Beacon.Live, Digest: wire.FormatHash(m.Beacon.Digest),
			Unconfirmed: m.Beacon.Unconfirmed,
		})
	}
	return out
}
