package server

import (
	"time"

	"heureka/cluster"
	"heureka/model"
	"heureka/read-node/session"
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
			l.core.do(c)
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
			l.core.do(c)
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

func (l *loop) Written(s *session.Session) { l.post(command{kind: commandWritten, session: s}) }

func (l *loop) Close(s *session.Session) { l.post(command{kind: commandClose, session: s}) }
