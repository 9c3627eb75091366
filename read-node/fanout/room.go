package fanout

import (
	"cmp"
	"slices"
)

// gather finds out the members of a new group. It reports false if there is no
// room for the group, not even without a log.
func (h *Hub) gather(g *group, known Verdicts) bool {
	if g.set.Full() {
		g.count, g.digest = h.catalog.count, h.catalog.digest // its log is the node's
		return true
	}
	room := h.config.References - h.references
	var found []*record
	fits := room > 0
	for r := range h.catalog.find(g.set, known) {
		g.count++
		g.digest += r.hash
		if fits = fits && len(found) < room; fits {
			found = append(found, r)
		} else {
			found = nil
		}
	}
	if fits {
		slices.SortFunc(found, func(a, b *record) int { return cmp.Compare(a.number, b.number) })
		g.log = newLog(slices.Values(found), len(found), h.config.Departures)
	} else if g.patterns > 0 {
		if h.makeRoom(h.walkCost(g)); h.references+h.walkCost(g) > h.config.References {
			return false
		}
		g.seen = newBits(h.catalog.seats)
		for r := range h.catalog.find(g.set, known) {
			g.seen.set(r.seat, true)
		}
	}
	h.weigh(g)
	return true
}

// unlog takes a group's log from it: it walks the node's from now on.
func (h *Hub) unlog(g *group) {
	if g.patterns > 0 {
		g.seen = newBits(h.catalog.seats)
		for r := range h.members(g) {
			g.seen.set(r.seat, true)
		}
	}
	g.log = nil
	h.walking++
	h.counters.Unlogged++
	h.weigh(g)
}

// relog gives a group that walks a log of its own.
func (h *Hub) relog(g *group) {
	g.log = newLog(h.members(g), g.count, h.config.Departures)
	g.born, g.seen = h.number, nil
	h.walking--
	h.counters.Logged++
	h.weigh(g)
}

// bound makes what the groups take fit Config.References again. Where groups with
// patterns, which take something in any case, are too many, the largest of these
// are given up.
func (h *Hub) bound() {
	h.makeRoom(0)
	if h.references <= h.config.References {
		return
	}
	for _, g := range h.byRank(func(g *group) int { return g.cost }) {
		if h.references <= h.config.References {
			break
		}
		h.giveUp(g)
	}
}

// makeRoom takes their logs from those groups that then take least beside what
// they do now, until there is that much room; somewhat more than that, if any.
func (h *Hub) makeRoom(room int) {
	if h.references+room <= h.config.References {
		return
	}
	gain := func(g *group) int {
		if g.log == nil {
			return 0
		}
		return g.cost - h.walkCost(g)
	}
	for _, g := range h.byRank(gain) {
		if h.references+room <= h.config.References-h.config.References/16 || gain(g) <= 0 {
			break
		}
		h.unlog(g)
	}
}

// widen gives a log to the smallest group that has none, where there is room for
// it and as much again.
func (h *Hub) widen() {
	var least *group
	if h.walking == 0 {
		return
	}
	for _, g := range h.groups {
		if g.log != nil || g.set.Full() {
			continue
		}
		if least == nil || g.count < least.count || g.count == least.count && g.id < least.id {
			least = g
		}
	}
	if least != nil && h.references+2*least.count < h.config.References-h.config.References/8 {
		h.relog(least)
	}
}

// byRank returns all groups, those of the highest rank first.
func (h *Hub) byRank(rank func(*group) int) []*group {
	out := make([]*group, 0, len(h.groups))
	for _, g := range h.groups {
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b *group) int { return cmp.Or(rank(b)-rank(a), cmp.Compare(a.id, b.id)) })
	return out
}

// giveUp ends all sessions that have to do with a group, so that it goes.
func (h *Hub) giveUp(g *group) {
	for _, s := range slices.Clone(h.order) {
		if s.group == g || s.held == g || s.next == g {
			h.Close(s.id)
			h.ended = append(h.ended, s.id)
			h.counters.GivenUp++
		}
	}
}
