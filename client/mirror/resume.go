package mirror

import (
	"slices"

	"heureka/interest"
	"heureka/wire"
)

// resume is what a new connection needs to go on from where an earlier one was,
// at any node, instead of hearing everything again.
type resume struct {
	token string              // says what is held; opaque; empty: nothing to go on from
	of    []interest.Interest // that it was told for

	said    bool // on this connection, and not answered
	excused bool // the node said why it leaves, and that the token isn't why

	resumes, refusals uint64
	why               string // a node refused the token; to be told
}

// remember takes the node's word on where the subscription stands. What is held is
// what the node says, else this would be remembered of something else; and so it would
// be while others are asked for, as what comes next may be the way to them.
func (m *Mirror) remember(token string) {
	if len(m.open) == 0 {
		m.token, m.of = token, m.accepted
	}
}

// forget makes the next connection begin with a snapshot.
func (m *Mirror) forget() { m.token, m.of = "", nil }

// offer returns the token to subscribe with. It counts only in the beginning of a
// connection, and for the very interests that it was told for. Once others are
// asked for, or everything anew because of a difference, what is held isn't what it
// says any more.
func (m *Mirror) offer() string {
	if m.answered || len(m.open) > 0 {
		m.forget()
	}
	if !slices.Equal(m.of, m.want) {
		return ""
	}
	return m.token
}

// replace takes that everything is said anew. What is held stays until that has
// been said.
func (m *Mirror) replace(s *wire.Snapshot) {
	m.snapshots++
	m.replacing = true
	m.said = false
	if s.Refused != "" {
		m.refuse(s.Refused)
	}
}

// goOn takes that only what was missed is said.
func (m *Mirror) goOn() {
	m.replacing = false
	if m.said {
		m.said = false
		m.resumes++
	}
}

// refuse takes that a node can't go on from the token. Another one might, but not
// for long: the snapshot brings a newer token.
func (m *Mirror) refuse(why string) {
	m.forget()
	m.refusals++
	m.why = why
}

// blamed takes an error that answers a Subscribe with a token: perhaps it was the
// token and not the interests, so these are said once more without it.
func (m *Mirror) blamed(e *wire.Error) bool {
	at := slices.IndexFunc(m.open, func(a ask) bool { return a.seq == e.Seq && a.token })
	if at < 0 {
		return false
	}
	m.open = slices.Delete(m.open, at, at+1)
	m.said = false
	m.refuse(e.Error())
	if len(m.open) == 0 && !e.Code.Kind().Closes {
		m.seq++
		m.subscribe()
	}
	return true
}

// unanswered takes the end of a connection. A token on which a node may have
// broken isn't said to another one.
func (m *Mirror) unanswered() {
	if m.said && !m.excused {
		m.refuse("a connection ended over it")
	}
	m.said = false
}
