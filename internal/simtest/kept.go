package simtest

import (
	"time"

	"heureka/cluster"
	"heureka/internal/promise"
	"heureka/model"
)

const watchEvery = 250 * time.Millisecond

// keeping judges Kept for one reader and one client, over an interval in which
// both live, everything gets through between them and the write nodes, and between
// those, and at most one write node is down or stands still. What the client was
// acknowledged must be shown then, and be back within times.back if it was gone
// when the interval began or is gone because of that one node.
type keeping struct {
	keeper *promise.Keeper // nil: not such an interval
	run    int             // of the reader
	down   *node           // the write node that is down, if any
	living map[model.Key]bool
	shown  map[model.Key]bool
}

// pair names a reader and a client, by host.
type pair struct{ reader, client int }

// watchKept looks at every reader and every client.
func (w *world) watchKept() {
	down, many := w.troubled()
	for _, r := range w.readers {
		for _, s := range w.services {
			w.keep(r.node, s.process, s.keys, down, many)
		}
		for _, p := range w.plains {
			w.keep(r.node, p.process, p.keys, down, many)
		}
	}
}

// troubled returns the write node that is of no use now, nil if there is none, and
// whether there is more than one.
func (w *world) troubled() (down *node, many bool) {
	for _, n := range w.writers {
		if n.up && n.replica.Ready() && !n.draining && !n.asleep() {
			continue
		}
		many = down != nil
		down = n.node
		if many {
			break
		}
	}
	return down, many || len(w.serving(cluster.Write)) == 0
}

func (w *world) keep(r *node, client *process, keys []model.Key, down *node, many bool) {
	id := pair{r.host, client.host}
	k := w.keepings[id]
	if k == nil {
		k = new(keeping)
		w.keepings[id] = k
	}
	good := !many && w.within(r, client)
	switch {
	case !good:
		k.keeper = nil
		return
	case k.keeper == nil || k.run != r.run || down != nil && down != k.down:
		limit := w.times.back(len(w.writers), w.drop)
		k.keeper = promise.NewKeeper(r.name, promise.KeptLimits{Appear: limit, Return: limit}, &w.report)
		k.run, k.down = r.run, down
		w.results.Kept++
		k.living, k.shown = make(map[model.Key]bool), make(map[model.Key]bool)
	}
	for _, key := range keys {
		k.follow(key, w, r)
	}
	k.keeper.End(w.now)
}

// within reports whether a reader and a client live and everything gets through
// among them and all write nodes.
func (w *world) within(r *node, client *process) bool {
	if !r.up || !r.replica.Ready() || r.draining || r.asleep() || !client.up || client.asleep() {
		return false
	}
	all := []*process{r.process, client}
	for _, n := range w.writers {
		all = append(all, n.process)
	}
	for i, a := range all {
		for _, b := range all[:i] {
			if !w.joined(a, b) {
				return false
			}
		}
	}
	return true
}

// follow tells the keeper what has become of a key.
func (k *keeping) follow(key model.Key, w *world, r *node) {
	_, shown := r.shown.by[key]
	living := w.truth[key].living
	if shown && !k.shown[key] {
		k.keeper.Shown(key, w.now)
	}
	if living && !k.living[key] {
		k.keeper.Acknowledged(key, w.now)
	}
	if !living && k.living[key] {
		k.keeper.Ended(key)
	}
	if !shown && k.shown[key] {
		k.keeper.Gone(key, w.now)
	}
	k.living[key], k.shown[key] = living, shown
}
