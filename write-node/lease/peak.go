package lease

import "time"

// peakSteps is how finely the past is remembered.
const peakSteps = 60

// peak remembers the greatest value that a level had within a while, in steps of
// a sixtieth of it: the oldest step counts as long as any of it does.
type peak struct {
	step  time.Duration
	level int
	past  [peakSteps + 1]struct {
		number int64 // of the step; its time divided by step
		most   int
	}
}

func newPeak(history time.Duration) peak { return peak{step: max(history/peakSteps, 1)} }

// set changes the level. The level that ends counts for this step too, as it
// lasted until now.
func (p *peak) set(now time.Duration, level int) {
	number := int64(now / p.step)
	slot := &p.past[number%int64(len(p.past))]
	if slot.number != number {
		slot.number, slot.most = number, 0
	}
	slot.most = max(slot.most, p.level, level)
	p.level = level
}

// lower makes it as if n had never been there.
func (p *peak) lower(n int) {
	for i := range p.past {
		p.past[i].most = max(0, p.past[i].most-n)
	}
}

// over returns the greatest level of the while that ends now.
func (p *peak) over(now time.Duration) int {
	oldest := int64(now/p.step) - peakSteps
	most := p.level
	for _, s := range p.past {
		if s.number >= oldest {
			most = max(most, s.most)
		}
	}
	return most
}
