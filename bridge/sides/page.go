package sides

import (
	"time"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// Page takes in everything that a server of the old cluster shows, having been asked
// for it then: what is known from later times it can't show.
func (s *Sides) Page(now model.Moment, asked time.Duration, apps *dialect.Applications) {
	s.pagedAt = asked
	s.pages++
	s.put(apps, nil)
	for _, e := range s.entries {
		if e.shownBy != s.pages {
			e.page = nil
		}
		s.fromPage(e, now)
	}
	s.Sweep(now)
}

// Delta takes in what has changed at the server whose page was last taken in. It is
// false if the two don't make up what the server now has: another page is wanted.
// Asked is as for Page.
func (s *Sides) Delta(now model.Moment, asked time.Duration, delta *dialect.Applications) bool {
	s.pagedAt = asked
	s.put(delta, func(e *entry, removed *word) {
		if removed != nil {
			s.removed(e, removed, now)
		} else {
			s.fromPage(e, now)
		}
	})
	var census dialect.Census
	for _, e := range s.entries {
		if e.page != nil {
			census.Add(e.page.shows, 1)
		}
	}
	return census.String() == delta.Hash
}

// Turned takes in that another server of the old cluster is read from now on: its clock
// is another, and its pages may be older than what was heard last of the one before.
func (s *Sides) Turned(now model.Moment) {
	for _, e := range s.entries {
		e.heard = heard{}
		if e.changed != 0 {
			e.hold = max(e.hold, e.changed+s.cfg.Settle)
		}
	}
}

// put notes what a document shows, and says so of each instance; with what was removed,
// if it was.
func (s *Sides) put(apps *dialect.Applications, noted func(e *entry, removed *word)) {
	s.stats.LeftOut += uint64(apps.LeftOut)
	for a := range apps.List {
		for i := range apps.List[a].Instances {
			info := &apps.List[a].Instances[i]
			w, err := wordOf(info)
			if err != nil {
				s.stats.LeftOut++
				continue
			}
			e := s.entries[w.key]
			if e == nil && info.Action != dialect.Deleted {
				e = s.entry(w.key)
			}
			if e == nil {
				continue // no room; or it is said for minutes that it went
			}
			s.putWord(e, w, noted)
		}
	}
}

func (s *Sides) putWord(e *entry, w *word, noted func(e *entry, removed *word)) {
	e.shownBy = s.pages
	if s.isLate(e, w) {
		return
	}
	s.hear(e, w, s.pagedAt)
	removed := w.info.Action == dialect.Deleted
	switch {
	case removed:
	case same(w, e.old):
		e.page = e.old
	default:
		e.page = w
	}
	switch {
	case noted == nil:
	case removed:
		noted(e, w)
	default:
		noted(e, nil)
	}
}

// fromPage takes an entry to be as its page shows it.
func (s *Sides) fromPage(e *entry, now model.Moment) {
	if s.holds(e) {
		return
	}
	switch {
	case e.page != nil:
		if e.gone && e.page.override == "" {
			e.overrides.known = false // forgotten, as by a server that starts, and not ended
		}
		e.gone = false
		s.take(e, e.page, now)
	case e.old != nil && !e.gone:
		e.gone, e.since = true, now.Mono
	}
}

// holds reports whether what is known of an entry otherwise counts against its page.
func (s *Sides) holds(e *entry) bool {
	if e.hold == 0 {
		return false
	}
	switch {
	case same(e.page, e.old):
	case s.pagedAt < e.hold:
		return true
	case e.page != nil && (e.old == nil || e.page.stamp <= e.old.stamp):
		s.ask(e) // it was made while something changed, see [Config.Absent], or this was missed
		return true
	}
	e.hold = 0
	return false
}

// removed takes in that the server told that an instance was taken out, which is more
// than that it isn't there. It goes on telling so for minutes, and may mean another life
// than the one that is known.
func (s *Sides) removed(e *entry, w *word, now model.Moment) {
	shown := e.page != nil
	e.page = nil
	s.deny(e, w.mark)
	switch {
	case e.old == nil, e.hold != 0 && s.pagedAt < e.hold:
	case shown && e.hold == 0 && w.stamp >= e.old.stamp:
		s.take(e, nil, now)
	default:
		s.ask(e)
	}
}

// deny notes that somebody has taken what is of this Heureka out of the old cluster. As
// long as Heureka isn't heard, it may have gone from there.
func (s *Sides) deny(e *entry, mark string) {
	if mark == s.cfg.Name && e.native() && !s.level {
		e.denied = true
	}
}

func same(a, b *word) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.stamp == b.stamp && a.hash == b.hash && a.override == b.override && a.shows == b.shows && a.mark == b.mark
}

// take takes it that this is what the old cluster holds.
func (s *Sides) take(e *entry, w *word, now model.Moment) {
	if e.gone = false; same(e.old, w) {
		return
	}
	if e.old != nil {
		e.ended = e.old.stamp
	}
	e.old, e.changed = w, now.Mono
	if e.asking {
		s.asks.add(e.key) // what is on its way to be answered may be from before
	}
	if w == nil || w.stamp != e.beaten {
		e.beaten = 0
	}
	s.observe(e, now)
	s.touch(e)
}
