package simtest

import (
	"fmt"

	"heureka/internal/promise"
	"heureka/model"
)

// play lets happen what is planned until all is told or something broke.
func (w *world) play() error {
	for {
		e, ok := w.agenda.next()
		if !ok {
			return fmt.Errorf("nothing happens any more")
		}
		w.now = e.at
		e.do()
		switch {
		case w.fault != nil:
			return w.fault
		case w.report.Count() > 0 && !w.excused():
			return w.report.Err()
		case w.results.Rested:
			return nil
		}
	}
}

// excused reports whether all that the judges found is what a cluster can't know
// better: an older word is back, of which the end has been forgotten by somebody.
// It takes back what they found, and counts it.
func (w *world) excused() bool {
	for _, f := range w.report.Failures() {
		s := w.truth[f.Key]
		if !w.flavour.forgets || f.Promise != promise.Ordered || s == nil || s.buried == 0 || w.now-s.buried < w.times.tombstones {
			return false
		}
	}
	w.results.Older["back after its end was forgotten"] += w.report.Count()
	w.report = promise.Report{}
	return true
}

// fail notes that something broke. Where names a node, client or subscriber.
func (w *world) fail(name promise.Name, where string, key model.Key, format string, args ...any) {
	if w.fault == nil {
		w.fault = promise.Failure{Promise: name, Where: where, Key: key, Detail: fmt.Sprintf(format, args...)}
	}
}

// broke is fail for what is about no instance.
func (w *world) broke(name promise.Name, where, format string, args ...any) {
	w.fail(name, where, model.Key{}, format, args...)
}

// wrong notes that something broke that no promise is about.
func (w *world) wrong(where, format string, args ...any) {
	if w.fault == nil {
		w.fault = fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...))
	}
}
