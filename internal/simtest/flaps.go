package simtest

import (
	"time"

	"heureka/client/mirror"
	"heureka/model"
	"heureka/registry"
	"heureka/write-node/lease"
)

// ending is how an instance was last ended in the registry.
type ending struct {
	at  time.Duration
	how string
}

// The ways in which an instance ends. Only the first is its client's will.
const (
	unregistered = "unregistered"
	leaseEnded   = "evicted, its node hadn't heard its client for a lease"
	copyEvicted  = "evicted as a copy before its client came back"
	stillHeard   = "evicted although its node heard its client"
	endedAgain   = "ended again by the node that had ended it"
)

// What a flap's cause begins and ends with, where it isn't an ending.
const (
	readerBehind = "its subscriber went to a reader that is behind"
	connectedAll = "; client connected throughout"
)

// ends notes that a node has just authored a tombstone.
func (w *world) ends(n *node, e *registry.Entry) {
	s := w.truth[e.Key]
	if s == nil || !e.Removed || e.Override {
		return
	}
	s.ended = ending{at: w.now, how: endedAgain}
	if s.buried == 0 {
		s.buried = w.now
	}
	writer := n.body.(*writeNode)
	class, evicted := writer.evicted[e.Key]
	switch {
	case e.Unregistered():
		s.ended.how = unregistered
	case evicted && class == lease.Adopted:
		s.ended.how = copyEvicted
	case evicted && writer.hears(s):
		s.ended.how = stillHeard
	case evicted:
		s.ended.how = leaseEnded
	}
	w.tell(n.name, "ends %s: %s", e.Key, s.ended.how)
}

// hears reports whether a node heard a client within the lease of its instance, on
// a connection that has registered it.
func (n *writeNode) hears(s *said) bool {
	lasts := n.w.times.leaseLasts
	if s.want != nil && s.want.Lease.DurationMs > 0 {
		lasts = s.want.Lease.Duration()
	}
	for _, session := range n.sessions {
		if session.keys[s.key] && n.mono()-session.heard < lasts {
			return true
		}
	}
	return false
}

// flaps counts, for one witness, what no promise excludes and nobody likes: a
// living client's instance that goes and comes back, and an older word of a client
// shown after a newer one.
type flaps struct {
	of     *subscriber
	gone   map[model.Key]string // why, while its client lives
	newest map[model.Key]int    // number of the newest word ever shown
}

func newFlaps(of *subscriber) *flaps {
	return &flaps{of: of, gone: make(map[model.Key]string), newest: make(map[model.Key]int)}
}

func (f *flaps) event(e mirror.Event) {
	w, key := f.of.w, e.Instance.Key()
	s := w.truth[key]
	if e.Type == mirror.Removed {
		if s.living && wordOf(e.Instance) > s.bye {
			f.gone[key] = f.cause(s)
		}
		return
	}
	word := wordOf(e.Instance)
	if cause, ok := f.gone[key]; ok && e.Type == mirror.Added && s.living {
		w.results.Flaps[cause]++
		w.tell(f.of.name, "FLAP of %s: %s", key, cause)
	}
	delete(f.gone, key)
	if word < f.newest[key] && word < s.acked {
		kind := f.kind(s)
		w.results.Older[kind]++
		w.tell(f.of.name, "OLDER word %d of %s after %d: %s", word, key, f.newest[key], kind)
	}
	f.newest[key] = max(f.newest[key], word)
}

// kind says whose an older word is.
func (f *flaps) kind(s *said) string {
	n := f.of.at()
	if n == nil {
		return "no node"
	}
	switch e := n.replica.Map().Get(s.key); {
	case e == nil || e.Removed:
		return "ended since"
	case !s.sdk:
		return "of plain HTTP"
	case e.Speaker.Process != model.NewSpeaker(s.name, 1).Process:
		return "of an earlier run of the client"
	case e.Speaker.Connection < s.number:
		return "of an earlier connection"
	case e.Version.Turn > 0:
		return "of the present connection, a copy"
	default:
		return "of the present connection"
	}
}

// cause says why a key went, as far as can be told: that its subscriber has just
// changed readers; or else what ended it last, if the reader knows of an end. And
// whether its client thought itself connected for as long as a lease lasts.
func (f *flaps) cause(s *said) string {
	w := f.of.w
	connected := "; client not connected"
	if s.held >= 0 && w.now-s.held >= w.times.leaseLasts {
		connected = connectedAll
	}
	if soon := 2*time.Second + w.times.resume; f.of.mono()-f.of.begun < soon {
		return readerBehind + connected
	}
	how := s.ended.how
	if n := f.of.at(); n == nil || n.replica.Map().Get(s.key) == nil {
		how = "the reader has nothing: every node that had it died"
	}
	return how + connected
}
