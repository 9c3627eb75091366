package sides

import (
	"net/http"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// Batch takes in what a server of the old cluster passes on, and returns what it is
// answered, item by item. Batches come in any order, and late if they were said twice;
// of what they say, only registrations have a time on them.
func (s *Sides) Batch(now model.Moment, items []dialect.Item) []dialect.Answer {
	answers := make([]dialect.Answer, len(items))
	for i := range items {
		answers[i].Code = s.passedOn(now, &items[i])
	}
	return answers
}

func (s *Sides) passedOn(now model.Moment, it *dialect.Item) int {
	if it.Action == dialect.Register {
		return s.registered(now, it)
	}
	e := s.entries[model.NewKey(it.App, it.ID)]
	if e == nil || e.old == nil {
		return http.StatusNotFound
	}
	switch it.Action {
	case dialect.Heartbeat:
		return s.lives(now, e, it)
	case dialect.Cancel:
		s.cancelled(now, e)
		return http.StatusOK
	case dialect.StatusUpdate:
		s.overridden(now, e, it.Status)
		return http.StatusOK
	case dialect.DeleteStatusOverride:
		s.overridden(now, e, "")
		return http.StatusOK
	default:
		return http.StatusInternalServerError
	}
}

// registered takes in a registration. One that is older than what is known comes late,
// and one that is beyond Heureka's limits would only take memory.
func (s *Sides) registered(now model.Moment, it *dialect.Item) int {
	if it.Info == nil {
		return http.StatusBadRequest
	}
	w, err := wordOf(it.Info)
	if err != nil || it.Info.Instance().Validate(model.DefaultLimits()) != nil {
		return http.StatusBadRequest
	}
	e := s.entry(w.key)
	switch {
	case e == nil:
		return http.StatusServiceUnavailable
	case e.old == nil && e.ended != 0 && w.stamp <= e.ended && s.isRecent(e, now):
		s.hearsay(now, e, true, w.override)
	case e.old == nil:
		s.know(e, w, now)
	case w.stamp >= e.old.stamp:
		override := w.override
		s.know(e, w.under(e.old), now)
		s.overridden(now, e, override)
	}
	return http.StatusOK
}

// cancelled takes in that an instance was taken out; or an earlier life of it, if it is
// known for a short time only.
func (s *Sides) cancelled(now model.Moment, e *entry) {
	s.deny(e, e.old.mark)
	if s.isRecent(e, now) {
		s.hearsay(now, e, false, "")
		return
	}
	s.know(e, nil, now)
}

// isRecent reports whether what is known of an entry may be newer than a batch that has
// just come: servers give up after half a minute what they couldn't pass on.
func (s *Sides) isRecent(e *entry, now model.Moment) bool { return now.Mono-e.changed < s.cfg.Settle }

// overridden takes in an override, or its end.
func (s *Sides) overridden(now model.Moment, e *entry, override model.Status) {
	if override == e.old.override {
		e.rumour = rumour{}
		return
	}
	s.hearsay(now, e, true, override)
}

// lives takes in a heartbeat. Who isn't known with what it says is to be registered.
func (s *Sides) lives(now model.Moment, e *entry, it *dialect.Item) int {
	if it.LastDirtyMs > e.old.stamp {
		return http.StatusNotFound
	}
	if e.gone {
		s.know(e, e.old, now)
	}
	return http.StatusOK
}
