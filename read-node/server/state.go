package server

import (
	"errors"
	"time"

	"heureka/cluster"
	"heureka/model"
	"heureka/read-node/fanout"
	"heureka/read-node/level"
	"heureka/read-node/resume"
)

// state is what the node tells of itself: a copy that the loop makes with each
// tick, so that nobody who asks keeps the loop busy.
type state struct {
	ready       bool
	stale       bool
	behind      bool
	hub         fanout.Stats
	desk        resume.Stats
	atOnce      uint64 // frames
	subscribing time.Duration
	replica     cluster.Stats
	entries     int    // live ones of the map
	digest      uint64 // of those
	number      uint64 // of the view's last change
	members     []member
	readers     []level.Reader // the others that take subscribers

	unconfirmed int // instances, by what the write nodes that are heard say
	standstills uint64
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
	// Unconfirmed is how many of the instances that a write node owns, or is about
	// to, have clients that haven't spoken to it.
	Unconfirmed int `json:"unconfirmed"`
}

// publish makes the copy. It runs on the loop's goroutine.
func (s *Server) publish(c *core, now model.Moment) {
	s.still.tick(now.Mono)
	next := &state{
		ready:       c.replica.Ready(),
		stale:       c.stale,
		behind:      c.replica.Behind(now.Mono),
		hub:         c.hub.Stats(),
		desk:        c.desk.Stats(),
		atOnce:      c.atOnce,
		subscribing: c.subscribing,
		replica:     c.replica.Stats(),
		entries:     c.replica.Map().Live(),
		digest:      c.replica.Map().Digest(),
		number:      c.replica.View().Number(),
		members:     membersOf(c.replica, now.Mono),
		readers:     readersOf(c.replica, heardFor*s.config.Beacon, now.Mono),

		unconfirmed: c.replica.Unconfirmed(now),
		standstills: s.still.times,
	}
	c.replica.SetSessions(next.ready && s.sessions.check() == nil, s.sessions.count())
	before := s.state.Swap(next)
	if next.ready && !before.ready {
		s.log.Info("read node ready", "instances", next.hub.Instances, "took", time.Since(s.loop.start))
		close(s.ready)
	}
	if next.standstills > before.standstills {
		s.log.Warn("this node stood still: what waited meanwhile isn't passed on to write nodes")
	}
	if !next.ready && s.reminder.Due(now.Mono) {
		s.log.Warn("not ready: "+waitsFor(next.members), "heard", len(next.members), "nats", s.metrics.link.Load().Stats().Connected)
	}
}

// check reports why the node shouldn't be sent subscribers.
func (s *Server) check() error {
	if !s.state.Load().ready {
		return errors.New("the view isn't complete yet")
	}
	return s.sessions.check()
}
