package sides

import (
	"time"

	"heureka/model"
)

// Sweep lets time pass: it looks at everything for which its time may have come. Call
// it each second.
func (s *Sides) Sweep(now model.Moment) {
	s.judge()
	for key, e := range s.entries {
		if e.hold != 0 && s.pagedAt >= e.hold {
			s.fromPage(e, now)
		}
		s.inquire(e, now)
		s.doubt(e)
		e.denied = e.denied && !s.level
		if e.gone && s.believed(e) {
			s.take(e, nil, now)
		}
		if e.heu != nil && e.heu.peer || s.own(e) && !e.native() {
			e.out = nil // it is the old cluster's again
		}
		s.compare(e, now)
		s.observe(e, now)
		if s.idle(e, now) {
			delete(s.entries, key)
			continue
		}
		s.look(e, now)
	}
}

// doubt has the old cluster asked until it answers for what somebody else has taken out
// of Heureka, as saying it again without that would bring back what has ended. A page
// that is surely newer does as well.
func (s *Sides) doubt(e *entry) {
	switch {
	case e.doubted == 0:
	case e.old == nil, e.page != nil && s.pagedAt-e.doubted >= s.cfg.Settle:
		e.doubted = 0
	default:
		s.ask(e)
	}
}

// compare notes since when Heureka has had a later word of an instance than the old
// cluster it is from. If that goes on, the old cluster is asked: pages may be kept longer.
func (s *Sides) compare(e *entry, now model.Moment) {
	switch {
	case !s.own(e) || !e.isAhead():
		e.ahead = 0
	case e.ahead == 0:
		e.ahead = now.Mono
	case s.pagedAt-e.ahead >= s.cfg.Settle && !s.outlived(e):
		s.ask(e)
	}
}

// isAhead reports whether what Heureka mirrors says a later time than the old cluster
// has, if both say any.
func (e *entry) isAhead() bool {
	return e.heu != nil && e.heu.peer && e.old != nil && e.old.stamp != 0 && e.heu.in.LastChangedMs > e.old.stamp
}

// outlived reports whether that later word is one of a former life, by a clock that was
// set back since: the old cluster has been asked long after that was told.
func (s *Sides) outlived(e *entry) bool {
	return e.ahead != 0 && e.hasAsk && e.asked-e.ahead >= s.cfg.Settle
}

// judge finds out whether either side has lost more at once than is plausible.
func (s *Sides) judge() {
	var old, missing int
	s.tells, s.lost = 0, 0
	for _, e := range s.entries {
		if s.own(e) {
			old++
			if e.gone {
				missing++
			}
		}
		if s.told(e) {
			s.tells++
			if e.heu == nil {
				s.lost++
			}
		}
	}
	s.shrunk, s.emptied = s.tooMuch(missing, old), s.tooMuch(s.lost, s.tells)
}

func (s *Sides) tooMuch(lost, of int) bool {
	return lost > s.cfg.Few && float64(lost) > s.cfg.Share*float64(of)
}

// believed reports whether what the pages leave out has gone: they have gone on
// leaving it out for long enough.
func (s *Sides) believed(e *entry) bool {
	wait := s.cfg.Absent
	if s.shrunk {
		wait = max(wait, s.cfg.Patience)
	}
	return s.pagedAt-e.since >= wait
}

// look puts an entry into the queues of those who are to be told something of it.
func (s *Sides) look(e *entry, now model.Moment) {
	for t := range s.queues {
		if _, waits := s.queues[t].has[e.key]; !waits && !s.flying(e, Target(t)) && len(s.items(e, Target(t), now)) > 0 {
			s.queues[t].add(e.key)
		}
	}
}

// idle reports whether there is nothing left to know of an entry.
func (s *Sides) idle(e *entry, now model.Moment) bool {
	if e.page != nil || e.old != nil || e.heu != nil || e.asking || now.Mono < e.hold || s.remembers(e) {
		return false
	}
	if e.in.flight || e.in.hash != 0 && now.Mono-e.in.at < s.cfg.Resend {
		return false
	}
	for i := range e.out {
		if e.out[i].hash != 0 || e.out[i].flight {
			return false
		}
	}
	for t := range s.queues { // which are no longer than there are entries
		if _, waits := s.queues[t].has[e.key]; waits {
			return false
		}
	}
	return true
}

// told reports whether a server of the old cluster was told of an entry.
func (s *Sides) told(e *entry) bool {
	for i := range e.out {
		if e.out[i].hash != 0 {
			return true
		}
	}
	return s.cfg.BothWays && s.copyOf(e)
}

// silent reports whether a side hasn't been heard of for so long that what it had is
// no longer taken for granted.
func (s *Sides) silent(heard time.Duration, now model.Moment) bool {
	return now.Mono-heard > s.cfg.Patience
}
