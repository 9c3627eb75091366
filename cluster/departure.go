package cluster

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"heureka/model"
	"heureka/registry"
)

// departures lets incarnations leave the vectors, which would otherwise grow with
// every restart of a node: those that are dead, and whose dot no entry or
// tombstone has borne for Config.Departure. Until as long again has passed, what
// vectors that are heard say of them counts for nothing, so that they don't come
// back from a node that lets them go later.
//
// How long an incarnation has been quiet goes from node to node with the beacons.
// So the time counts on though every single node is restarted more often than
// that.
//
// A node that was cut off for longer than Config.Departure may bring an instance back
// that had ended meanwhile. Who knows no more of its owner is no heir to it, so that
// node takes it over, and it goes with its lease. One that was down for so long
// doesn't use what it had stored.
type departures struct {
	config   Config
	registry *registry.Map
	quiet    map[model.Incarnation]time.Duration // since when
	departed map[model.Incarnation]time.Duration // when
	next     time.Duration                       // when to look again
}

func newDepartures(config Config, m *registry.Map) *departures {
	return &departures{
		config:   config,
		registry: m,
		quiet:    make(map[model.Incarnation]time.Duration),
		departed: make(map[model.Incarnation]time.Duration),
	}
}

// look finds who is quiet and lets go who has been for long enough. Alive reports
// whether an incarnation is not known to be dead.
func (d *departures) look(alive func(model.Incarnation) bool, now time.Duration) {
	if now < d.next {
		return
	}
	d.next = now + d.config.Departure/1000
	quiet := make(map[model.Incarnation]time.Duration)
	for inc := range d.registry.Vector() {
		if d.registry.Borne(inc) > 0 || alive(inc) {
			continue
		}
		since, known := d.quiet[inc]
		if !known {
			since = now
		}
		quiet[inc] = since
	}
	d.quiet = quiet
	for _, inc := range d.due(len(d.registry.Vector()), now) {
		d.registry.Depart(inc)
		delete(d.quiet, inc)
		d.departed[inc] = now
	}
	d.forget(now)
}

// forget takes those who departed long ago for unknown, and more of them should
// there be more than are allowed: beacons tell of all of them.
func (d *departures) forget(now time.Duration) {
	first := slices.Collect(maps.Keys(d.departed))
	slices.SortFunc(first, func(a, b model.Incarnation) int {
		return cmp.Or(cmp.Compare(d.departed[a], d.departed[b]), a.Compare(b))
	})
	for n, inc := range first {
		if now-d.departed[inc] > d.config.Departure || len(first)-n > d.config.MaxIncarnations {
			delete(d.departed, inc)
		}
	}
}

// due returns who leaves: who has been quiet for long enough and, should there be
// more incarnations than are allowed, who has been quiet the longest.
func (d *departures) due(incarnations int, now time.Duration) []model.Incarnation {
	var longest []model.Incarnation
	for inc := range d.quiet {
		longest = append(longest, inc)
	}
	slices.SortFunc(longest, func(a, b model.Incarnation) int {
		return cmp.Or(cmp.Compare(d.quiet[a], d.quiet[b]), a.Compare(b))
	})
	n := 0
	for n < len(longest) && (now-d.quiet[longest[n]] > d.config.Departure || incarnations-n > d.config.MaxIncarnations) {
		n++
	}
	return longest[:n]
}

// hear takes in what a beacon says: how long its sender has found others quiet,
// and that the sender itself is there.
func (d *departures) hear(b *Beacon, now time.Duration) {
	delete(d.departed, b.From)
	for inc, age := range b.Quiet {
		since, quiet := d.quiet[inc]
		if !quiet || since <= now-age {
			continue
		}
		d.quiet[inc] = now - age
		if age > d.config.Departure {
			d.next = now // until it leaves here too, vectors are compared in vain
		}
	}
}

// ages returns how long each incarnation has been quiet, for a beacon: those that
// have departed among them, for a node that has just heard of them from another.
func (d *departures) ages(now time.Duration) map[model.Incarnation]time.Duration {
	out := make(map[model.Incarnation]time.Duration, len(d.quiet)+len(d.departed))
	for inc, when := range d.departed {
		out[inc] = now - when + d.config.Departure
	}
	for inc, since := range d.quiet {
		out[inc] = now - since
	}
	return out
}

// strip returns a vector without those who have departed: the same one if it has
// none of them.
func (d *departures) strip(v model.Vector) model.Vector {
	stripped := v
	for inc := range d.departed {
		if _, has := v[inc]; !has {
			continue
		}
		if len(stripped) == len(v) {
			stripped = v.Clone()
		}
		delete(stripped, inc)
	}
	return stripped
}

// stripAnswer takes those who have departed out of an answer. Where it has a living
// entry of theirs, what the map holds stands: were there nothing, a whole answer
// would say that it ended.
func (d *departures) stripAnswer(a *registry.Answer) {
	a.Vector, a.Horizon = d.strip(a.Vector), d.strip(a.Horizon)
	if len(d.departed) == 0 {
		return
	}
	var kept []*registry.Entry
	for _, e := range a.Entries {
		if !d.gone(e.Owner()) {
			kept = append(kept, e)
		} else if mine := d.registry.At(e.Slot()); mine != nil && e.Live() {
			kept = append(kept, mine)
		}
	}
	a.Entries = kept
}

// gone reports whether an incarnation has departed.
func (d *departures) gone(inc model.Incarnation) bool {
	_, gone := d.departed[inc]
	return gone
}
