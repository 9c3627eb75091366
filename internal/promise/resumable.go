package promise

import (
	"maps"

	"heureka/model"
	"heureka/wire"
)

// Memory is what a subscriber keeps for the case that its connection ends: a
// token, and what it held when it was told it.
type Memory struct {
	Token  string
	held   map[model.Key]Held
	digest uint64
}

// Remember returns what the subscriber holds, with the token that the message
// just received carried.
func (s *Session) Remember(token string) *Memory {
	return &Memory{Token: token, held: maps.Clone(s.held), digest: s.digest}
}

// Resumes notes that the Subscribe with that number, the connection's first, brings
// a valid token. The judge goes on from what was held where that was told,
// whatever the subscriber has heard since: so it sees whether anything is missing.
func (s *Session) Resumes(seq uint64, m *Memory) {
	s.token = &brought{seq: seq, valid: true}
	s.held, s.digest = maps.Clone(m.held), m.digest
}

// Pretends notes that the Subscribe with that number brings a token that no node
// of the cluster has told for these interests.
func (s *Session) Pretends(seq uint64) { s.token = &brought{seq: seq} }

// brought is a token that waits for its answer.
type brought struct {
	seq   uint64
	valid bool
	went  bool // Resumed has come
}

// unjustified reports whether a valid token is never refused for that reason.
func unjustified(reason string) bool {
	return reason == "malformed" || reason == "foreign" || reason == "interests"
}

// judgeToken looks for the node's word on a token: it is the first after it.
func (s *Session) judgeToken(m wire.Message) {
	t := s.token
	switch m := m.(type) {
	case *wire.Resumed:
		switch {
		case t == nil || t.went || m.Seq != t.seq:
			s.report.fail(Resumable, s.name, model.Key{}, "resumed %d, which nobody asked for", m.Seq)
		case !t.valid:
			s.report.fail(Resumable, s.name, model.Key{}, "an invalid token was taken")
		default:
			t.went = true
		}
	case *wire.Snapshot:
		switch {
		case t == nil || m.Seq != t.seq:
		case t.valid && unjustified(m.Refused):
			s.report.fail(Resumable, s.name, model.Key{}, "a valid token was refused: %s", m.Refused)
		case !t.valid && m.Refused == "":
			s.report.fail(Resumable, s.name, model.Key{}, "an invalid token wasn't refused aloud")
		}
		s.token = nil
	case *wire.Put, *wire.Remove, *wire.Synced:
		if t != nil && !t.went {
			s.report.fail(Resumable, s.name, model.Key{}, "a %s before a word on the token", m.Type())
			s.token = nil
		}
	}
}

// resumed reports whether what was missed has just been said, and to whom a
// difference is to be put down.
func (s *Session) resumed() Name {
	if s.token == nil {
		return Gapless
	}
	s.token = nil
	return Resumable
}
