package cluster

import (
	"time"

	"heureka/model"
	"heureka/registry"
)

// Draw returns a time for a client's new word: above a given one and above all
// that this node holds. The wall clock counts while it is near its peers'.
func (r *Replica) Draw(now model.Moment, above model.Time) model.Time {
	return r.clock.Draw(now.Wall, r.members.clockTrusted(now), above)
}

// TooFarAhead reports whether a time that a client carries lies so far ahead
// that no node can have drawn it honestly. Following it would drag the whole
// cluster's clock along. It is measured from the peers' wall clocks, or this
// node's own; never from what was drawn, which such times would drag along.
func (r *Replica) TooFarAhead(now model.Moment, t model.Time) bool {
	if t <= r.clock.Last() {
		return false // it drags nothing
	}
	return t.Micros()-r.members.wall(now) > int64(r.config.MaxAhead/time.Microsecond)
}

// Put authors a live entry. The version must beat what the map holds for the
// key: it returns nil if it doesn't.
func (r *Replica) Put(now model.Moment, key model.Key, instance model.Packed, hash uint64, version model.Version, speaker model.Speaker) *registry.Entry {
	return r.author(now, registry.Entry{Key: key, Version: version, Instance: instance, Hash: hash, Speaker: speaker})
}

// Entomb authors a tombstone that ends a version. Speaker is who ended it, or
// who said what ends by itself. It returns nil if the map holds more than that.
func (r *Replica) Entomb(now model.Moment, key model.Key, version model.Version, speaker model.Speaker) *registry.Entry {
	return r.author(now, registry.Entry{Key: key, Version: version, Removed: true, Speaker: speaker})
}

// Override authors the override of an instance's status, as a word newer than all
// that this node holds. The empty status ends the override that there is. Nobody
// holds a lease on it, so any write node may.
//
// It returns nil when the clock has come to its end, see Draw.
func (r *Replica) Override(now model.Moment, key model.Key, status model.Status) *registry.Entry {
	version := model.Version{Time: r.Draw(now, 0), Incarnation: r.self}
	return r.author(now, registry.Entry{Key: key, Override: true, Version: version, Status: status, Removed: status == ""})
}

// EndOverride ends an override, and no later one: its tombstone has its version. It
// returns nil if the map holds more than that.
func (r *Replica) EndOverride(now model.Moment, override *registry.Entry) *registry.Entry {
	return r.author(now, registry.Entry{Key: override.Key, Override: true, Version: override.Version, Removed: true})
}

func (r *Replica) author(now model.Moment, content registry.Entry) *registry.Entry {
	e, t, ok := r.registry.Author(r.self, content, now.Mono)
	if !ok {
		r.stats.Refused++
		return nil
	}
	r.authored = append(r.authored, e)
	r.effects.Transitions = append(r.effects.Transitions, t)
	r.follow(r.effects.Transitions[len(r.effects.Transitions)-1:], now)
	return e
}
