package sides

import (
	"heureka/eureka1/dialect"
	"heureka/model"
)

// Asks returns the next instance for which a server of the old cluster is to be asked,
// and not for its page, which may be old.
func (s *Sides) Asks() (model.Key, bool) {
	for {
		key, ok := s.asks.next()
		if e := s.entries[key]; !ok || e != nil && e.asking {
			return key, ok
		}
	}
}

// ask has the old cluster asked for an entry.
func (s *Sides) ask(e *entry) {
	if !e.asking {
		e.asking = true
		s.asks.add(e.key)
	}
}

// Asked takes in what was answered: an instance, or nil for none. Without an answer
// things stay as they were taken to be.
func (s *Sides) Asked(now model.Moment, key model.Key, info *dialect.Info, answered bool) {
	e := s.entries[key]
	if e == nil {
		return
	}
	if _, again := s.asks.has[key]; again {
		return // it is to be asked for anew, as this may be from before what raised a doubt
	}
	if e.asking = false; !answered {
		return // whoever wants to know asks again with the next sweep: at once it would be asked without end
	}
	s.answeredFor(e, s.wordFor(e, info), now)
	s.touch(e)
}

// wordFor returns what a server says of an entry, nil for nothing that counts.
func (s *Sides) wordFor(e *entry, info *dialect.Info) *word {
	if info == nil {
		return nil
	}
	w, err := wordOf(info)
	if err != nil || w.key != e.key {
		s.stats.LeftOut++
		return nil
	}
	return w
}

// answeredFor takes in what the server that is read has of an entry just now. Its own
// later words can be told from earlier ones by its clock.
func (s *Sides) answeredFor(e *entry, w *word, now model.Moment) {
	e.asked, e.hasAsk, e.doubted = now.Mono, true, 0
	e.confirmed(w)
	s.know(e, w, now)
	if w != nil && w.info.LastUpdatedMs != 0 {
		s.hear(e, w, now.Mono) // pages may not have been read for long
		e.page, e.hold = e.old, 0
	}
}

// know takes in what the old cluster holds from somebody who knows better than pages.
func (s *Sides) know(e *entry, w *word, now model.Moment) {
	e.hold = now.Mono + s.cfg.Settle
	s.take(e, w, now)
}
