package promise

import (
	"slices"

	"heureka/model"
	"heureka/wire"
)

// Session judges one subscription connection: Ordered, Unique, Filtered,
// Resumable, and Gapless as far as count and digest show it. It is told of each Subscribe as it
// is sent and of each message as it arrives, in that order, and keeps what a
// subscriber that obeys the stream holds.
//
// A client that reconnects begins another Session; see Resumes for one that brings
// a token.
type Session struct {
	name   string
	report *Report

	held   map[model.Key]Held
	digest uint64                      // sum of the hashes in held
	told   map[model.Key]model.Version // greatest version ever told, of what is gone too
	gone   map[model.Key]bool          // removed by a change, not by a switch of interests

	interest Matcher
	pending  []subscribed

	token     *brought // until what was missed is said
	replacing bool     // between a Snapshot and its Synced
	replaced  map[model.Key]bool
}

// Held is what a subscriber holds of one instance.
type Held struct {
	Version  model.Version
	Hash     uint64
	Instance *model.Instance
}

// Matcher tells whether an instance is within a set of interests.
type Matcher func(*model.Instance) bool

type subscribed struct {
	seq     uint64
	matches Matcher
}

// NewSession returns the judge of a connection that has just been opened. The
// name is for people.
func NewSession(name string, report *Report) *Session {
	return &Session{
		name:     name,
		report:   report,
		held:     make(map[model.Key]Held),
		told:     make(map[model.Key]model.Version),
		gone:     make(map[model.Key]bool),
		interest: func(*model.Instance) bool { return false },
	}
}

// Subscribed notes that a Subscribe with that number is being sent. From here
// until it is answered, instances of the old set and of the new may arrive.
func (s *Session) Subscribed(seq uint64, matches Matcher) {
	s.pending = append(s.pending, subscribed{seq, matches})
}

// Receive judges the next message of the stream and obeys it.
func (s *Session) Receive(m wire.Message) {
	s.judgeToken(m)
	switch m := m.(type) {
	case *wire.Snapshot:
		s.replacing = true
		s.replaced = make(map[model.Key]bool)
	case *wire.Put:
		s.put(m)
	case *wire.Remove:
		s.remove(m.Key())
	case *wire.Synced:
		s.synced(m)
	case *wire.Heartbeat:
		if m.Check != nil && !s.replacing {
			s.check(*m.Check, Gapless)
		}
	case *wire.Error:
		s.refused(m.Seq)
	}
}

func (s *Session) put(m *wire.Put) {
	if m.Instance == nil {
		s.report.fail(Ordered, s.name, model.Key{}, "a put without an instance")
		return
	}
	key := m.Instance.Key()
	version, err := model.ParseVersion(m.Version)
	if err != nil || version.IsZero() {
		s.report.fail(Ordered, s.name, key, "version %q can't be ordered", m.Version)
		return
	}
	hash, err := wire.ParseHash(m.Hash)
	if err != nil {
		s.report.fail(Gapless, s.name, key, "hash %q can't be summed", m.Hash)
		return
	}
	if !s.wanted(m.Instance) {
		s.report.fail(Filtered, s.name, key, "put at %s is outside the interest", version)
	}
	s.judgeVersion(key, version)

	s.digest += hash - s.held[key].Hash
	s.held[key] = Held{version, hash, m.Instance}
	s.told[key] = version
	delete(s.gone, key)
	if s.replacing {
		s.replaced[key] = true
	}
}

// judgeVersion compares the version of a put with what was told of the key.
func (s *Session) judgeVersion(key model.Key, version model.Version) {
	last, told := s.told[key]
	if !told {
		return
	}
	_, holds := s.held[key]
	repeats := s.replacing && !s.replaced[key] // a snapshot says again what was said before it
	switch order := version.Compare(last); {
	case order < 0:
		s.report.fail(Ordered, s.name, key, "put at %s after %s", version, last)
	case order == 0 && holds && !repeats:
		s.report.fail(Unique, s.name, key, "put at %s twice", version)
	case order == 0 && s.gone[key]:
		s.report.fail(Ordered, s.name, key, "put at %s after its removal", version)
	}
}

// wanted reports whether the instance may arrive now.
func (s *Session) wanted(in *model.Instance) bool {
	return s.interest(in) || slices.ContainsFunc(s.pending, func(p subscribed) bool { return p.matches(in) })
}

func (s *Session) remove(key model.Key) {
	if h, ok := s.held[key]; ok {
		s.digest -= h.Hash
		delete(s.held, key)
		if len(s.pending) == 0 {
			s.gone[key] = true
		}
	}
}

func (s *Session) synced(m *wire.Synced) {
	for i, p := range s.pending {
		if p.seq == m.Seq {
			s.interest = p.matches
			s.pending = slices.Delete(s.pending, 0, i+1)
			break
		}
	}
	if s.replacing {
		s.replacing = false
		for key, h := range s.held {
			if !s.replaced[key] {
				s.digest -= h.Hash
				delete(s.held, key)
			}
		}
		s.replaced = nil
	}
	for key, h := range s.held {
		if !s.interest(h.Instance) {
			s.report.fail(Filtered, s.name, key, "held at %s and outside the interest when synced", h.Version)
		}
	}
	s.check(m.Check, s.resumed())
}

// refused forgets the Subscribe that an error answers: the interests of before
// stay.
func (s *Session) refused(seq uint64) {
	s.pending = slices.DeleteFunc(s.pending, func(p subscribed) bool { return p.seq == seq })
}

func (s *Session) check(c wire.Check, promise Name) {
	if have := wire.FormatHash(s.digest); c.Count != len(s.held) || c.Digest != have {
		s.report.fail(promise, s.name, model.Key{}, "holds %d instances with digest %s where the node counts %d with %s",
			len(s.held), have, c.Count, c.Digest)
	}
}

// Settled reports whether every Subscribe so far was answered.
func (s *Session) Settled() bool { return len(s.pending) == 0 && !s.replacing }

// Replacing reports whether a snapshot is on its way, which says again what was
// said before.
func (s *Session) Replacing() bool { return s.replacing }

// Get returns what is held of a key.
func (s *Session) Get(key model.Key) (Held, bool) {
	h, ok := s.held[key]
	return h, ok
}

// Len returns how many instances are held.
func (s *Session) Len() int { return len(s.held) }

// Digest returns the sum, modulo 2^64, of the content hashes of what is held.
func (s *Session) Digest() uint64 { return s.digest }

// View returns what is held, for Converge, under the interests last answered.
func (s *Session) View() View {
	view := View{Name: s.name, Matches: s.interest, Holds: make(map[model.Key]*model.Instance, len(s.held))}
	for key, h := range s.held {
		view.Holds[key] = h.Instance
	}
	return view
}
