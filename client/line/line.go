package line

import (
	"errors"
	"time"

	"heureka/wire"
)

// The reasons for which a Line leaves its node by itself.
var (
	ErrNoWelcome = errors.New("the node didn't answer the hello in time")
	ErrSilent    = errors.New("the node fell silent")
	ErrGoAway    = errors.New("the node asked to go elsewhere")
)

// Config holds the times of a Line. All must be positive.
type Config struct {
	// Greeting is how long the node may take to answer the hello.
	Greeting time.Duration
	// Heartbeat is the interval where the node's Welcome names none.
	Heartbeat time.Duration
	// MaxHeartbeat bounds the interval, and the delay of a go-away, that a node
	// may ask for.
	MaxHeartbeat time.Duration
	// SilentAfter is how many intervals without any word make a node dead.
	SilentAfter int
}

// DefaultConfig returns the times of docs/protocol.md.
func DefaultConfig() Config {
	return Config{
		Greeting:     5 * time.Second,
		Heartbeat:    10 * time.Second,
		MaxHeartbeat: 5 * time.Minute,
		SilentAfter:  3,
	}
}

// Departure is the decision to give a connection up.
type Departure struct {
	Err error // why
	// Here says that the same node is to be tried again after a pause; otherwise
	// another one is.
	Here bool
}

// phase is how far a connection has come.
type phase uint8

const (
	down     phase = iota // no connection
	greeting              // the hello is said, no Welcome yet
	up                    // both hellos are said
	leaving               // given up; nothing counts until Close
)

// Line is one connection after the other to one node after the other, as far as
// time matters: Open begins a connection, Close ends it.
type Line struct {
	cfg      Config
	phase    phase
	interval time.Duration // between heartbeats
	heard    time.Duration // the node's last word
	patience time.Duration // with a silent node, where it is less than that of the configuration; 0: none
	beat     time.Duration // when the next heartbeat is due
	away     time.Duration // when to leave, if goAway
	goAway   bool

	departure *Departure
}

// New returns a line without a connection.
func New(cfg Config) Line { return Line{cfg: cfg} }

// Open tells that a connection stands and the hello goes out now.
func (l *Line) Open(now time.Duration) {
	*l = Line{cfg: l.cfg, phase: greeting, heard: now, interval: l.cfg.Heartbeat}
}

// Close tells that the connection is gone, whoever ended it.
func (l *Line) Close() { *l = Line{cfg: l.cfg} }

// Greeting reports whether the Welcome is being waited for.
func (l *Line) Greeting() bool { return l.phase == greeting }

// Up reports whether both hellos are said and the connection is of use.
func (l *Line) Up() bool { return l.phase == up }

// Alive reports whether words of the node still count.
func (l *Line) Alive() bool { return l.phase == greeting || l.phase == up }

// Hear notes that the node said something.
func (l *Line) Hear(now time.Duration) { l.heard = now }

// Welcome takes the node's answer to the hello. It reports false, and does
// nothing, for a second one.
func (l *Line) Welcome(now time.Duration, w *wire.Welcome) bool {
	if l.phase != greeting {
		return false
	}
	l.phase = up
	if w.HeartbeatMs > 0 {
		l.interval = l.bounded(w.HeartbeatMs)
	}
	l.beat = now + l.interval
	return true
}

// Shorten makes heartbeats at least as frequent as one per interval for the
// rest of this connection. It ignores an interval of 0.
func (l *Line) Shorten(interval time.Duration) {
	if interval <= 0 || interval >= l.interval {
		return
	}
	l.beat -= l.interval - interval
	l.interval = interval
}

// Within makes the node count as dead after at most so long a silence, for the
// rest of this connection, but not before a heartbeat could be answered. It ignores
// a time of 0.
func (l *Line) Within(patience time.Duration) {
	if patience > 0 && (l.patience == 0 || patience < l.patience) {
		l.patience = patience
	}
}

// GoAway obeys the node's wish that the client leaves after a while.
func (l *Line) GoAway(now time.Duration, g *wire.GoAway) {
	if at := now + l.bounded(g.AfterMs); !l.goAway || at < l.away {
		l.goAway, l.away = true, at
	}
}

// Leave decides to give the connection up. The first reason counts.
func (l *Line) Leave(err error, here bool) {
	if l.Alive() {
		l.phase = leaving
		l.departure = &Departure{Err: err, Here: here}
	}
}

// Departure returns the decision to leave, once; nil if there is none to tell.
func (l *Line) Departure() *Departure {
	d := l.departure
	l.departure = nil
	return d
}

// Tick does what is due: it may decide to leave, and reports whether the client
// should say a heartbeat now.
func (l *Line) Tick(now time.Duration) (beat bool) {
	switch {
	case !l.Alive():
	case now >= l.deadline():
		if l.phase == greeting {
			l.Leave(ErrNoWelcome, false)
		} else {
			l.Leave(ErrSilent, false)
		}
	case l.goAway && now >= l.away:
		l.Leave(ErrGoAway, false)
	case l.phase == up && now >= l.beat:
		l.beat = now + l.interval
		return true
	}
	return false
}

// Due returns when Tick has something to do next, if anything at all.
func (l *Line) Due() (time.Duration, bool) {
	if !l.Alive() {
		return 0, false
	}
	due := l.deadline()
	if l.goAway {
		due = min(due, l.away)
	}
	if l.phase == up {
		due = min(due, l.beat)
	}
	return due, true
}

// deadline is when the node counts as dead unless it speaks before.
func (l *Line) deadline() time.Duration {
	if l.phase == greeting {
		return l.heard + l.cfg.Greeting
	}
	silent := time.Duration(l.cfg.SilentAfter) * l.interval
	if l.patience > 0 {
		silent = min(silent, max(l.patience, l.interval+l.interval/2))
	}
	return l.heard + silent
}

// bounded turns milliseconds that a node named into a time no longer than
// MaxHeartbeat.
func (l *Line) bounded(ms int64) time.Duration {
	return time.Duration(max(0, min(ms, l.cfg.MaxHeartbeat.Milliseconds()))) * time.Millisecond
}
