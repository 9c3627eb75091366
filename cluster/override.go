package cluster

import (
	"slices"
	"time"

	"heureka/model"
	"heureka/registry"
)

// overrides ends the overrides of instances that are gone. An instance that comes
// back finds its override, for as long as removals are remembered; after that it
// ends, or they would pile up for ever. So does at once what was restored, or comes
// out of a partition, so late that the others have let its author go: they have seen
// it end, and no longer know how.
type overrides struct {
	gone map[model.Key]time.Duration // since when an overridden instance isn't live
	next time.Duration               // when to look again
}

// due returns the live overrides whose instances have been gone for longer than
// that, or whose authors have been let go, by key. It looks sixty times within it.
func (o *overrides) due(m *registry.Map, letGo func(model.Incarnation) bool, than, now time.Duration) []*registry.Entry {
	if now < o.next {
		return nil
	}
	o.next = now + than/60
	gone, left := make(map[model.Key]time.Duration), make(map[model.Incarnation]bool)
	var due []*registry.Entry
	for e := range m.Overrides() {
		if e.Removed {
			continue
		}
		if _, asked := left[e.Owner()]; !asked { // authors are few, overrides may be many
			left[e.Owner()] = letGo(e.Owner())
		}
		if left[e.Owner()] {
			due = append(due, e)
			continue
		}
		if m.Get(e.Key).Live() {
			continue
		}
		since, known := o.gone[e.Key]
		if !known {
			since = now
		}
		gone[e.Key] = since
		if now-since > than {
			due = append(due, e)
		}
	}
	o.gone = gone
	slices.SortFunc(due, func(a, b *registry.Entry) int { return a.Key.Compare(b.Key) })
	return due
}

// endOverrides ends the overrides that are due: those that this node authored, or
// is the heir to.
func (r *Replica) endOverrides(now model.Moment) {
	if r.role != Write || !r.ready || r.left {
		return
	}
	letGo := func(inc model.Incarnation) bool { return r.members.letGo(inc, now.Mono) }
	for _, e := range r.overrides.due(r.registry, letGo, r.config.Tombstones, now.Mono) {
		author := r.members.tick(e.Owner(), Write, 0, now.Mono)
		if e.Owner() == r.self || author != nil && r.members.dead(author, now.Mono) && r.members.heir(e.Owner(), r.ready, now.Mono) == r.self {
			r.EndOverride(now, e)
		}
	}
}
