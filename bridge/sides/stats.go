package sides

import "time"

// Stats is how things stand.
type Stats struct {
	Old      int // instances of the old cluster, those not shown any more included
	Missing  int // of these, those that its pages leave out without a word
	Copies   int // instances of Heureka's that the old cluster holds
	Natives  int // instances whose clients registered in Heureka
	Mirrored int // instances of the old cluster in Heureka
	Asking   int // instances for which the old cluster is to be asked
	Shrunk   bool
	Emptied  bool

	LeftOut uint64            // instances that are beyond limits, or that say too little
	Words   map[Counted]int64 // answers, by what they are to
	Waiting []int             // by target: instances of which it may have to be told
}

// Counted is what an answer is counted by.
type Counted struct {
	Target Target
	Action string
	Code   int
}

// count counts an answer. Servers can answer anything: what is no status is 0.
func (s *Stats) count(t Target, f *flight, code int) {
	if code < 100 || code > 599 {
		code = 0
	}
	if s.Words == nil {
		s.Words = make(map[Counted]int64)
	}
	s.Words[Counted{t, f.Action, code}]++
}

// Stats returns how things stand. Its table belongs to the caller.
func (s *Sides) Stats() Stats {
	st := s.stats
	st.Shrunk, st.Emptied = s.shrunk, s.emptied
	st.Words = make(map[Counted]int64, len(s.stats.Words))
	for k, n := range s.stats.Words {
		st.Words[k] = n
	}
	for _, e := range s.entries {
		switch {
		case s.own(e):
			st.Old++
			if e.gone {
				st.Missing++
			}
		case s.copyOf(e):
			st.Copies++
		}
		if e.heu != nil && e.heu.peer && s.own(e) {
			st.Mirrored++
		} else if e.native() {
			st.Natives++
		}
	}
	st.Asking = len(s.asks.order)
	for t := range s.queues {
		st.Waiting = append(st.Waiting, len(s.queues[t].order))
	}
	return st
}

// Heard returns when the old cluster was last read, 0 if never.
func (s *Sides) Heard() time.Duration { return s.pagedAt }

// IsLevel reports whether all that Heureka has is known.
func (s *Sides) IsLevel() bool { return s.level }
