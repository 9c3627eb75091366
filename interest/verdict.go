package interest

import "strings"

// verdict says which patterns of a lane match one value. It is brought up to
// date when the value is met again, not when patterns come and go.
type verdict[T comparable] struct {
	matched []*pattern[T] // by rising serial
	serial  uint64        // patterns up to here have been tried
	removed uint64        // patterns that had gone when it was brought up to date
	bytes   int           // what the cache counts it as
}

// verdictBytes is what a verdict takes beside its value and its patterns.
const verdictBytes = 160

// cache holds the verdicts of the values met lately. It has two generations:
// what is met moves to the young one; when that has half of the limit, it
// becomes the old one and the former old one goes.
type cache[T comparable] struct {
	limit      int // bytes
	young, old map[string]*verdict[T]
	youngBytes int
	oldBytes   int
}

// get returns the value's verdict, an empty one if there was none. It is in the
// young generation then.
func (c *cache[T]) get(value string) *verdict[T] {
	if v, ok := c.young[value]; ok {
		return v
	}
	v, ok := c.old[value]
	if ok {
		delete(c.old, value)
		c.oldBytes -= v.bytes
	} else {
		v = new(verdict[T])
		value = strings.Clone(value) // it may be a piece of something large
	}
	c.rotate()
	if c.young == nil {
		c.young = make(map[string]*verdict[T])
	}
	c.young[value] = v
	c.youngBytes += v.bytes
	return v
}

// weigh counts what a verdict that get has just returned takes after it changed.
func (c *cache[T]) weigh(value string, v *verdict[T]) {
	bytes := verdictBytes + len(value) + 8*cap(v.matched)
	c.youngBytes += bytes - v.bytes
	v.bytes = bytes
	c.rotate()
}

// rotate begins another generation if the young one has its share.
func (c *cache[T]) rotate() {
	if c.youngBytes > c.limit/2 {
		c.old, c.oldBytes = c.young, c.youngBytes
		c.young, c.youngBytes = nil, 0
	}
}

// clear forgets all verdicts.
func (c *cache[T]) clear() { *c = cache[T]{limit: c.limit} }
