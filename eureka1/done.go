package eureka1

import (
	"context"
	"strconv"
	"strings"

	"heureka/model"
)

// headerDone names what a write node has authored for a request that was passed on: its
// incarnation, and after a space the number. The read node that passed it on waits until
// it has heard of that, so that a client finds there what it has just said.
const headerDone = "Heureka-Done"

func textOf(d model.Dot) string {
	return d.Incarnation.String() + " " + strconv.FormatUint(d.Seq, 10)
}

// dotOf reads what textOf wrote. What can't be read is nothing to wait for.
func dotOf(text string) (model.Dot, bool) {
	space := max(0, strings.LastIndexByte(text, ' ')) // a name may have others
	incarnation, err := model.ParseIncarnation(text[:space])
	if err != nil {
		return model.Dot{}, false
	}
	seq, err := strconv.ParseUint(text[space+1:], 10, 64)
	return model.Dot{Incarnation: incarnation, Seq: seq}, err == nil
}

// done tells what this write node has authored for the request.
func (q *request) done(d model.Dot) {
	if d == (model.Dot{}) {
		return
	}
	q.feed.hurry()
	if q.r.Header.Get(headerPassed) != "" {
		q.w.Header().Set(headerDone, textOf(d))
	}
}

// merged waits, not for long, until this read node shows what a write node has done.
func (q *request) merged(done string) {
	dot, ok := dotOf(done)
	if !ok || q.config.Merge == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(q.r.Context(), q.config.Merge)
	defer cancel()
	if err := q.reader.Merged(ctx, dot); err != nil {
		q.metrics.merges.WithLabelValues(mergedLate).Inc()
		return // it is done all the same
	}
	q.metrics.merges.WithLabelValues(mergedInTime).Inc()
	q.feed.hurry()
}
