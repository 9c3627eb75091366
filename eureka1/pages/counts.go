package pages

import (
	"strconv"

	"heureka/model"
)

// counts is how many instances have each status.
type counts struct {
	up, down, starting, outOfService, unknown int
}

func (c *counts) add(status model.Status, n int) {
	switch status {
	case model.StatusUp:
		c.up += n
	case model.StatusDown:
		c.down += n
	case model.StatusStarting:
		c.starting += n
	case model.StatusOutOfService:
		c.outOfService += n
	default:
		c.unknown += n
	}
}

// hashCode returns what Eureka calls apps__hashcode: the counts that aren't zero, in
// order of the statuses' names. A client reckons the same over what it holds, and
// fetches everything anew where the two differ.
func (c counts) hashCode() string {
	var text []byte
	for _, of := range []struct {
		status model.Status
		count  int
	}{
		{model.StatusDown, c.down},
		{model.StatusOutOfService, c.outOfService},
		{model.StatusStarting, c.starting},
		{model.StatusUnknown, c.unknown},
		{model.StatusUp, c.up},
	} {
		if of.count != 0 {
			text = append(append(text, of.status...), '_')
			text = append(strconv.AppendInt(text, int64(of.count), 10), '_')
		}
	}
	return string(text)
}
