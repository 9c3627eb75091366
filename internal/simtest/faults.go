package simtest

import (
	"fmt"
	"slices"
	"time"

	"heureka/cluster"
	"heureka/model"
	"heureka/registry"
)

// input lets a client say something to a running write node.
func (w *world) input() {
	if w.calm {
		return
	}
	n := w.nodes[w.random.IntN(w.config.Writers)]
	if !n.up || !n.replica.Ready() {
		return
	}
	key := model.NewKey("APP", fmt.Sprintf("i-%d", w.random.IntN(w.config.Keys)))
	have := n.replica.Map().Get(key)
	now := w.moment(n)
	var authored *registry.Entry
	switch choice := w.random.IntN(6); {
	case have.Live() && choice == 0: // an unregister
		authored = n.replica.Entomb(now, key, model.Version{Time: have.Version.Time, Turn: model.TurnEnd, Incarnation: n.replica.Self()}, have.Speaker)
	case have.Live() && choice == 1 && have.Owner() == n.replica.Self(): // an eviction
		authored = n.replica.Entomb(now, key, have.Version, have.Speaker)
	default:
		var above model.Time
		if have != nil {
			above = have.Version.Time
		}
		in := (&model.Instance{App: key.App, ID: key.ID, Status: model.StatusUp, HostName: fmt.Sprint(w.random.IntN(4))}).Canonical()
		authored = n.replica.Put(now, in, in.Hash(), model.Version{Time: n.replica.Draw(now, above), Incarnation: n.replica.Self()}, model.Speaker{})
	}
	w.author.add(authored)
	if n.replica.Map().Get(key) != authored {
		w.fail("Available", "%s didn't take %s", n.name, key)
	}
	w.drain(n)
}

// trouble starts or ends a fault.
func (w *world) trouble() {
	if w.calm {
		return
	}
	switch w.random.IntN(6) {
	case 0: // a two-sided partition
		side := make(map[string]bool)
		for _, n := range w.nodes {
			side[n.name] = w.random.IntN(2) == 0
		}
		for _, a := range w.nodes {
			for _, b := range w.nodes {
				if side[a.name] != side[b.name] {
					w.cut[[2]string{a.name, b.name}] = true
				}
			}
		}
	case 1: // one way only
		a, b := w.nodes[w.random.IntN(len(w.nodes))], w.nodes[w.random.IntN(len(w.nodes))]
		w.cut[[2]string{a.name, b.name}] = true
	case 2, 3:
		clear(w.cut)
	case 4:
		n := w.nodes[w.random.IntN(len(w.nodes))]
		if n.up {
			n.up = false
			w.after(time.Duration(w.random.IntN(20_000))*time.Millisecond, func() {
				if !n.up {
					w.startNode(n)
				}
			})
		}
	case 5:
		w.nodes[w.random.IntN(len(w.nodes))].skew = w.skew()
	}
}

// heal ends all faults and all input.
func (w *world) heal() {
	w.calm = true
	clear(w.cut)
}

// converged checks, at the end, that all nodes show the same.
func (w *world) converged() error {
	first := w.nodes[0]
	for _, n := range w.nodes {
		if !n.up || !n.replica.Ready() {
			return broken("Convergent", "%s isn't ready after the faults", n.name)
		}
		m, v := n.replica.Map(), n.replica.View()
		if !m.Vector().Equal(first.replica.Map().Vector()) {
			return broken("Convergent", "%s and %s have different vectors", first.name, n.name)
		}
		if m.Digest() != first.replica.Map().Digest() || v.Len() != m.Live() {
			return broken("Convergent", "%s has %d entries and shows %d, %s has %d",
				n.name, m.Live(), v.Len(), first.name, first.replica.Map().Live())
		}
		for e := range m.Instances() {
			if s, shown := v.Get(e.Key); e.Live() && (!shown || s.Hash != e.Hash) {
				return broken("Convergent", "%s doesn't show %s as it is", n.name, e.Key)
			}
		}
	}
	for owner, count := range first.replica.Map().Owners() {
		if !slices.ContainsFunc(w.nodes, func(n *node) bool { return n.role == cluster.Write && n.replica.Self() == owner }) {
			return broken("Convergent", "%d entries belong to %s, which is gone", count, owner)
		}
	}
	return nil
}
