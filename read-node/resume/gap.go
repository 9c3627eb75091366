package resume

import (
	"iter"
	"math"
	"time"

	"heureka/interest"
	"heureka/model"
)

// gap is what lies beyond a position. It is found once for many: those who lost the
// same node come within moments, and with positions that are hardly apart. What is
// authored while they come is added, so a change costs what it is, and an arrival
// what it is interested in.
type gap struct {
	from  model.Vector // all that lies beyond it is here
	at    model.Vector // in a node that had come so far
	marks []mark
	first int // how many marks there were before any was added
	apps  map[string][]int32
	used  time.Duration

	// whole is all beyond the position asked for last, for who can't be content with
	// applications.
	whole      []model.Key
	wholeOf    model.Vector
	wholeMarks int // how many had been looked at
}

// mark is something that was authored beyond the position. A later one of the same
// key doesn't replace it.
type mark struct {
	key model.Key
	dot model.Dot
}

const (
	// gapSlack is how many marks may be added to few before all are found anew,
	// without those that later ones have outdated.
	gapSlack = 1000
	// gapKept is how long a gap is kept for the next to come.
	gapKept = 10 * time.Second
)

// missed returns the keys of what changed beyond a position and may concern who has
// that set, some of them twice. It reports false where what changed is too much to be
// looked up.
func (g *gap) missed(now time.Duration, node Node, position model.Vector, set interest.Set, most int) ([]model.Key, bool) {
	if !g.reach(node, position, most) {
		return nil, false
	}
	g.used = now
	apps, only := applications(set)
	if !only {
		return g.all(position), true
	}
	var keys []model.Key
	for _, app := range apps {
		for _, i := range g.apps[app] {
			if m := g.marks[i]; !position.Covers(m.dot) {
				keys = append(keys, m.key)
			}
		}
	}
	return keys, true
}

// reach makes the gap one that has all beyond the position, and what is beyond it now.
// It reports false, and leaves the gap to others, where that is more than so much.
func (g *gap) reach(node Node, position model.Vector, most int) bool {
	switch {
	case g.from == nil, !position.Includes(g.from), len(g.marks) > 2*g.first+gapSlack:
		fresh := gap{from: position, apps: make(map[string][]int32), used: g.used}
		if !fresh.add(node.Missed(position), most) {
			return false
		}
		fresh.first = len(fresh.marks)
		*g = fresh
	case !g.at.Equal(node.Vector()):
		g.add(node.Missed(g.at), math.MaxInt)
	default:
		return true
	}
	g.at = node.Vector().Clone()
	return true
}

// add adds what was missed. It reports false, and stops there, where that is more
// than so much.
func (g *gap) add(missed iter.Seq2[model.Key, model.Dot], most int) bool {
	for key, dot := range missed {
		if most--; most < 0 {
			return false
		}
		g.apps[key.App] = append(g.apps[key.App], int32(len(g.marks)))
		g.marks = append(g.marks, mark{key, dot})
	}
	return true
}

// all returns every key beyond the position.
func (g *gap) all(position model.Vector) []model.Key {
	if g.wholeOf == nil || !g.wholeOf.Equal(position) {
		g.whole, g.wholeOf, g.wholeMarks = nil, position, 0
	}
	for _, m := range g.marks[g.wholeMarks:] {
		if !position.Covers(m.dot) {
			g.whole = append(g.whole, m.key)
		}
	}
	g.wholeMarks = len(g.marks)
	return g.whole
}

// forget lets go of a gap that nobody has come for in a while.
func (g *gap) forget(now time.Duration) {
	if g.from != nil && now-g.used > gapKept {
		*g = gap{}
	}
}

// applications returns those that a set is about, if it is about nothing else: what
// changed in others never concerns it.
func applications(set interest.Set) (apps []string, only bool) {
	for _, atom := range set.Atoms() {
		if atom.Kind != interest.App || atom.Op != interest.Equals {
			return nil, false
		}
		apps = append(apps, atom.Value)
	}
	return apps, true
}
