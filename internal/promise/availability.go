package promise

import (
	"errors"
	"time"

	"heureka/model"
	"heureka/wire"
)

// Availability judges Available for one node that its clients can reach: it answers
// in time, and never that it can't serve now. An answer that the request itself
// is wrong is an answer.
type Availability struct {
	node   string
	limit  time.Duration
	report *Report
}

// NewAvailability returns the judge of a node that is ready and reachable, and that
// must answer within the limit.
func NewAvailability(node string, limit time.Duration, report *Report) *Availability {
	return &Availability{node: node, limit: limit, report: report}
}

// Answered judges one request, such as "register" or "subscribe": how long it
// took, and its error, nil if it was obeyed.
func (a *Availability) Answered(request string, took time.Duration, err error) {
	var refusal *wire.Error
	switch {
	case errors.As(err, &refusal) && refusal.Retry == wire.RetryNo:
	case err != nil:
		a.report.fail(Available, a.node, model.Key{}, "%s: %v", request, err)
		return
	}
	if took > a.limit {
		a.report.fail(Available, a.node, model.Key{}, "%s took %v, %v are allowed", request, took, a.limit)
	}
}
