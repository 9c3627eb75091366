package simtest

import "heureka/model"

// shown follows the changes of one incarnation's view and judges them.
type shown struct {
	by     map[model.Key]model.Change // the last put of each key that is shown
	number uint64
}

func newShown() *shown { return &shown{by: make(map[model.Key]model.Change)} }

// watch judges one change against what was shown before.
func (s *shown) watch(n *node, c model.Change) {
	w := n.w
	if s.number++; c.Number != s.number {
		w.fail("Ordered", n.name, c.Key, "a change is numbered %d after %d", c.Number, s.number-1)
	}
	before, held := s.by[c.Key]
	if held == c.Before.IsZero() || held && c.Before != before.After {
		w.fail("Ordered", n.name, c.Key, "a change doesn't fit what was shown")
	}
	if c.Kind == model.Remove {
		if !held {
			w.fail("Unique", n.name, c.Key, "removed, and wasn't shown")
		}
		delete(s.by, c.Key)
		return
	}
	if held && c.Version.Compare(before.Version) < 0 {
		w.fail("Fenced", n.name, c.Key, "shown at %s after %s", c.Version, before.Version)
	}
	if held && before.Hash == c.Hash {
		w.fail("Unique", n.name, c.Key, "shown again unchanged")
	}
	s.by[c.Key] = c
}
