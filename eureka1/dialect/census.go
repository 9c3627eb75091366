package dialect

import (
	"strconv"

	"heureka/model"
)

// Census counts instances by the status that they are shown with. Its text is
// Eureka's hash code of a registry, which clients compare with that of what they
// hold after a delta.
type Census struct{ down, outOfService, starting, unknown, up int }

// Add counts n more instances with that status; fewer, if n is negative.
func (c *Census) Add(s model.Status, n int) { *c.of(s) += n }

// Move counts an instance that was shown with one status under another. The empty
// status is that of an instance which isn't there.
func (c *Census) Move(from, to model.Status) {
	if from != "" {
		c.Add(from, -1)
	}
	if to != "" {
		c.Add(to, 1)
	}
}

func (c *Census) of(s model.Status) *int {
	switch s {
	case model.StatusUp:
		return &c.up
	case model.StatusDown:
		return &c.down
	case model.StatusStarting:
		return &c.starting
	case model.StatusOutOfService:
		return &c.outOfService
	default:
		return &c.unknown
	}
}

// Append appends the hash code: the name and number of each status that there is, in
// the order of names.
func (c *Census) Append(dst []byte) []byte {
	for _, s := range [...]model.Status{model.StatusDown, model.StatusOutOfService, model.StatusStarting,
		model.StatusUnknown, model.StatusUp} {
		n := *c.of(s)
		if n <= 0 {
			continue
		}
		dst = append(dst, s...)
		dst = append(dst, '_')
		dst = strconv.AppendInt(dst, int64(n), 10)
		dst = append(dst, '_')
	}
	return dst
}

// String returns the hash code.
func (c *Census) String() string { return string(c.Append(nil)) }
