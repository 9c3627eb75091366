package pages

import "slices"

// perRun is how many leaves are in a run, but the last. Their compressed forms have
// some 60 KB: few enough that a change copies little and a slow client holds little
// that is out of date, many enough that a document is written in few parts.
const perRun = 16

// run is the compressed form of leaves that follow each other, each behind a
// separator but the document's first. It is immutable.
type run struct {
	parts []*part
	piece piece
}

// join brings the runs up to the sheet's parts, which are compressed. Runs are told by
// their places, so that where a leaf splits or joins all behind it are made anew.
func (s *Sheet) join() {
	last := s.runs
	s.runs = make([]run, 0, (len(s.parts)+perRun-1)/perRun)
	for parts := range slices.Chunk(s.parts, perRun) {
		if n := len(s.runs); n < len(last) && slices.Equal(last[n].parts, parts) {
			s.runs = append(s.runs, last[n])
			continue
		}
		s.runs = append(s.runs, s.runOf(parts))
		s.stats.Joined++
	}
}

func (s *Sheet) runOf(parts []*part) run {
	pieces := make([]piece, 0, 2*len(parts))
	for i, p := range parts {
		if i > 0 || len(s.runs) > 0 {
			pieces = append(pieces, s.separator)
		}
		pieces = append(pieces, p.piece)
	}
	return run{parts, concat(pieces)}
}
