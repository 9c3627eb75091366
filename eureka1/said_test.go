package eureka1

import (
	"fmt"
	"net/http"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// said is what an answer says: the instances and what became of them, and what stands
// around them. It is immutable.
type said struct {
	*dialect.Applications
	words  map[model.Key]string // as the twin says them
	infos  map[model.Key]*dialect.Info
	others []dialect.Override
}

// read reads an answer, once where many are alike.
func (w *world) read(a *answer) (*said, error) {
	w.noting.Lock()
	defer w.noting.Unlock()
	like := alike{a.op, a.code, a.form, string(a.text)}
	if s := w.known[like]; s != nil {
		return s, nil
	}
	s, err := a.read()
	if err == nil {
		if len(w.known) > 50 {
			clear(w.known)
		}
		w.known[like] = s
	}
	return s, err
}

// alike is what answers that say the same have in common.
type alike struct {
	op   operation
	code int
	form dialect.Form
	text string
}

// read reads the answer. What isn't there has nothing in it.
func (a *answer) read() (*said, error) {
	s := &said{Applications: new(dialect.Applications), words: map[model.Key]string{}, infos: map[model.Key]*dialect.Info{}}
	if a.code == http.StatusNotFound {
		return s, nil
	}
	const most = 10_000
	var err error
	switch a.op {
	case opApps, opDelta, opVIP, opSecureVIP:
		s.Applications, err = dialect.DecodeApplications(a.form.Format(), a.text, most)
	case opApp:
		var app *dialect.Application
		if app, err = dialect.DecodeApplication(a.form.Format(), a.text, most); err == nil {
			s.List = append(s.List, *app)
		}
	case opOverrides:
		s.others, err = dialect.DecodeOverrides(a.text, most)
	default:
		var info *dialect.Info
		if info, err = dialect.DecodeInstance(a.form.Format(), a.text); err == nil {
			s.List = append(s.List, dialect.Application{Name: info.App, Instances: []dialect.Info{*info}})
		}
	}
	if err != nil {
		return nil, err
	}
	return s, s.gather(a.form)
}

// gather enters what is listed, each once, under its application, the gone last.
func (s *said) gather(form dialect.Form) error {
	for _, app := range s.List {
		gone := false
		for i := range app.Instances {
			info := &app.Instances[i]
			key := model.NewKey(info.App, info.InstanceID)
			if _, twice := s.infos[key]; twice || info.App != app.Name || gone && info.Action != dialect.Deleted {
				return fmt.Errorf("%s is there twice, out of order, or under %s", key, app.Name)
			}
			gone = info.Action == dialect.Deleted
			s.infos[key], s.words[key] = info, words(form, info, info.Action)
		}
	}
	return nil
}
