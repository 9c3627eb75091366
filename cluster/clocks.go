package cluster

import (
	"slices"

	"heureka/model"
)

// clockTrusted reports whether a wall clock is near the median of its peers'.
// Without peers there is nothing to doubt it by.
func (ms *members) clockTrusted(now model.Moment) bool {
	off := now.Wall - ms.median(now)
	return max(off, -off) <= ms.config.ClockSkew.Microseconds()
}

// wall returns the time of day: this node's, or the median of its peers' where
// that isn't near them.
func (ms *members) wall(now model.Moment) int64 {
	if ms.clockTrusted(now) {
		return now.Wall
	}
	return ms.median(now)
}

// median returns the median of the wall clocks of the other write nodes; without
// any, this node's own.
func (ms *members) median(now model.Moment) int64 {
	var room [8]int64 // enough for most
	peers := room[:0]
	for _, m := range ms.writes {
		if ms.heard(m, now.Mono) {
			peers = append(peers, m.Beacon.Wall+(now.Mono-m.Heard).Microseconds())
		}
	}
	if len(peers) == 0 {
		return now.Wall
	}
	slices.Sort(peers)
	return peers[len(peers)/2]
}
