package line

import "time"

// Backoff is exponential with full jitter: before the n-th attempt in a row a
// pause between nothing and Base * 2^(n-1), at most Max, evenly distributed. So
// clients that lost the same node come back spread out.
type Backoff struct {
	Base time.Duration
	Max  time.Duration
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
}

// NewRoute returns a route over nodes, at least one, that begins at the first-th
// of them, counted round and round.
func NewRoute(backoff Backoff, nodes []string, first uint64) *Route {
	return &Route{backoff: backoff, nodes: nodes, at: int(first % uint64(len(nodes)))}
}

// Next returns the node to try now and the pause to make before; random, from
// [0, 1), spreads it.
func (r *Route) Next(random float64) (node string, pause time.Duration) {
	return r.nodes[r.at], time.Duration(random * float64(r.backoff.Ceiling(r.failures)))
}

// Failures returns how many attempts in a row have failed, or broke down soon.
func (r *Route) Failures() int { return r.failures }

// Failed tells that the node couldn't be reached: the next one's turn.
func (r *Route) Failed() {
	r.failures++
	r.turn()
}

// Ended tells that a connection came to its end after it stood for a while. One
// that lasted longer than the longest pause forgets the failures before it, so
// that a node which accepts and drops at once isn't hammered. Here tries the
// same node again.
func (r *Route) Ended(lasted time.Duration, here bool) {
	if lasted >= r.backoff.Max {
		r.failures = 0
	}
	r.failures++
	if !here {
		r.turn()
	}
}

func (r *Route) turn() { r.at = (r.at + 1) % len(r.nodes) }
