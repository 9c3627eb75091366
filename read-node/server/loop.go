package server

import (
	"errors"
	"math"
	"slices"
	"time"

	"heureka/cluster"
	"heureka/interest"
	"heureka/internal/ops"
	"heureka/model"
	"heureka/read-node/fanout"
	"heureka/read-node/session"
	"heureka/wire"
)

const (
	tickEvery = 50 * time.Millisecond
	beatEvery = 100 * time.Millisecond // some sessions hear a heartbeat
	batch     = 512                    // inputs that are taken before their effects are looked at
)

// network is what the loop needs of replication.Link.
type network interface {
	Incoming() <-chan cluster.Message
	Send(cluster.Outgoing) error
}

// loop is the goroutine that owns the core, and the way to it.
type loop struct {
	core      *core
	heartbeat time.Duration
	commands  chan command
	surveys   chan struct{} // holds one for each under way
	stop      chan struct{} // closed to end the loop
	stopped   chan struct{} // closed when it has ended
	start     time.Time
	published func(*core, model.Moment) // called after each tick
}

func (l *loop) now() model.Moment {
	now := time.Now()
	return model.Moment{Mono: now.Sub(l.start), Wall: now.UnixMicro()}
}

// run owns the core until stop is closed. What was posted before that is done.
func (l *loop) run(net network) {
	defer close(l.stopped)
	l.core.writers.start()
	defer l.core.writers.stop()
	at := make(chan struct{})
	close(at)
	var once <-chan struct{} // at, while there may be more to hand out
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	parts := max(1, uint64(l.heartbeat/beatEvery))
	heartbeat := time.NewTicker(l.heartbeat / time.Duration(parts))
	defer heartbeat.Stop()
	var part uint64
	paced := time.NewTimer(l.heartbeat)
	defer paced.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-ticker.C:
			now := l.now()
			l.core.tick(now)
			l.published(l.core, now)
		case <-paced.C: // somebody's next frame is due
		case <-heartbeat.C:
			l.core.hub.Beat(part, parts)
			part = (part + 1) % parts
		case m := <-net.Incoming():
			l.core.replica.Receive(l.now(), m)
		case c := <-l.commands:
			l.core.do(c, l.now())
		case p := <-l.core.writers.done:
			l.core.delivered(p)
		case <-once:
		}
		l.drain(net)
		once = nil
		if l.core.follow(l.now(), net.Send) {
			once = at
		}
		if due, waits := l.core.hub.Due(); waits {
			paced.Reset(due - l.now().Mono)
		}
	}
}

// drain takes what else has come, up to a batch, without waiting.
func (l *loop) drain(net network) {
	now := l.now()
	for range batch {
		select {
		case m := <-net.Incoming():
			l.core.replica.Receive(now, m)
		case c := <-l.commands:
			l.core.do(c, now)
		case p := <-l.core.writers.done:
			l.core.delivered(p)
		default:
			return
		}
	}
}

// post gives the loop a command. It waits for room, and does nothing once the
// loop has ended.
func (l *loop) post(c command) bool {
	select {
	case l.commands <- c:
		return true
	case <-l.stopped:
		return false
	}
}

// ask has f called by the loop and waits until it was. It reports false if the
// loop ended before, or the caller has no more interest.
func (l *loop) ask(cancelled <-chan struct{}, f func(*core)) bool {
	done := make(chan struct{})
	c := command{kind: commandAsk, ask: func(c *core) {
		f(c)
		close(done)
	}}
	select {
	case l.commands <- c:
	case <-cancelled:
		return false
	case <-l.stopped:
		return false
	}
	// The answer is worth waiting for: f may still be running.
	select {
	case <-done:
		return true
	case <-l.stopped:
		return false
	}
}

// Open, Subscribe, Written and Close make the loop the sessions' Hub.
func (l *loop) Open(s *session.Session) { l.post(command{kind: commandOpen, session: s}) }

// Subscribe has patterns matched here, on the goroutine of the session that
// brought them: a costly one delays its own session, and not the loop.
func (l *loop) Subscribe(s *session.Session, m *wire.Subscribe, set interest.Set) {
	c := command{kind: commandSubscribe, session: s, token: m.Token}
	c.sub = fanout.Subscription{Seq: m.Seq, Set: set, Pace: pace(m.PaceMs)}
	if !slices.ContainsFunc(set.Atoms(), func(in interest.Interest) bool { return in.Op == interest.Like }) {
		l.post(c)
		return
	}
	err := fanout.ErrUnsurveyed
	for range surveyTries {
		var ok bool
		if c.sub.Known, ok = l.survey(s, set); !ok {
			return
		}
		if !l.ask(s.Ended(), func(core *core) { err = core.subscribe(c, l.now().Mono) }) {
			return
		}
		if !errors.Is(err, fanout.ErrUnsurveyed) {
			break
		}
	}
	if err != nil {
		s.Refuse(m.Seq, overloaded())
	}
}

// pace returns the pace that a subscriber asks for; the hub bounds it.
func pace(ms int64) time.Duration {
	return time.Duration(max(0, min(ms, math.MaxInt32))) * time.Millisecond
}

// surveyTries is how often a session matches its patterns because those who had
// the same, and so spared it that, have gone meanwhile.
const surveyTries = 3

// survey reports false if the session or the loop ended meanwhile.
func (l *loop) survey(s *session.Session, set interest.Set) (fanout.Verdicts, bool) {
	select {
	case l.surveys <- struct{}{}:
		defer func() { <-l.surveys }()
	case <-s.Ended():
		return nil, false
	}
	var survey fanout.Survey
	if !l.ask(s.Ended(), func(c *core) { survey = c.hub.Survey(set) }) {
		return nil, false
	}
	return survey.Match(func() bool { return ops.Closed(s.Ended()) })
}

func (l *loop) Written(s *session.Session) { l.post(command{kind: commandWritten, session: s}) }

func (l *loop) Close(s *session.Session) { l.post(command{kind: commandClose, session: s}) }
