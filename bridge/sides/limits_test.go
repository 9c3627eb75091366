package sides_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"heureka/bridge/sides"
	"heureka/eureka1/dialect"
)

// answer answers a target's next items.
func (d *desk) answer(t sides.Target, code int) {
	d.t.Helper()
	items := d.Due(d.moment(), t, 250)
	answers := make([]dialect.Answer, len(items))
	for i := range items {
		answers[i].Code = code
	}
	d.Told(d.moment(), t, answers)
}

// TestWhatIsRefusedIsSaidAgainInTheEnd, as it may have been for a reason that has passed.
func TestWhatIsRefusedIsSaidAgainInTheEnd(t *testing.T) {
	for target, tell := range []func(*desk){func(d *desk) { d.page(at("i", 5)) }, func(d *desk) { d.native(at("i", 5)) }} {
		d := newDesk(t, nil)
		tell(d)
		d.answer(sides.Target(target), http.StatusBadRequest)
		for ; d.now < d.cfg.Patience-time.Minute; d.now += time.Minute {
			d.Sweep(d.moment())
			d.wants(sides.Target(target), "", "soon after it was refused")
		}
		d.now += 2 * time.Minute
		d.Sweep(d.moment())
		d.wants(sides.Target(target), "Register i", "much later")
	}
}

// TestAnswersAreCountedByFew holds that a server can't have the bridge count without end.
func TestAnswersAreCountedByFew(t *testing.T) {
	d := newDesk(t, nil)
	for i := range 50 {
		d.page(at("i", int64(i)))
		d.answer(sides.Heureka, 1000+i)
	}
	if n := len(d.Stats().Words); n != 1 {
		t.Errorf("answers are counted by %d", n)
	}
}

// TestNobodyFillsTheMemory holds that what a batch registers is no larger than what
// Heureka accepts.
func TestNobodyFillsTheMemory(t *testing.T) {
	d := newDesk(t, nil)
	large := at("i", 5)
	large.Metadata = []dialect.Pair{{Key: "k", Value: strings.Repeat("x", 1<<20)}}
	answers := d.Batch(d.moment(), []dialect.Item{{Action: dialect.Register, App: large.App, ID: "i", Info: large}})
	if answers[0].Code != http.StatusBadRequest || d.Stats().Old != 0 {
		t.Errorf("answered %d, %d are known", answers[0].Code, d.Stats().Old)
	}
}
