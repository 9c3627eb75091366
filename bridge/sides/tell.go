package sides

import (
	"time"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// items returns what a target is to be told of an entry now.
func (s *Sides) items(e *entry, t Target, now model.Moment) []flight {
	if t == Heureka {
		return s.forHeureka(e, now)
	}
	return s.forEureka(e, t, now)
}

// forHeureka returns what Heureka is to be told. Overrides come first: what is
// registered brings its own along where there is none.
func (s *Sides) forHeureka(e *entry, now model.Moment) (list []flight) {
	if e.doubted != 0 {
		return nil
	}
	if wish := &e.overrides.toHeu; wish.due(now) {
		list = append(list, e.sayOverride(wish.status, e.heu.in.Status, e.old.stamp))
	}
	switch {
	case s.own(e) && (!e.native() || s.returned(e)):
		return append(list, s.mirrored(e, now)...)
	case (e.old == nil || s.others(e)) && e.in.hash != 0 && e.heu != nil && e.heu.peer && now.Mono >= e.in.later:
		// The time keeps a client that has come to Heureka meanwhile, see rules.
		return append(list, e.say(dialect.Cancel, max(e.in.stamp, 1)))
	default:
		return list
	}
}

// mirrored returns what Heureka is to be told of an instance of the old cluster.
func (s *Sides) mirrored(e *entry, now model.Moment) (list []flight) {
	w, c := e.old, &e.in
	switch {
	case e.heu == nil && e.beaten != 0 && s.pagedAt < e.beatenUntil:
	case s.wantsIn(e, now):
		anew := e.heu == nil
		if e.isAhead() { // or it would be taken for late
			anew = true
			list = append(list, e.say(dialect.Cancel, e.heu.stamp))
		}
		f := e.say(dialect.Register, w.stamp)
		f.Info, f.hash = w.forHeureka(&s.cfg, anew), w.hash
		list = append(list, f)
	case e.heu != nil && e.heu.peer && now.Mono-c.renewed >= s.renewal(e.heu.in.Lease, s.cfg.Keep) && !s.silent(s.pagedAt, now):
		list = append(list, e.say(dialect.Heartbeat, e.heu.stamp))
	}
	return list
}

// wantsIn reports whether Heureka is to hear of a word of the old cluster.
func (s *Sides) wantsIn(e *entry, now model.Moment) bool {
	w, c := e.old, &e.in
	switch {
	case c.isRefused(w.hash, now):
		return false
	case e.isAhead() && !s.outlived(e): // who told it has newer pages
		return false
	case c.hash != w.hash:
		return true
	default:
		return (e.heu == nil || !e.heu.peer || e.isAhead()) && now.Mono-c.at >= s.cfg.Resend
	}
}

// forEureka returns what a server of the old cluster is to be told.
func (s *Sides) forEureka(e *entry, t Target, now model.Moment) []flight {
	if !s.cfg.BothWays {
		return nil
	}
	c := e.outAt(t)
	switch {
	case s.own(e) && !e.native():
		if i := int(t) - 1; i < len(e.overrides.toOld) && e.overrides.toOld[i].due(now) {
			return []flight{e.sayOverride(e.overrides.toOld[i].status, e.heuStatus(), e.old.stamp)}
		}
		return nil
	case e.native() && (e.old == nil || s.copyOf(e) || e.old.stamp <= e.heu.stamp):
		return s.toldOf(e, t, c, now)
	case e.heu == nil && !s.others(e) && (c.hash != 0 || s.copyOf(e)) && now.Mono >= c.later && s.mayCancel(e, now):
		return []flight{e.say(dialect.Cancel, 0)}
	default:
		return nil
	}
}

// toldOf returns what a server is to be told of an instance of Heureka's. Overrides
// come first: a server shows what is registered under them. While Heureka isn't heard,
// nothing is said again that another bridge may have taken out, which goes on hearing it.
func (s *Sides) toldOf(e *entry, t Target, c copied, now model.Moment) (list []flight) {
	if i := int(t) - 1; i < len(e.overrides.toOld) && e.overrides.toOld[i].due(now) {
		list = append(list, e.sayOverride(e.overrides.toOld[i].status, e.heu.in.Status, e.heu.stamp))
	}
	switch {
	case c.hash == 0 && !s.level && (e.denied || now.Mono < c.again):
	case c.hash != e.heu.hash && !c.isRefused(e.heu.hash, now):
		f := e.say(dialect.Register, e.heu.stamp)
		f.Info, f.hash = e.heu.forEureka(&s.cfg, e.heu.stamp, c.hash == 0), e.heu.hash
		list = append(list, f)
	case c.hash != 0 && now.Mono-c.renewed >= s.renewal(e.heu.in.Lease, s.cfg.Renew) && !s.silent(s.levelAt, now):
		f := e.say(dialect.Heartbeat, e.heu.stamp)
		f.Status = e.heu.in.Status
		list = append(list, f)
	}
	return list
}

// mayCancel reports whether the old cluster may be told that an instance of Heureka's
// has gone. What has gone in a mass, or before this bridge began, may come back. What
// the old cluster holds is asked for first: its client may have gone back there.
func (s *Sides) mayCancel(e *entry, now model.Moment) bool {
	if !s.level {
		return false
	}
	since, wait := max(e.heuGone, s.knownAt), time.Duration(0)
	if s.emptied || e.heuGone == 0 {
		wait = s.cfg.Absent
	}
	if now.Mono-since < wait {
		return false
	}
	if !e.hasAsk || now.Mono-e.asked > s.cfg.Fresh {
		s.ask(e)
		return false
	}
	return true
}

// renewal returns how often a lease is renewed, at most that seldom.
func (s *Sides) renewal(l model.Lease, most time.Duration) time.Duration {
	if d := l.Duration(); d > 0 {
		return min(most, d/3)
	}
	return min(most, s.cfg.Renew)
}

func (e *entry) outAt(t Target) copied {
	if i := int(t) - 1; i < len(e.out) {
		return e.out[i]
	}
	return copied{}
}

func (e *entry) heuStatus() model.Status {
	if e.heu == nil {
		return ""
	}
	return e.heu.in.Status
}

func (e *entry) say(action string, stamp int64) flight {
	return flight{key: e.key, Item: dialect.Item{Action: action, App: e.key.App, ID: e.key.ID, LastDirtyMs: stamp}}
}

// sayOverride says an override, or its end and the status that is shown without it.
func (e *entry) sayOverride(status, without model.Status, stamp int64) flight {
	f := e.say(dialect.StatusUpdate, max(stamp, 1))
	if f.Status = status; status == "" {
		f.Action, f.Status = dialect.DeleteStatusOverride, without
	}
	return f
}
