package level

import (
	"slices"
	"time"

	"heureka/model"
)

// calm knows since when the picture has been about the same: the same readers,
// with about as many sessions together. While sessions come, after the death of a
// node for one, the balancer is busy placing them and nobody should interfere.
type calm struct {
	begun           bool
	since           time.Duration
	readers         []model.Incarnation
	lowest, highest int // total since then
}

// look takes in a picture, and returns for how long it has been calm. A total may
// vary by band.
func (c *calm) look(now time.Duration, p Picture, band int) time.Duration {
	readers, total := p.names(), p.total()
	c.lowest, c.highest = min(c.lowest, total), max(c.highest, total)
	if !c.begun || c.highest-c.lowest > band || !slices.Equal(c.readers, readers) {
		*c = calm{begun: true, since: now, readers: readers, lowest: total, highest: total}
	}
	return now - c.since
}
