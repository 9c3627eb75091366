package server

import "time"

const (
	// gatherFor is how long at most inputs wait to be published together with others.
	gatherFor = 500 * time.Microsecond

	// few is how many clients that speak at a time are no crowd: they wait for nobody.
	few = 4
)

// gathering is what has the loop wait with publishing. A write to each peer and to the
// disk costs the same for one registration as for many; there are two reasons to expect
// more at once:
//
//   - A batch is being written. What is there already couldn't be stored, and so not
//     acknowledged, any sooner.
//   - As many as were acknowledged together just now, if they are more than a few, speak
//     again as soon as that reaches them. A crowd that gets smaller is waited for a few
//     times in vain.
type gathering struct {
	timer *time.Timer
	due   <-chan time.Time // the timer's while it goes; else nil
	over  bool             // it has gone off
	crowd int              // how many were taken together lately
	fresh bool             // something was taken that isn't settled
	waited
}

// waited counts how often inputs waited for others, and how often others didn't come, or
// the batch didn't end, in time.
type waited struct{ times, inVain uint64 }

func newGathering() gathering { return gathering{timer: time.NewTimer(gatherFor)} }

// expects reports whether more than n are expected, of which some have come.
func (g *gathering) expects(n int) bool { return 0 < n && n < g.crowd && g.crowd > few }

// begin has the time go from the first input that waits.
func (g *gathering) begin() {
	if g.due == nil {
		g.timer.Reset(gatherFor)
		g.due = g.timer.C
		g.times++
	}
}

// ring says that the time has gone by.
func (g *gathering) ring() {
	g.over = true
	g.inVain++
}

// end says that n have been taken together.
func (g *gathering) end(n int) {
	g.due, g.over, g.fresh = nil, false, false
	if n > 0 {
		g.crowd = max(n, g.crowd-max(1, g.crowd/8))
	}
}
