package sides

import "heureka/model"

// Shows takes in what Heureka shows of an instance from now on; nil: nothing.
func (s *Sides) Shows(now model.Moment, key model.Key, in *model.Instance) {
	e := s.entries[key]
	if e == nil {
		if in == nil {
			return
		}
		if e = s.entry(key); e == nil {
			return
		}
	}
	before := e.heu
	if in == nil {
		s.left(e, before, now)
	} else {
		e.heu, e.doubted, e.denied = showing(in, before, now), 0, false
		s.came(e, before)
	}
	s.observe(e, now)
	s.touch(e)
}

// came notes whether a client has come to Heureka: its word in the old cluster is one
// of an earlier life.
func (s *Sides) came(e *entry, before *shown) {
	if !e.native() {
		return
	}
	e.beatenUntil = 0
	if s.level && (before == nil || before.peer) && s.own(e) {
		e.beaten = e.old.stamp
	}
}

// left notes that an instance isn't in Heureka any more.
func (s *Sides) left(e *entry, before *shown, now model.Moment) {
	e.heu, e.heuGone, e.denied = nil, now.Mono, false
	if before == nil {
		return
	}
	if !before.peer {
		e.beatenUntil = now.Mono + s.cfg.Twin
		s.miss(e)
	} else if e.in.hash != 0 && s.own(e) { // not our doing: who has heard more of the old cluster may have done it
		e.doubted, e.hasAsk, e.asking = now.Mono, false, false
		s.hearsay(now, e, false, "")
	}
	e.in.hash = 0
}

// Level takes in whether what Heureka showed is all that there is, and up to date.
func (s *Sides) Level(now model.Moment, level bool) {
	if level || s.level {
		s.levelAt = now.Mono
	}
	if level && !s.known {
		s.known, s.knownAt = true, now.Mono
	}
	s.level = level
}

// miss counts what has gone from Heureka, of which the old cluster was told, as it may
// be a mass of which the old cluster must not hear before the next sweep sees it.
func (s *Sides) miss(e *entry) {
	if s.told(e) {
		s.lost++
		s.emptied = s.emptied || s.tooMuch(s.lost, s.tells)
	}
}
