package sides

import "time"

// heard is what the server that is read has said last of an instance. It keeps its
// answers for a while, each for itself, so that a later one may say what was before.
type heard struct {
	updated int64         // when the server was told that, by its own clock; 0: it doesn't say
	until   time.Duration // older answers may come that are asked for before then
}

// isLate reports whether a word of the server that is read is older than what it said
// before. Its clock may be set back; so that is so only for as long as it keeps answers.
func (s *Sides) isLate(e *entry, w *word) bool {
	return w.info.LastUpdatedMs != 0 && w.info.LastUpdatedMs < e.heard.updated && s.pagedAt < e.heard.until
}

// hear notes what the server that is read says, having been asked at that time.
func (s *Sides) hear(e *entry, w *word, asked time.Duration) {
	if ms := w.info.LastUpdatedMs; ms != e.heard.updated {
		e.heard = heard{updated: ms, until: asked + s.cfg.Absent}
	}
}

// remembers reports whether something may come that is known better from an entry of
// which there is nothing else left. Where room gets scarce it isn't kept for that.
func (s *Sides) remembers(e *entry) bool {
	return s.pagedAt < e.heard.until && len(s.entries) < s.cfg.MaxInstances/2
}
