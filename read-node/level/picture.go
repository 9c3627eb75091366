package level

import (
	"slices"

	"heureka/model"
)

// Picture is what a node knows of the fleet at a moment.
type Picture struct {
	Serving  bool // this node takes subscribers
	Sessions int  // that it has
	Leaving  int  // of these, asked to go and still on their way out
	Others   []Reader
}

// Reader is another read node that takes subscribers, as it was last heard.
type Reader struct {
	Node     model.Incarnation
	Sessions int
}

// Average returns how many sessions a node of the fleet has, this one counted.
func (p Picture) Average() float64 { return float64(p.total()) / float64(len(p.Others)+1) }

func (p Picture) total() int {
	n := p.Sessions
	for _, o := range p.Others {
		n += o.Sessions
	}
	return n
}

// least returns how many sessions the emptiest of the others has.
func (p Picture) least() int {
	n := p.Others[0].Sessions
	for _, o := range p.Others {
		n = min(n, o.Sessions)
	}
	return n
}

// uneven returns the share of all sessions that would have to move for every node
// to have the average.
func (p Picture) uneven() float64 {
	average := p.Average()
	if average == 0 {
		return 0
	}
	above := max(0, float64(p.Sessions)-average)
	for _, o := range p.Others {
		above += max(0, float64(o.Sessions)-average)
	}
	return above / float64(p.total())
}

// names returns who the others are, ordered.
func (p Picture) names() []model.Incarnation {
	out := make([]model.Incarnation, 0, len(p.Others))
	for _, o := range p.Others {
		out = append(out, o.Node)
	}
	slices.SortFunc(out, model.Incarnation.Compare)
	return out
}
