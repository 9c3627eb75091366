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
	e.asking, e.doubted = false, false
	if answered {
		var w *word
		if info != nil {
			var err error
			if w, err = wordOf(info); err != nil || w.key != key {
				s.stats.LeftOut++
				w = nil
			}
		}
		e.asked, e.hasAsk = now.Mono, true
		s.know(e, w, now)
	}
	s.touch(e)
}

// know takes in what the old cluster holds from somebody who knows better than pages.
func (s *Sides) know(e *entry, w *word, now model.Moment) {
	e.hold = now.Mono + s.cfg.Settle
	s.take(e, w, now)
}
