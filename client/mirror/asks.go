package mirror

import (
	"fmt"
	"slices"

	"heureka/interest"
	"heureka/wire"
)

// asks is what the subscription asks for: which interests, which of them the
// node has accepted, and which Subscribes wait for their answer.
type asks struct {
	want     []interest.Interest // what the application wants, newest
	accepted []interest.Interest // what a node answered with a Synced last
	seq      uint64              // number of want; repeated on each connection
	settled  uint64              // every wish up to here is
	open     []ask               // said on this connection, not answered
	answered bool                // this connection holds a set of interests
	outcomes []Settled
}

// ask is a Subscribe that waits for its answer.
type ask struct {
	seq       uint64
	interests []interest.Interest
	token     bool // it carries one
}

// Settled tells that the interests with the numbers from First to Last, which
// SetInterests returned, are in force, or were replaced by newer ones that are;
// or that they are refused.
type Settled struct {
	First, Last uint64
	Err         error // *wire.Error if refused
}

// SetInterests wants other interests from now on, on the living connection if
// there is one. The number turns up in a Settled.
func (m *Mirror) SetInterests(interests []interest.Interest) (seq uint64) {
	m.seq++
	m.want = slices.Clone(interests)
	m.subscribe()
	return m.seq
}

// subscribe says the wanted interests, and where to go on from if it can.
func (m *Mirror) subscribe() {
	if !m.line.Up() {
		return
	}
	token := m.offer()
	size := m.say(&wire.Subscribe{Seq: m.seq, Interests: m.want, Token: token, PaceMs: m.cfg.Pace.Milliseconds()})
	large := m.limit > 0 && size > m.limit
	if large {
		m.frames = m.frames[:len(m.frames)-1]
	}
	if large && token != "" {
		m.refuse("with it the message is too large")
		m.subscribe()
		return
	}
	m.said, m.excused = token != "", false
	m.open = append(m.open, ask{m.seq, m.want, token != ""})
	if large {
		m.refused(wire.NewError(wire.CodeTooLarge, "%d bytes, the node takes %d", size, m.limit).For(m.seq))
	}
}

// say adds a frame and returns its size in bytes.
func (m *Mirror) say(message wire.Message) int {
	text, err := m.format.Append(nil, message)
	if err != nil {
		panic(fmt.Sprintf("mirror: %v", err)) // texts and numbers always encode
	}
	m.frames = append(m.frames, text)
	return len(text)
}

// fulfilled takes a Synced that answers the Subscribe with that number, and
// those before it. It reports whether that was the newest.
func (m *Mirror) fulfilled(seq uint64) bool {
	for len(m.open) > 0 && m.open[0].seq <= seq {
		m.accepted, m.answered = m.open[0].interests, true
		m.open = m.open[1:]
	}
	if seq > m.settled {
		m.outcomes = append(m.outcomes, Settled{First: m.settled + 1, Last: seq})
		m.settled = seq
	}
	return len(m.open) == 0
}

// refused takes the node's refusal of a Subscribe: for the interests before it,
// if it was the newest, or for good, if there are none. It reports whether the
// error answers a Subscribe at all.
func (m *Mirror) refused(e *wire.Error) bool {
	at := slices.IndexFunc(m.open, func(a ask) bool { return a.seq == e.Seq })
	if at < 0 {
		return false
	}
	bad := m.open[at]
	first := m.settled + 1
	if at > 0 {
		first = m.open[at-1].seq + 1
	}
	m.open = slices.Delete(m.open, at, at+1)
	m.outcomes = append(m.outcomes, Settled{First: first, Last: bad.seq, Err: e})
	if bad.seq != m.seq {
		return true // a newer one is on its way
	}
	switch {
	case len(m.open) > 0: // on its way as well, and older
		m.want = m.open[len(m.open)-1].interests
	case m.accepted == nil, slices.Equal(bad.interests, m.accepted):
		m.failed = e
	default:
		m.want = m.accepted
		if !m.answered { // this connection has never heard of it
			m.seq++
			m.subscribe()
		}
	}
	return true
}
