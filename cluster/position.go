package cluster

import (
	"iter"

	"heureka/model"
)

// Position returns what the view has come to: the map's vector, less what the
// view keeps back. Who held what the view shows here, and hears of everything
// beyond its position from any node whose vector includes this one's, misses nothing:
// what came after something that is kept back is shown, and beyond the position. It
// reports false while the view keeps back what no vector can name.
func (r *Replica) Position() (model.Vector, bool) {
	out := r.registry.Vector().Clone()
	for dot := range r.view.KeptBack() {
		if dot == (model.Dot{}) {
			return nil, false
		}
		if out[dot.Incarnation] >= dot.Seq {
			out[dot.Incarnation] = dot.Seq - 1
		}
	}
	return out, true
}

// KeepsBack reports whether the view doesn't show yet what somebody at that
// position has been shown.
func (r *Replica) KeepsBack(position model.Vector) bool {
	for dot := range r.view.KeptBack() {
		if dot == (model.Dot{}) || position.Covers(dot) {
			return true
		}
	}
	return false
}

// Missed yields all that was authored beyond a position and still counts: of a key
// that has an override it may yield two. The replica must not change meanwhile.
func (r *Replica) Missed(position model.Vector) iter.Seq2[model.Key, model.Dot] {
	return func(yield func(model.Key, model.Dot) bool) {
		for e := range r.registry.Beyond(position) {
			if !yield(e.Key, e.Dot) {
				return
			}
		}
	}
}

// Vector returns the vector of the node's map, to be read only.
func (r *Replica) Vector() model.Vector { return r.registry.Vector() }

// Authored returns the dot of what this node authored last.
func (r *Replica) Authored() model.Dot {
	return model.Dot{Incarnation: r.self, Seq: r.registry.Vector()[r.self]}
}

// Horizon returns the horizon of the node's map, to be read only.
func (r *Replica) Horizon() model.Vector { return r.registry.Horizon() }
