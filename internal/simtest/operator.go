package simtest

import (
	"errors"
	"slices"
	"time"

	"heureka/cluster"
	"heureka/model"
	"heureka/write-node/owner"
)

// operate is what an operator does with overrides, at any write node that serves:
// while there are faults, puts and ends some; afterwards ends them all, so that
// what clients say is what everybody has to show.
func (w *world) operate() {
	nodes := w.serving(cluster.Write)
	if len(nodes) == 0 {
		return
	}
	n := nodes[w.random.IntN(len(nodes))].body.(*writeNode)
	if w.calm {
		for _, key := range n.overridden() {
			w.override(n, key, "")
		}
		return
	}
	keys := w.truth.keys()
	key, status := keys[w.random.IntN(len(keys))], model.StatusOutOfService
	if w.chance(3) {
		status = ""
	}
	w.override(n, key, status)
}

// operateEvery is how often the operator does something.
const operateEvery = 2 * time.Second

// override puts a status over a key's, or with an empty one ends that.
func (w *world) override(n *writeNode, key model.Key, status model.Status) {
	n.input(n.run, func() {
		var err error
		if status == "" {
			err = n.owner.ClearOverride(key, n.moment())
		} else {
			_, err = n.owner.Override(key, status, n.moment())
		}
		if err != nil && !errors.Is(err, owner.ErrNotFound) && !n.wakesAnd(err) {
			w.fail("Available", n.name, key, "override: %v", err)
		}
		w.note("override", n.name, uint64(len(status)))
		w.tell(n.name, "override of %s: %q, %v", key, status, err)
	})
}

// overridden returns the living keys that have an override, in order.
func (n *writeNode) overridden() []model.Key {
	var keys []model.Key
	for e := range n.replica.Map().Overrides() {
		if e.Live() && n.replica.Map().Get(e.Key).Live() {
			keys = append(keys, e.Key)
		}
	}
	slices.SortFunc(keys, model.Key.Compare)
	return keys
}

// keys returns everybody's keys, in order.
func (t truth) keys() []model.Key {
	keys := make([]model.Key, 0, len(t))
	for key := range t {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, model.Key.Compare)
	return keys
}
