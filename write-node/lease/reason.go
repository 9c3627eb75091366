package lease

import "time"

// Reason tells why what is queued may not leave now.
type Reason uint8

// The reasons. The first two slow evictions down; each of the others stops them.
const (
	Quota     Reason = iota // the quota of this window is used up
	TakenOver               // taking over spent the window; what waited for HeldMax may leave
	Paused                  // the process stood still, and clients are to be heard first
	Behind                  // the node lacks something that it has heard of
	CutOff                  // the node hears fewer than half of its peers
	AllSilent               // Config.Silent clients or more fell silent, and none is left
	Operator                // an operator said so
	Reasons                 // how many reasons there are
)

// String returns the reason's name in answers and metrics.
func (r Reason) String() string {
	return [...]string{"quota", "window", "pause", "behind", "cut-off", "silent", "operator"}[r]
}

// Holds says how much longer each reason keeps a class from being evicted, at
// most; 0: it doesn't.
type Holds [Reasons]time.Duration

// Hold keeps all leases of a class from being evicted until then, for one reason:
// Operator, Behind or CutOff. They go on queueing, and can be taken back. Own
// ones are held by CutOff only as long as no client is heard: a node whose
// clients live knows that it isn't it that is silent.
func (t *Table) Hold(c Class, why Reason, until time.Duration) { t.classes[c].holds[why] = until }

// Resume ends a hold for one reason. The others stay, and the quota goes on to
// count.
func (t *Table) Resume(c Class, why Reason) { t.classes[c].holds[why] = 0 }

// stops returns what keeps all leases of a class from being evicted now.
func (t *Table) stops(now time.Duration, c Class) (h Holds) {
	holds := &t.classes[c].holds
	for _, why := range []Reason{Operator, Behind, CutOff} {
		h[why] = max(0, holds[why]-now)
	}
	h[Paused] = max(0, t.resumes-now)
	if c != Own {
		return h
	}
	if t.clients[heard] > 0 {
		h[CutOff] = 0
	} else if t.clients[silent] >= t.cfg.Silent {
		h[AllSilent] = max(0, t.fell+t.cfg.SilentMax-now)
	}
	return h
}

// stopped reports whether no lease of the class may be evicted now.
func (t *Table) stopped(now time.Duration, c Class) bool { return t.stops(now, c) != Holds{} }

// Milliseconds returns the reasons that hold, by name, and for how long at most,
// as answers say it: a hold in its last moment lasts one millisecond.
func (h Holds) Milliseconds() map[string]int64 {
	out := make(map[string]int64)
	for why, left := range h {
		if left > 0 {
			out[Reason(why).String()] = max(1, left.Milliseconds())
		}
	}
	return out
}
