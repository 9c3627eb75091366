package server

import (
	"time"

	"heureka/read-node/fanout"
)

// deliver hands out the frames that are due, and reports whether more may be due
// at once, because some have left already.
func (c *core) deliver(now time.Duration) (again bool) {
	deliveries := c.giveUp(c.hub.Deliveries(now))
	if len(deliveries) == 0 {
		return false
	}
	if few(deliveries) {
		return c.deliverHere(deliveries)
	}
	p := c.writers.take()
	for i, d := range deliveries {
		if p != nil && p.full(d.Frame) {
			c.writers.work <- p // has room for all there are
			p = c.writers.take()
		}
		if p == nil {
			return c.deliverHere(deliveries[i:])
		}
		p.add(writing{session: c.sessions[d.Session], frame: d.Frame})
	}
	c.writers.work <- p
	return false
}

// giveUp ends the sessions that the hub has given up. They come first.
func (c *core) giveUp(deliveries []fanout.Delivery) []fanout.Delivery {
	for len(deliveries) > 0 && deliveries[0].Err != nil {
		c.sessions[deliveries[0].Session].Stop(overloaded())
		deliveries = deliveries[1:]
	}
	return deliveries
}

// few reports whether it costs less to write frames here than to wake a writer.
func few(deliveries []fanout.Delivery) bool {
	if len(deliveries) > fewFrames {
		return false
	}
	bytes := 0
	for _, d := range deliveries {
		bytes += len(d.Frame)
	}
	return bytes <= fewBytes
}

// deliverHere writes frames on the loop's own goroutine.
func (c *core) deliverHere(deliveries []fanout.Delivery) (again bool) {
	for _, d := range deliveries {
		if c.sessions[d.Session].Send(d.Frame) {
			c.written(d.Session)
			again = true
		}
	}
	return again
}

// delivered takes back what a writer has written.
func (c *core) delivered(p *portion) {
	for _, w := range p.list {
		if w.left {
			c.written(w.session.ID)
		}
	}
	c.writers.give(p)
}

// written tells the hub of a frame that left at once.
func (c *core) written(id fanout.SessionID) {
	c.atOnce++
	c.hub.Written(id)
	c.note(id)
}
