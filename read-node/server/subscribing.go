package server

import (
	"errors"
	"math"
	"slices"
	"time"

	"heureka/interest"
	"heureka/internal/ops"
	"heureka/read-node/fanout"
	"heureka/read-node/resume"
	"heureka/read-node/session"
	"heureka/wire"
)

const (
	// surveyTries is how often a session matches its patterns because those who had
	// the same, and so spared it that, have gone meanwhile.
	surveyTries = 3
	// A Subscribe that took the loop as long as costly isn't followed by another one
	// of its session before restFor times as long: so no session gets more than a
	// tenth of the loop's time, however many instances its groups have.
	costly  = 100 * time.Microsecond
	restFor = 9
)

// subscribing is one Subscribe on its way to the loop, on its session's goroutine.
type subscribing struct {
	loop    *loop
	session *session.Session
	arrival resume.Arrival
	token   string
	took    time.Duration // of the loop's time
}

// Subscribe has patterns matched here, on the goroutine of the session that
// brought them: a costly one delays its own session, and not the loop.
func (l *loop) Subscribe(s *session.Session, m *wire.Subscribe, set interest.Set) {
	sub := &subscribing{loop: l, session: s, token: m.Token}
	sub.arrival = resume.Arrival{Session: s.ID, Subscription: fanout.Subscription{Seq: m.Seq, Set: set, Pace: pace(m.PaceMs)}}
	err, over := sub.pass()
	if over {
		return
	}
	if err != nil {
		s.Refuse(m.Seq, overloaded())
		return
	}
	sub.rest()
}

// pass passes the Subscribe on. It reports true if the session or the loop ended
// meanwhile.
func (s *subscribing) pass() (err error, over bool) {
	patterns := slices.ContainsFunc(s.arrival.Set.Atoms(), func(in interest.Interest) bool { return in.Op == interest.Like })
	for range surveyTries {
		if patterns && !s.survey() {
			return nil, true
		}
		if !s.ask(func(c *core) { err = c.subscribe(s.arrival, s.token, s.loop.now().Mono) }) {
			return nil, true
		}
		if !errors.Is(err, fanout.ErrUnsurveyed) {
			break
		}
	}
	return err, false
}

// ask has the loop do something, and counts the time that it takes.
func (s *subscribing) ask(f func(*core)) bool {
	return s.loop.ask(s.session.Ended(), func(c *core) {
		start := time.Now()
		f(c)
		took := time.Since(start)
		s.took += took
		c.subscribing += took
	})
}

// rest waits as long as the session owes others.
func (s *subscribing) rest() {
	if s.took < costly {
		return
	}
	timer := time.NewTimer(restFor * s.took)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.session.Ended():
	}
}

// survey matches the patterns against the view. It reports false if the session or
// the loop ended meanwhile.
func (s *subscribing) survey() bool {
	ended := s.session.Ended()
	select {
	case s.loop.surveys <- struct{}{}:
		defer func() { <-s.loop.surveys }()
	case <-ended:
		return false
	}
	var survey fanout.Survey
	if !s.ask(func(c *core) { survey = c.hub.Survey(s.arrival.Set) }) {
		return false
	}
	var ok bool
	s.arrival.Known, ok = survey.Match(func() bool { return ops.Closed(ended) })
	return ok
}

// pace returns the pace that a subscriber asks for; the hub bounds it.
func pace(ms int64) time.Duration {
	return time.Duration(max(0, min(ms, math.MaxInt32))) * time.Millisecond
}
