package simtest

import (
	"slices"

	"heureka/internal/promise"
	"heureka/wire"
)

// tokensKept is how many of the tokens told last a subscriber's judge remembers;
// the SDK keeps the newest that it could verify.
const tokensKept = 8

// remember keeps what is held where a token is told; not while other interests wait for
// their answer: what is held then may be on the way to them.
func (s *subscriber) remember(m wire.Message) {
	var token string
	switch m := m.(type) {
	case *wire.Synced:
		token = m.Token
	case *wire.Heartbeat:
		token = m.Token
	}
	if token == "" || !s.judge.Settled() {
		return
	}
	s.tokens = append(s.tokens, s.judge.Remember(token))
	if len(s.tokens) > tokensKept {
		s.tokens = slices.Delete(s.tokens, 0, 1)
	}
}

// resumes tells the judge of a Subscribe that brings a token.
func (s *subscriber) resumes(m *wire.Subscribe) {
	if m.Token == "" {
		return
	}
	at := slices.IndexFunc(s.tokens, func(t *promise.Memory) bool { return t.Token == m.Token })
	if at < 0 {
		s.w.broke("Resumable", s.name, "brings a token that nobody told lately")
		return
	}
	s.w.results.Resumes++
	s.judge.Resumes(m.Seq, s.tokens[at])
}
