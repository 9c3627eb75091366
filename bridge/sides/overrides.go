package sides

import (
	"math"
	"time"

	"heureka/model"
)

// overrides is what is known of both sides' overrides of an instance's status, and
// what each is to be told of the other's.
type overrides struct {
	known    bool
	old, heu model.Status // as last taken note of; "": none

	// Until then a side may show what was before it heard of the other's.
	oldUntil, heuUntil time.Duration

	toHeu wish
	toOld []wish // by server
}

// wish is an override that is to be told.
type wish struct {
	open   bool
	status model.Status  // "": that there is none
	later  time.Duration // not before that is it told again
}

// due reports whether it is to be told now.
func (w *wish) due(now model.Moment) bool { return w.open && now.Mono >= w.later }

// observe compares what both sides show, and has the one told of the other's change.
func (s *Sides) observe(e *entry, now model.Moment) {
	o := &e.overrides
	if !s.shared(e) {
		*o = overrides{}
		return
	}
	old, heu := e.old.override, e.heu.in.Override
	if !o.known {
		s.meet(e, old, heu)
		return
	}
	s.observeOld(e, old)
	s.observeHeu(e, heu, now)
}

// shared reports whether an instance of one side is on the other by a bridge.
func (s *Sides) shared(e *entry) bool {
	if e.old == nil || e.heu == nil {
		return false
	}
	return s.own(e) && e.heu.peer || s.copyOf(e) && e.native() && s.cfg.BothWays
}

// meet begins: an override on one side alone is news to the other; of two the side
// counts on which the instance is registered by its client.
func (s *Sides) meet(e *entry, old, heu model.Status) {
	o := &e.overrides
	o.known, o.old, o.heu = true, old, heu
	switch {
	case old == heu:
	case old == "", heu != "" && e.native():
		s.wishOld(e, heu)
	default:
		s.wishHeu(e, old)
	}
}

// observeOld waits until pages are newer than our own word: before, they may show an
// override that has come and gone.
func (s *Sides) observeOld(e *entry, old model.Status) {
	o := &e.overrides
	if old != o.old && s.pagedAt >= o.oldUntil {
		o.old = old
		s.wishHeu(e, old)
	}
}

func (s *Sides) observeHeu(e *entry, heu model.Status, now model.Moment) {
	o := &e.overrides
	switch {
	case heu == o.heu:
		if !o.toHeu.open {
			o.heuUntil = 0
		}
	case o.toHeu.open, now.Mono < o.heuUntil:
	case e.heu.in.Status == o.heu: // it is so without an override
		o.heu = heu
	default:
		o.heu = heu
		s.wishOld(e, heu)
	}
}

func (s *Sides) wishHeu(e *entry, status model.Status) {
	o := &e.overrides
	o.heu, o.heuUntil = status, math.MaxInt64
	o.toHeu = wish{open: true, status: status}
	s.queues[Heureka].add(e.key)
}

// wishOld has all servers of the old cluster told; what is passed on to them they
// don't pass on.
func (s *Sides) wishOld(e *entry, status model.Status) {
	if !s.cfg.BothWays {
		return
	}
	o := &e.overrides
	o.old, o.oldUntil = status, math.MaxInt64
	if o.toOld == nil {
		o.toOld = make([]wish, len(s.queues)-1)
	}
	for i := range o.toOld {
		o.toOld[i] = wish{open: true, status: status}
		s.queues[i+1].add(e.key)
	}
}

// postponed notes that a target can't do now what it was told of an override.
func (s *Sides) postponed(e *entry, t Target, now model.Moment) {
	o := &e.overrides
	if t == Heureka {
		o.toHeu.later = now.Mono + s.cfg.Resend
	} else if i := int(t) - 1; i < len(o.toOld) {
		o.toOld[i].later = now.Mono + s.cfg.Resend
	}
}

// granted notes that a target was told of an override.
func (s *Sides) granted(e *entry, t Target, status model.Status, now model.Moment) {
	o := &e.overrides
	if t == Heureka {
		if o.toHeu.open && o.toHeu.status == status {
			o.toHeu.open, o.heuUntil = false, now.Mono+s.cfg.Resend
		}
		return
	}
	if i := int(t) - 1; i < len(o.toOld) && o.toOld[i].status == status {
		o.toOld[i].open = false
		o.oldUntil = now.Mono + s.cfg.Settle
	}
}
