package simtest

import (
	"fmt"
	"time"

	"heureka/cluster"
	"heureka/internal/promise"
	"heureka/model"
)

const (
	restEvery = time.Second
	restTimes = 4               // in a row that everything must be level
	restLimit = 3 * time.Minute // for everything to come to rest
)

// heal ends all faults and all new words: what is down comes back, but for some
// clients, and then everything has to come to rest.
func (w *world) heal() {
	w.note("heals", "world")
	w.tell("world", "no more faults")
	w.calm = true
	w.whole()
	for _, n := range w.nodes {
		w.back(n.process, n.boot)
	}
	for _, s := range w.services {
		if w.random.IntN(2) == 0 {
			w.back(s.process, s.boot)
		}
	}
	for _, s := range w.subscribers {
		w.back(s.process, s.boot)
	}
	w.after(2*time.Second, func() { w.rest(w.now+restLimit, 0) })
}

// back starts a process again soon, if it is down.
func (w *world) back(p *process, boot func()) {
	if !p.up {
		w.after(w.between(0, time.Second), func() {
			if !p.up {
				boot()
			}
		})
	}
}

// rest looks whether everything is level, until it has been for a while.
func (w *world) rest(deadline time.Duration, level int) {
	report, err := w.level()
	switch {
	case err == nil && report.Count() == 0:
		level++
	case w.now >= deadline:
		w.fault = err
		w.report.Join(report)
		return
	default:
		level = 0
	}
	if level == restTimes {
		w.results.Rested = true
		return
	}
	w.after(restEvery, func() { w.rest(deadline, level) })
}

// level judges Convergent: all maps are equal, no owner is gone, and all views
// and mirrors show what clients hold registered.
func (w *world) level() (*promise.Report, error) {
	report := new(promise.Report)
	var views []promise.View
	for _, n := range w.nodes {
		if err := w.levelNode(n); err != nil {
			return report, err
		}
		n.twin.checkAll(n)
		v := promise.View{Name: n.name, Holds: make(map[model.Key]*model.Instance)}
		for key, shown := range n.replica.View().All() {
			v.Holds[key] = shown.Instance.Unpack()
		}
		views = append(views, v)
	}
	for _, s := range w.subscribers {
		if !s.mirror.Status().Level {
			return report, unlevel(s.name, "isn't level")
		}
		views = append(views, s.view())
	}
	promise.Converge(report, w.truth.registered(), views...)
	return report, nil
}

func (w *world) levelNode(n *node) error {
	if !n.up || !n.replica.Ready() {
		return unlevel(n.name, "isn't ready")
	}
	m, first := n.replica.Map(), w.nodes[0].replica.Map()
	switch {
	case !m.Vector().Equal(first.Vector()):
		return unlevel(n.name, "has vector %v, %s has %v", m.Vector(), w.nodes[0].name, first.Vector())
	case m.Digest() != first.Digest() || m.Live() != first.Live():
		return unlevel(n.name, "has %d entries, %s has %d or others", m.Live(), w.nodes[0].name, first.Live())
	case n.replica.View().Len() != m.Live():
		return unlevel(n.name, "shows %d of %d entries", n.replica.View().Len(), m.Live())
	}
	for e := range m.Instances() {
		if e.Live() && !w.lives(e.Owner()) {
			return unlevel(n.name, "%s belongs to %s, which is gone", e.Key, e.Owner())
		}
	}
	return nil
}

// lives reports whether an incarnation of a write node runs.
func (w *world) lives(inc model.Incarnation) bool {
	for _, n := range w.nodes {
		if n.role == cluster.Write && n.up && n.self == inc {
			return true
		}
	}
	return false
}

func unlevel(where, format string, args ...any) error {
	return promise.Failure{Promise: promise.Convergent, Where: where, Detail: fmt.Sprintf(format, args...)}
}
