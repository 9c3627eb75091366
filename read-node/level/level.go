package level

import (
	"math"
	"time"
)

// longest is the time between two looks that counts at most: a node that stood
// still doesn't make up for it.
const longest = time.Second

// Level is the decision of one node. See the package comment.
type Level struct {
	config Config
	calm   calm
	round  round
	looked time.Duration // last; 0: never
	credit float64       // sessions that may be shed by now
}

// New returns the decision of a node that has seen nothing yet.
func New(config Config) *Level { return &Level{config: config} }

// Look returns how many sessions should be asked to go elsewhere now. Whoever
// asks them says so with Asked.
func (l *Level) Look(now time.Duration, p Picture) int {
	passed := min(now-l.looked, longest)
	l.looked = now
	if l.config.Share == 0 || !p.Serving || len(p.Others) == 0 {
		l.calm, l.credit = calm{}, 0
		return 0
	}
	band := max(int(l.config.Tolerance*float64(p.total())), l.config.Least)
	if l.calm.look(now, p, band) < l.config.Calm {
		l.credit = 0
		return 0
	}
	above := l.above(p)
	if above < 1 {
		l.credit = 0
		l.round.rest(now, l.config.Pause)
		return 0
	}
	rate := min(l.config.Share*float64(p.Sessions), float64(l.config.Most)) * passed.Seconds()
	l.credit = min(l.credit+rate, max(rate, 1))
	return min(int(l.credit), above, l.round.room(now, p, l.config))
}

// above returns how many sessions the node has too many, those not counted that
// are on their way out.
func (l *Level) above(p Picture) int {
	average := p.Average()
	tolerance := max(l.config.Tolerance*average, float64(l.config.Least))
	limit := average + tolerance
	if average-float64(p.least()) > tolerance {
		limit = average
	}
	return int(math.Floor(float64(p.Sessions-p.Leaving) - limit))
}

// Asked tells that so many of those that the last Look wanted to go have been
// asked.
func (l *Level) Asked(now time.Duration, n int) {
	if n == 0 {
		return
	}
	l.credit = max(0, l.credit-float64(n))
	l.round.asked += n
	l.round.last = now
}

// Waiting returns for how long nothing is shed, because the last round brought
// nothing; 0 if that isn't so.
func (l *Level) Waiting(now time.Duration) time.Duration {
	if !l.round.under {
		return 0
	}
	return max(0, l.round.resume-now)
}
