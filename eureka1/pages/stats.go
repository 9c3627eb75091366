package pages

import "time"

// Stats tells what pages hold and have done.
type Stats struct {
	Instances int
	Changed   int            // instances in the delta
	Leaves    [Documents]int // of dialects that aren't compact
	Changes   uint64         // followed
	Splits    uint64         // of leaves
	Joins     uint64
	Forgotten uint64 // changes that left the delta early, see Config.MaxChanged
	// Reach is how far back the delta is complete: the Window, or less while changes
	// are missing that left early.
	Reach time.Duration
}

// Stats returns what the pages hold now.
func (p *Pages) Stats() Stats {
	reach := p.recent.config.Window
	if p.recent.forgotten > 0 {
		reach = min(reach, p.now-p.recent.complete)
	}
	return Stats{
		Instances: p.apps.rows(),
		Changed:   p.recent.rows.rows(),
		Leaves:    [...]int{Apps: len(p.apps[full].leaves), Delta: len(p.recent.rows[full].leaves)},
		Changes:   p.changes,
		Splits:    p.apps[full].splits + p.recent.rows[full].splits,
		Joins:     p.apps[full].joins + p.recent.rows[full].joins,
		Forgotten: p.recent.forgotten,
		Reach:     reach,
	}
}

// SheetStats counts what a sheet has done since it was made.
type SheetStats struct {
	Encoded    uint64 // rows
	Carried    uint64 // rows in changed leaves whose text was known
	Compressed uint64 // leaves
	Joined     uint64 // runs of compressed leaves
	Shared     uint64 // leaves that another sheet had encoded
}

// Stats returns the sheet's counters.
func (s *Sheet) Stats() SheetStats { return s.stats }

// Bytes returns how many bytes of texts and compressed forms the sheet keeps, those
// included that it shares with another.
func (s *Sheet) Bytes() int {
	sum := 0
	if len(s.runs) <= 1 { // the body is a copy
		sum = s.gzip.Length
	}
	for i := range s.runs {
		sum += len(s.runs[i].piece.deflated)
	}
	for _, p := range s.parts {
		sum += len(p.text) + len(p.piece.deflated)
	}
	return sum
}
