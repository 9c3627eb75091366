package line

import "time"

// Backoff is exponential with full jitter: before the n-th attempt in a row a
// pause between nothing and Base * 2^(n-1), at most Max, evenly distributed. So
// clients that lost the same node come back spread out.
type Backoff struct {
	Base time.Duration
	Max  time.Duration
	// Spread is the ceiling of the first pause after a connection was lost, where
	// that is longer than Base: thousands lose the same node in the same moment.
	Spread time.Duration
}

// Ceiling returns the longest pause before the next attempt when there were
// already that many failures in a row; 0 after none.
func (b Backoff) Ceiling(failures int) time.Duration {
	if failures <= 0 {
		return 0
	}
	ceiling := b.Base
	for range failures - 1 {
		if ceiling >= b.Max/2 {
			return b.Max
		}
		ceiling *= 2
	}
	return min(ceiling, b.Max)
}

// Route says which of a list of nodes to try next, and after what pause: the
// same one while it serves, and the others in turn when it doesn't.
type Route struct {
	backoff  Backoff
	nodes    []string
	at       int
	failures int // in a row
	spread   bool

	// A round of the nodes: how many have been tried in vain, the shortest time after
	// which one of them wants to be asked again, 0 if none said so, and which.
	tried   int
	asked   time.Duration
	soonest int
}

// NewRoute returns a route over nodes, at least one, that begins at the first-th
// of them, counted round and round.
func NewRoute(backoff Backoff, nodes []string, first uint64) *Route {
	return &Route{backoff: backoff, nodes: nodes, at: int(first % uint64(len(nodes)))}
}

// Next returns the node to try now and the pause to make before; random, from
// [0, 1), spreads it.
func (r *Route) Next(random float64) (node string, pause time.Duration) {
	ceiling := r.backoff.Ceiling(r.failures)
	if r.spread {
		ceiling = max(ceiling, r.backoff.Spread)
	}
	if r.asked > 0 {
		ceiling = max(ceiling, r.backoff.Base)
	}
	pause = time.Duration(random * float64(ceiling))
	if r.asked > 0 && r.tried >= len(r.nodes) {
		pause = max(pause, time.Duration((1+random)/2*float64(r.asked)))
	}
	return r.nodes[r.at], pause
}

// Failures returns how many attempts in a row have failed, or broke down soon.
func (r *Route) Failures() int { return r.failures }

// Failed tells that the node couldn't be reached: the next one's turn.
func (r *Route) Failed() {
	r.failures++
	r.vain(0)
}

// Refused tells that the node is there, takes nobody now, and wants nobody back
// before that time. It's the next one's turn. Only when all have been tried in
// vain the one that asked for the shortest time is waited for: between half of it
// and all, evenly distributed, and never longer than Max. That is no failure.
func (r *Route) Refused(after time.Duration) {
	if after <= 0 {
		r.Failed()
		return
	}
	r.vain(min(after, r.backoff.Max))
}

// vain notes an attempt in vain, and what the node asked for, if anything.
func (r *Route) vain(asked time.Duration) {
	if r.tried >= len(r.nodes) { // of the round before
		r.tried, r.asked = 0, 0
	}
	r.tried++
	if asked > 0 && (r.asked == 0 || asked < r.asked) {
		r.asked, r.soonest = asked, r.at
	}
	r.spread = false
	r.turn()
	if r.asked > 0 && r.tried >= len(r.nodes) {
		r.at = r.soonest
	}
}

// Ended tells that a connection came to its end after it stood for a while. One
// that lasted longer than the longest pause forgets the failures before it, so
// that a node which accepts and drops at once isn't hammered. Here tries the
// same node again; lost says that nobody had announced the end.
func (r *Route) Ended(lasted time.Duration, here, lost bool) {
	if lasted >= r.backoff.Max {
		r.failures = 0
	}
	r.failures++
	r.spread, r.tried, r.asked = lost, 0, 0
	if !here {
		r.turn()
	}
}

func (r *Route) turn() { r.at = (r.at + 1) % len(r.nodes) }
