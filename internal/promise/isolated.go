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

// Meanwhile judges one change without a clock: it must reach a subscriber that
// behaves while what is slow or hostile still goes on, so that it can't have waited
// for its end.
func (i Isolation) Meanwhile(report *Report, where string, key model.Key, goesOn bool) {
	if !goesOn {
		report.fail(Isolated, where, key, "delivered when what is slow or hostile was over")
	}
}
