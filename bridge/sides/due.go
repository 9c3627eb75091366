package sides

import (
	"net/http"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// mostCancels bounds how often the time doubles after which it is told again that an
// instance has gone: who brings it back each time may be right, see docs/migration.md.
const mostCancels = 10

// mostOfOne is how many items one entry may have at once.
const mostOfOne = 3

// Due returns what a target is to be told next, about so many items at most, none if
// there is nothing. Told or Failed must be called before its next.
func (s *Sides) Due(now model.Moment, t Target, most int) []dialect.Item {
	var list []flight
	for len(list)+mostOfOne <= max(most, mostOfOne) {
		key, ok := s.queues[t].next()
		if !ok {
			break
		}
		e := s.entries[key]
		if e == nil {
			continue
		}
		more := s.items(e, t, now)
		if len(more) > 0 {
			s.fly(e, t, true)
		}
		list = append(list, more...)
	}
	s.flights[t] = list
	items := make([]dialect.Item, len(list))
	for i := range list {
		items[i] = list[i].Item
		if t == Heureka || items[i].Action != dialect.Cancel {
			continue
		}
		items[i].LastDirtyMs = 0 // not said by Eureka servers
	}
	return items
}

func (s *Sides) flying(e *entry, t Target) bool {
	if t == Heureka {
		return e.in.flight
	}
	return e.outAt(t).flight
}

func (s *Sides) fly(e *entry, t Target, flight bool) { s.copied(e, t).flight = flight }

// copied returns what a target has been told of an entry, to be changed.
func (s *Sides) copied(e *entry, t Target) *copied {
	if t == Heureka {
		return &e.in
	}
	if e.out == nil {
		e.out = make([]copied, len(s.queues)-1)
	}
	return &e.out[t-1]
}

// Failed takes in that what was due wasn't answered: it is due again.
func (s *Sides) Failed(t Target) {
	list := s.landed(t)
	for i := range list {
		s.queues[t].add(list[i].key)
		if e := s.entries[list[i].key]; e != nil && list[i].Action == dialect.Register {
			e.mayHold(t, &list[i])
		}
	}
}

// unsure is the hash of what may have been accepted: of nothing that anybody says.
const unsure = 1

// mayHold notes that a registration may have been done although nobody said so: what
// Heureka may mirror is taken out of it when it has gone. What the old cluster may hold,
// its pages show.
func (e *entry) mayHold(t Target, f *flight) {
	if t == Heureka {
		e.in.hash, e.in.stamp = unsure, max(e.in.stamp, f.LastDirtyMs)
	}
}

func (s *Sides) landed(t Target) []flight {
	list := s.flights[t]
	s.flights[t] = nil
	for i := range list {
		if e := s.entries[list[i].key]; e != nil {
			s.fly(e, t, false)
		}
	}
	return list
}

// Told takes in the answers to what was due, in its order.
func (s *Sides) Told(now model.Moment, t Target, answers []dialect.Answer) {
	list := s.landed(t)
	for i := range list {
		e := s.entries[list[i].key]
		if e == nil {
			continue
		}
		if i >= len(answers) {
			s.queues[t].add(e.key)
			continue
		}
		s.stats.count(t, &list[i], answers[i].Code)
		s.answered(e, t, &list[i], &answers[i], now)
	}
}

func (s *Sides) answered(e *entry, t Target, f *flight, a *dialect.Answer, now model.Moment) {
	c, cannot := s.copied(e, t), a.Code/100 == 5 // now, and may be able to later
	switch f.Action {
	case dialect.Register:
		s.accepted(e, t, f, a.Code, now)
	case dialect.Heartbeat:
		c.renewed = now.Mono
		if a.Code == http.StatusNotFound {
			c.hash, c.again = 0, now.Mono+s.cfg.Settle
			s.queues[t].add(e.key)
		} else if a.Code == http.StatusConflict && t != Heureka && a.Info != nil {
			s.conflict(e, c, a.Info, now)
		}
	case dialect.Cancel:
		if cannot {
			c.later = now.Mono + s.cfg.Resend
			return
		}
		c.hash, c.later = 0, now.Mono+min(s.cfg.Settle<<c.cancels, s.cfg.Patience)
		c.cancels = min(c.cancels+1, mostCancels)
	case dialect.StatusUpdate, dialect.DeleteStatusOverride:
		status := f.Status
		if f.Action == dialect.DeleteStatusOverride {
			status = ""
		}
		if cannot {
			s.postponed(e, t, now)
			return
		}
		s.granted(e, t, status, now)
	}
}

// accepted takes in what was answered to a registration.
func (s *Sides) accepted(e *entry, t Target, f *flight, code int, now model.Moment) {
	c := s.copied(e, t)
	switch {
	case code == http.StatusBadRequest:
		c.refused, c.until = f.hash, now.Mono+s.cfg.Patience
		return
	case code/100 != 2: // the next sweep says it again
		if code/100 != 4 {
			e.mayHold(t, f)
		}
		return
	}
	c.hash, c.stamp, c.at, c.renewed, c.refused = f.hash, f.LastDirtyMs, now.Mono, now.Mono, 0
	c.cancels = 0
	if t == Heureka {
		return
	}
	s.stored(e, f.Info, now)
}

// stored takes it that the old cluster holds what one of its servers accepted. It shows
// that under the override that it had.
func (s *Sides) stored(e *entry, info *dialect.Info, now model.Moment) {
	w, err := wordOf(info)
	if err != nil || e.old != nil && w.stamp < e.old.stamp {
		return
	}
	if e.old != nil {
		w.override, w.shows = e.old.override, e.old.shows
	}
	if !same(w, e.old) {
		s.know(e, w, now)
	}
}

// conflict takes in what a server holds that is newer than what it was told. While
// Heureka isn't heard it may be newer than what is known from there, too; the heartbeat
// has counted all the same.
func (s *Sides) conflict(e *entry, c *copied, info *dialect.Info, now model.Moment) {
	w, err := wordOf(info)
	if err != nil {
		return
	}
	ours := w.mark == s.cfg.Name && e.heu != nil
	if ours && !s.level {
		s.know(e, w, now)
		return
	}
	if c.hash = 0; ours {
		later := *e.heu // another bridge's word, or one of a client whose clock was set back
		later.stamp = max(later.stamp, w.stamp)
		e.heu = &later
		s.touch(e)
		return
	}
	s.know(e, w, now)
}
