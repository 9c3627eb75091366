package sides

import (
	"net/http"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// Batch takes in what a server of the old cluster passes on, and returns what it is
// answered, item by item. An override that has come and gone within the batch is none.
func (s *Sides) Batch(now model.Moment, items []dialect.Item) []dialect.Answer {
	answers := make([]dialect.Answer, len(items))
	s.gathering = true
	for i := range items {
		answers[i].Code = s.passedOn(now, &items[i])
	}
	s.gathering = false
	for i := range items {
		if e := s.entries[model.NewKey(items[i].App, items[i].ID)]; e != nil {
			s.observe(e, now)
		}
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
		s.know(e, nil, now)
		return http.StatusOK
	case dialect.StatusUpdate:
		return s.overridden(now, e, it.Status, it.Status)
	case dialect.DeleteStatusOverride:
		return s.overridden(now, e, "", it.Status)
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
	if e == nil {
		return http.StatusServiceUnavailable
	}
	if e.old == nil || w.stamp >= e.old.stamp {
		s.know(e, w, now)
	}
	return http.StatusOK
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

// overridden takes in an override, or its end.
func (s *Sides) overridden(now model.Moment, e *entry, override, status model.Status) int {
	info := *e.old.info
	info.Overridden = model.StatusUnknown
	if override != "" {
		info.Overridden = override
	}
	if status != "" {
		info.Status = status
	}
	w, err := wordOf(&info)
	if err != nil {
		return http.StatusBadRequest
	}
	s.know(e, w, now)
	return http.StatusOK
}
