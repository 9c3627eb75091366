package simtest

import (
	"time"

	"heureka/write-node/lease"
)

// reasons are what keeps one incarnation of a write node from evicting, as the
// settings allow it and found out without its table of leases: by when it was
// called, what it knows of the cluster, and when leases ended.
type reasons struct {
	node   *writeNode
	ticked time.Duration      // when it was last called; 0: never
	paused time.Duration      // it stood still, and hears its clients until then
	behind since              // keeps what it took over
	cutOff since              // keeps all
	ended  time.Duration      // when the newest own lease ended
	fell   time.Duration      // when that was seen, or an own lease last went
	silent bool               // any did
	held   [lease.Classes]int // leases
}

// since is a state and when it began.
type since struct {
	is bool
	at time.Duration
}

func (s *since) turn(is bool, now time.Duration) {
	if is != s.is {
		*s = since{is, now}
	}
}

// lasts reports whether the state is there and began less than that ago.
func (s *since) lasts(now, most time.Duration) bool { return s.is && now < s.at+most }

// calls notes that the node is about to look what may be evicted.
func (r *reasons) calls(now time.Duration) {
	t := r.node.w.times.lease()
	if r.ticked > 0 && now-r.ticked > t.Pause {
		r.paused = now + t.Resume
	}
	r.ticked = now
	r.behind.turn(r.node.replica.Behind(now), now)
	r.cutOff.turn(r.node.replica.CutOff(now), now)
}

// called notes what came of it: a client falls silent with its last lease.
func (r *reasons) called(now time.Duration) {
	for _, ended := range r.node.owner.Leases().Queued(lease.Own) {
		if ended > r.ended {
			r.ended, r.fell, r.silent = ended, now, true
		}
	}
}

// level notes how many leases there are. A client whose last running one goes has
// fallen silent, if others of its are queued.
func (r *reasons) level(e lease.Event) {
	if e.Class == lease.Own && e.Held < r.held[e.Class] {
		r.fell, r.silent = e.At, true
	}
	r.held[e.Class] = e.Held
}

// keep reports whether there is a reason to keep all of a class.
func (r *reasons) keep(now time.Duration, c lease.Class) bool {
	t, most := r.node.w.times.lease(), r.node.w.times.owner().BehindMax
	switch {
	case now < r.paused:
		return true
	case c == lease.Own:
		return r.cutOff.lasts(now, t.SilentMax) || r.silent && now < r.fell+t.SilentMax
	default:
		return r.behind.lasts(now, most) || r.cutOff.lasts(now, most)
	}
}
