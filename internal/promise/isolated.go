package promise

import (
	"time"

	"heureka/model"
)

// Isolation judges Isolated: while somebody is slow or hostile, every other
// subscriber still gets each change within the limit.
type Isolation struct {
	Limit time.Duration
}

// Delivered judges how long one change took to a subscriber that behaves.
func (i Isolation) Delivered(report *Report, where string, key model.Key, took time.Duration) {
	if took > i.Limit {
		report.fail(Isolated, where, key, "delivered after %v, %v are allowed", took, i.Limit)
	}
}
