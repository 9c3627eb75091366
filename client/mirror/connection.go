package mirror

import (
	"time"

	"heureka/client/line"
	"heureka/wire"
)

// Connect tells that a connection stands on which that format is spoken: the hello
// is the first frame on it.
func (m *Mirror) Connect(now time.Duration, format wire.Format) {
	m.line.Open(now)
	m.format = format
	m.say(&wire.Hello{Version: wire.ProtocolVersion, Client: m.cfg.Client})
}

// Lost tells that the connection is gone. The view stays as it is.
func (m *Mirror) Lost() {
	m.line.Close()
	m.node, m.limit, m.stale, m.frames = "", 0, false, nil
	m.open, m.answered = nil, false
	m.unanswered()
	m.replacing, m.level, m.repairing = false, false, false
}

// Receive takes a message of the node. Messages that belong to the other channel
// are ignored.
func (m *Mirror) Receive(now time.Duration, message wire.Message) {
	if !m.line.Alive() {
		return
	}
	m.line.Hear(now)
	switch message := message.(type) {
	case *wire.Welcome:
		if m.line.Welcome(now, message) {
			m.node, m.limit = message.Node, message.MaxMessage
			m.subscribe()
		}
	case *wire.Snapshot:
		m.replace(message)
	case *wire.Resumed:
		m.goOn()
	case *wire.Put:
		m.put(now, message)
	case *wire.Remove:
		m.remove(message.Key())
	case *wire.Synced:
		m.sync(message)
	case *wire.Heartbeat:
		m.beat(message)
	case *wire.GoAway:
		m.excused = true
		m.line.GoAway(now, message)
	case *wire.Error:
		m.complaint(message)
	}
}

// complaint takes an error of the node.
func (m *Mirror) complaint(e *wire.Error) {
	row := e.Code.Kind()
	retry := e.Retry
	if retry != wire.RetryNo && retry != wire.RetryYes && retry != wire.RetryElsewhere {
		retry = row.Retry
	}
	m.excused = m.excused || retry != wire.RetryNo && e.Code != wire.CodeInternal
	if retry == wire.RetryNo && !m.blamed(e) && !m.refused(e) && row.Closes && !m.synced {
		m.failed = e // this node doesn't talk with us, and no other ever did
	}
	if row.Closes || retry != wire.RetryNo {
		m.line.Leave(e, retry == wire.RetryYes)
	}
}

// Tick does what is due at that moment: show what was fenced long enough, or
// decide that the node is dead.
func (m *Mirror) Tick(now time.Duration) {
	m.line.Tick(now) // the node says the heartbeats on this channel
	m.unfence(now)
}

// Due returns when to call Tick next; false while there is no connection.
func (m *Mirror) Due() (time.Duration, bool) { return m.line.Due() }

// Effects is what there is to do.
type Effects struct {
	Frames    [][]byte // to write in this order
	Settled   []Settled
	Departure *line.Departure // give the connection up, then call Lost; nil: stay
	// Refused is why the node doesn't resume, for people; empty: nothing was refused.
	Refused string
	// Failed says that the subscription is over: the node refused the interests,
	// and there are none before them to go back to. It is a *wire.Error.
	Failed error
}

// Drain returns what there is to do since the last time.
func (m *Mirror) Drain() Effects {
	out := Effects{Frames: m.frames, Settled: m.outcomes, Departure: m.line.Departure(), Refused: m.why, Failed: m.failed}
	m.frames, m.outcomes, m.why = nil, nil, ""
	return out
}
