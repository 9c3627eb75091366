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
// cluster's clock along.
func (r *Replica) TooFarAhead(now model.Moment, t model.Time) bool {
	reference := r.clock.Last().Micros()
	if r.members.clockTrusted(now) {
		reference = max(reference, now.Wall)
	}
	return t.Micros()-reference > int64(r.config.MaxAhead/time.Microsecond)
}

// Put authors a live entry. The version must beat what the map holds for the
// key.
func (r *Replica) Put(now model.Moment, instance *model.Instance, hash uint64, version model.Version) *registry.Entry {
	return r.author(now, registry.Entry{Key: instance.Key(), Version: version, Instance: instance, Hash: hash})
}

// Entomb authors a tombstone that ends a version.
func (r *Replica) Entomb(now model.Moment, key model.Key, version model.Version) *registry.Entry {
	return r.author(now, registry.Entry{Key: key, Version: version, Removed: true})
}

func (r *Replica) author(now model.Moment, content registry.Entry) *registry.Entry {
	e, t := r.registry.Author(r.self, content, now.Mono)
	r.authored = append(r.authored, e)
	r.merged([]registry.Transition{t}, now)
	return e
}
