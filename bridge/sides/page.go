package sides

import (
	"time"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// Page takes in everything that a server of the old cluster shows, having been asked
// for it then: what is known from later times it can't show.
func (s *Sides) Page(now model.Moment, asked time.Duration, apps *dialect.Applications) {
	for _, e := range s.entries {
		e.page = nil
	}
	s.put(apps, nil)
	s.paged, s.pagedAt = true, asked
	for _, e := range s.entries {
		s.fromPage(e, false, now)
	}
	s.Sweep(now)
}

// Delta takes in what has changed at the server whose page was last taken in. It is
// false if the two don't make up what the server now has: another page is wanted.
// Asked is as for Page.
func (s *Sides) Delta(now model.Moment, asked time.Duration, delta *dialect.Applications) bool {
	s.pagedAt = asked
	s.put(delta, func(e *entry, removed bool) { s.fromPage(e, removed, now) })
	var census dialect.Census
	for _, e := range s.entries {
		if e.page != nil {
			census.Add(e.page.shows, 1)
		}
	}
	return census.String() == delta.Hash
}

// put notes what a document shows, and says so of each instance.
func (s *Sides) put(apps *dialect.Applications, noted func(e *entry, removed bool)) {
	for a := range apps.List {
		for i := range apps.List[a].Instances {
			info := &apps.List[a].Instances[i]
			w, err := wordOf(info)
			if err != nil {
				s.stats.LeftOut++
				continue
			}
			removed := info.Action == dialect.Deleted
			e := s.entries[w.key]
			if e == nil && !removed {
				e = s.entry(w.key)
			}
			if e == nil || removed && e.page == nil {
				continue // no room; or it is said for minutes that it went
			}
			switch {
			case removed:
				e.page = nil
			case same(w, e.old):
				e.page = e.old
			default:
				e.page = w
			}
			if noted != nil {
				noted(e, removed)
			}
		}
	}
}

// fromPage takes an entry to be as its page shows it. Removed says that the server
// told that it was taken out, which is more than that it isn't there.
func (s *Sides) fromPage(e *entry, removed bool, now model.Moment) {
	if e.hold != 0 {
		switch {
		case same(e.page, e.old):
		case s.pagedAt < e.hold:
			return
		case e.page != nil && (e.old == nil || e.page.stamp <= e.old.stamp):
			s.ask(e) // it was made while something changed, see [Config.Absent], or this was missed
			return
		}
		e.hold = 0
	}
	switch {
	case e.page != nil:
		if e.gone && e.page.override == "" {
			e.overrides.known = false // forgotten, as by a server that starts, and not ended
		}
		e.gone = false
		s.take(e, e.page, now)
	case e.old != nil && removed:
		s.take(e, nil, now)
	case e.old != nil && !e.gone:
		e.gone, e.since = true, now.Mono
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
	e.old = w
	if w == nil || w.stamp != e.beaten {
		e.beaten = 0
	}
	s.observe(e, now)
	s.touch(e)
}
