package registry

import "heureka/model"

// Clock is a hybrid logical clock: it follows the wall clock where it may, and
// never goes back. Kulkarni et al., "Logical Physical Clocks", 2014, with the
// logical part folded into the microseconds.
type Clock struct {
	node model.Time // the low bits of every time it draws
	last model.Time
}

// NewClock returns a clock whose times carry the low bits of node.
func NewClock(node uint64) *Clock {
	return &Clock{node: model.Time(node) & (1<<model.TimeNodeBits - 1)}
}

// Witness makes the clock draw above t from now on.
func (c *Clock) Witness(t model.Time) { c.last = max(c.last, t) }

// lastTime is the greatest time there is. A clock that stands there can draw no
// more; nothing but a corrupt entry gets it there.
const lastTime = ^model.Time(0)

// Draw returns a time above all that the clock has drawn or witnessed and above
// a given one. It is the wall clock's, if that is trusted and greater.
func (c *Clock) Draw(wallMicros int64, trusted bool, above model.Time) model.Time {
	floor := max(c.last, above)
	if floor >= lastTime>>model.TimeNodeBits<<model.TimeNodeBits {
		c.last = lastTime
		return lastTime
	}
	micros := floor.Micros() + 1
	if trusted {
		micros = max(micros, wallMicros)
	}
	c.last = model.Time(micros)<<model.TimeNodeBits | c.node
	return c.last
}

// Last returns the greatest time that the clock has drawn or witnessed.
func (c *Clock) Last() model.Time { return c.last }
