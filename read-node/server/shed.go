package server

import (
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"heureka/cluster"
	"heureka/internal/ops"
	"heureka/read-node/fanout"
	"heureka/read-node/level"
	"heureka/read-node/session"
)

// How the node levels, beside its settings. A reader that died is forgotten before
// what came of its death can look calm.
const (
	shedEvery  = time.Second // a look at the fleet; who is asked goes at any time until the next
	obeyWithin = 10 * time.Second
	heardFor   = 3 // beacons: a reader that wasn't heard for longer doesn't count
	calmFor    = 5 // beacons: nobody is shed before the fleet has been the same for so long
	sayAgain   = time.Minute
)

// shedder asks sessions to go elsewhere while the node has more than its share.
// What becomes of one that stays is nobody's concern: it is served on.
type shedder struct {
	config   Config
	sessions *sessions
	log      *slog.Logger
	reminder ops.Reminder

	level   *level.Level
	shed    atomic.Uint64 // sessions asked so far
	waiting atomic.Int64  // for how long none is asked, as a time.Duration
}

func newShedder(config Config, sessions *sessions, log *slog.Logger) *shedder {
	return &shedder{config: config, sessions: sessions, log: log, level: level.New(config.level()), reminder: ops.Reminder{Every: sayAgain}}
}

// run looks at the fleet, as picture tells it, until stop is closed.
func (sh *shedder) run(stop <-chan struct{}, picture func() level.Picture) {
	ticker := time.NewTicker(shedEvery)
	defer ticker.Stop()
	start := time.Now()
	for {
		select {
		case <-stop:
			return
		case now := <-ticker.C:
			sh.look(now.Sub(start), picture())
		}
	}
}

// look asks those that should go by now.
func (sh *shedder) look(now time.Duration, p level.Picture) {
	asked := sh.sessions.goAway(sh.level.Look(now, p), sh.config.ShedAge, shedEvery)
	sh.level.Asked(now, asked)
	sh.shed.Add(uint64(asked))
	sh.waiting.Store(int64(sh.level.Waiting(now)))
	if (asked > 0 || sh.level.Waiting(now) > 0) && sh.reminder.Due(now) {
		sh.log.Info("subscribers are asked to go to other read nodes, which have fewer", "sessions", p.Sessions,
			"average", int(p.Average()), "asked", sh.shed.Load(), "waiting", sh.level.Waiting(now))
	}
}

// goAway asks at most n sessions that are as old as that to go elsewhere within
// the spread, and returns how many it asked.
func (ss *sessions) goAway(n int, age, spread time.Duration) int {
	if n == 0 {
		return 0
	}
	var chosen []*session.Session
	ss.mu.Lock()
	for _, id := range ss.guests.pick(n, age, time.Now()) {
		if s := ss.open[id]; s != nil {
			chosen = append(chosen, s)
		}
	}
	ss.mu.Unlock()
	for _, s := range chosen {
		s.GoAway(rand.N(spread))
	}
	return len(chosen)
}

// fleet is what the status says of the read nodes together.
type fleet struct {
	Readers int     `json:"readers"` // that take subscribers
	Average float64 `json:"average"` // of their subscribers
	Shed    uint64  `json:"shed"`    // subscribers that this node has asked to go to others
}

// fleet returns what the node knows of the read nodes now.
func (s *Server) fleet() level.Picture {
	state := s.state.Load()
	in, _, leaving := s.sessions.tally()
	return level.Picture{Serving: state.ready && s.sessions.check() == nil, Sessions: in, Leaving: leaving, Others: state.readers}
}

// fleetOf returns the same for people, at a moment at which so many are in.
func (s *Server) fleetOf(state *state, in int) fleet {
	f := fleet{Readers: len(state.readers), Shed: s.shedder.shed.Load()}
	sum := 0
	for _, r := range state.readers {
		sum += r.Sessions
	}
	if state.ready && s.sessions.check() == nil {
		f.Readers++
		sum += in
	}
	f.Average = float64(sum) / float64(max(1, f.Readers))
	return f
}

// readersOf lists the other read nodes that take subscribers and were heard lately.
func readersOf(r *cluster.Replica, within, now time.Duration) []level.Reader {
	var out []level.Reader
	for _, m := range r.Readers(within, now) {
		out = append(out, level.Reader{Node: m.Incarnation, Sessions: m.Beacon.Sessions})
	}
	return out
}

// opened passes on that a session has been told everything.
func (s *Server) opened(id fanout.SessionID) { s.sessions.opened(id) }
