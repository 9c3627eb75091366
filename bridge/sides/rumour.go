package sides

import (
	"time"

	"heureka/model"
)

// rumour is what was passed on of an instance and has no time on it, so that it may have
// been long ago. It isn't believed: the old cluster is asked, for a while, as the server
// that answers may hear of it later than the bridge.
type rumour struct {
	until    time.Duration // 0: there is none
	here     bool          // that the old cluster has it
	override model.Status  // and under which
}

// hearsay has the old cluster asked for what was passed on.
func (s *Sides) hearsay(now model.Moment, e *entry, here bool, override model.Status) {
	e.rumour = rumour{until: now.Mono + s.cfg.Resend, here: here, override: override}
	s.ask(e)
}

// confirmed forgets a rumour that an answer bears out.
func (e *entry) confirmed(w *word) {
	if r := &e.rumour; r.here == (w != nil) && (w == nil || r.override == w.override) {
		*r = rumour{}
	}
}

// inquire asks once more for what was passed on, unless it was long enough ago.
func (s *Sides) inquire(e *entry, now model.Moment) {
	switch {
	case e.rumour.until == 0:
	case now.Mono >= e.rumour.until:
		e.rumour = rumour{}
	default:
		s.ask(e)
	}
}
