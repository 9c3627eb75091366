package resume

import (
	"iter"
	"slices"
	"time"

	"heureka/model"
	"heureka/read-node/fanout"

	"github.com/cespare/xxhash/v2"
)

// Why a token doesn't count, in the words of docs/protocol.md.
const (
	Malformed      = "malformed" // no token at all
	Foreign        = "foreign"   // of another cluster
	OtherInterests = "interests" // for other interests than those subscribed to
	TooOld         = "too_old"   // removals since may be forgotten
	Unknown        = "unknown"   // of a write node that nobody here has heard of
	Behind         = "behind"    // this node hasn't heard of as much, nor did it within the wait
)

// Reasons returns all of them.
func Reasons() []string { return []string{Malformed, Foreign, OtherInterests, TooOld, Unknown, Behind} }

// Config says how a Desk receives.
type Config struct {
	Cluster string // its name
	// Wait is how long at most a subscriber waits for this node to have come as far
	// as the one that it comes from. It is longer than registry.ViewConfig.Grace.
	Wait time.Duration
	// MaxMissed is the most that is looked up for a token: who missed more gets a
	// snapshot, whatever that says.
	MaxMissed int
}

// Node is the registry as a Desk asks it: a cluster.Replica.
type Node interface {
	Positioned
	Horizon() model.Vector // of the node's map
	// KeepsBack reports whether the node's view doesn't show yet what somebody at
	// that position has been shown.
	KeepsBack(position model.Vector) bool
	// Missed yields all that was authored beyond a position and counts.
	Missed(position model.Vector) iter.Seq2[model.Key, model.Dot]
}

// Arrival is a Subscribe on its way to the Hub.
type Arrival struct {
	Session fanout.SessionID
	fanout.Subscription
}

// Desk receives those who subscribe with a token. It belongs to one goroutine.
type Desk struct {
	config  Config
	cluster uint32
	waiting []waiting // by arrival, one of a session at most
	gap     gap
	stats   Stats
}

type waiting struct {
	Arrival
	token Token
	until time.Duration
}

// Stats counts what a Desk has done, and who waits.
type Stats struct {
	Resumed uint64
	Refused map[string]uint64 // by reason
	Waiting int
}

// NewDesk returns a desk where nobody waits.
func NewDesk(config Config) *Desk {
	d := &Desk{config: config, cluster: hashCluster(config.Cluster)}
	d.stats.Refused = make(map[string]uint64)
	return d
}

// Receive takes a Subscribe and its token, if it has one. It reports true if the
// Subscription, whose Resume it has filled in, is to be obeyed now. Otherwise it
// waits, and Due returns it. An earlier one of the session that waits is forgotten.
func (d *Desk) Receive(now time.Duration, node Node, a Arrival, token string) (Arrival, bool) {
	d.Forget(a.Session)
	if token == "" {
		return a, true
	}
	t, ok := Parse(token)
	switch {
	case !ok:
		return d.refuse(a, Malformed), true
	case t.cluster != d.cluster:
		return d.refuse(a, Foreign), true
	case t.set != xxhash.Sum64String(a.Set.String()):
		return d.refuse(a, OtherInterests), true
	}
	w := waiting{a, t, now + d.config.Wait}
	if d.decide(now, node, &w) {
		return w.Arrival, true
	}
	d.waiting = append(d.waiting, w)
	return Arrival{}, false
}

// Due returns those whose wait is over. Call it often.
func (d *Desk) Due(now time.Duration, node Node) []Arrival {
	d.gap.forget(now)
	var due []Arrival
	d.waiting = slices.DeleteFunc(d.waiting, func(w waiting) bool {
		over := d.decide(now, node, &w)
		if over {
			due = append(due, w.Arrival)
		}
		return over
	})
	return due
}

// Forget lets go of a session that has ended.
func (d *Desk) Forget(id fanout.SessionID) {
	d.waiting = slices.DeleteFunc(d.waiting, func(w waiting) bool { return w.Session == id })
}

// Stats returns the counters. The map isn't changed any more.
func (d *Desk) Stats() Stats {
	out := Stats{Resumed: d.stats.Resumed, Refused: make(map[string]uint64, len(d.stats.Refused)), Waiting: len(d.waiting)}
	for reason, n := range d.stats.Refused {
		out.Refused[reason] = n
	}
	return out
}

// decide fills in what the arrival hears. It reports false if that can't be said
// yet.
func (d *Desk) decide(now time.Duration, node Node, w *waiting) bool {
	position, refusal := judge(node, w.token)
	switch {
	case refusal == "":
		keys, all := d.gap.missed(now, node, position, w.Set, d.config.MaxMissed)
		w.Resume = &fanout.Resume{Missed: keys, TooMuch: !all}
		d.stats.Resumed++
	case refusal != TooOld && now < w.until:
		return false
	default:
		w.Arrival = d.refuse(w.Arrival, refusal)
	}
	return true
}

// judge returns the position that a token names, and why the node can't go on from
// there now, "" if it can.
func judge(node Node, t Token) (model.Vector, string) {
	position, heard := t.vector(node.Vector())
	switch {
	case !heard:
		return nil, Unknown
	case !position.Includes(node.Horizon()):
		return nil, TooOld
	case !node.Vector().Includes(position), !t.reached(node.Vector()), node.KeepsBack(position):
		return nil, Behind
	default:
		return position, ""
	}
}

func (d *Desk) refuse(a Arrival, reason string) Arrival {
	d.stats.Refused[reason]++
	a.Resume = &fanout.Resume{Refused: reason}
	return a
}
