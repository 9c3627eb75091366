package sides_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"heureka/bridge/sides"
	"heureka/eureka1/dialect"
	"heureka/model"
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

// TestAClockThatWasSetBack has a client of the old cluster end and come back with an
// earlier time, of which the bridge only sees that it is another word now.
func TestAClockThatWasSetBack(t *testing.T) {
	d := newDesk(t, nil)
	d.page(at("i", 9))
	d.told(sides.Heureka)
	page := []*dialect.Info{at("i", 5)}
	d.pass(time.Second, page)
	d.wants(sides.Heureka, "", "while another bridge may know better")
	d.Asked(d.moment(), keyOf(page[0]), page[0], true)
	d.wants(sides.Heureka, "", "by an answer that was given as early")
	for range 10 {
		d.pass(d.cfg.Settle/10, page)
	}
	d.pass(d.cfg.Settle/10, page)
	d.wants(sides.Heureka, "", "while pages may be kept longer")
	d.asked(page[0], "when it goes on")
	items := d.Due(d.moment(), sides.Heureka, 250)
	if len(items) != 2 || items[0].Action != dialect.Cancel || items[0].LastDirtyMs != 9 || items[1].Action != dialect.Register || items[1].LastDirtyMs != 5 {
		t.Fatalf("Heureka is told %+v", items)
	}
	d.showsItem(&items[0])
	d.showsItem(&items[1])
	d.Told(d.moment(), sides.Heureka, []dialect.Answer{{Code: 200}, {Code: 200}})
	d.Asked(d.moment(), keyOf(page[0]), page[0], true)
	d.pass(time.Second, page)
	d.told(sides.Heureka)
	for range 5 {
		d.pass(d.cfg.Settle/5, page)
		d.wants(sides.Heureka, "", "when it holds that")
	}
}

// TestWhoSaysNoTimeIsHeard holds that a word without a time replaces another.
func TestWhoSaysNoTimeIsHeard(t *testing.T) {
	d := newDesk(t, nil)
	d.page(at("i", 0))
	d.wants(sides.Heureka, "Register i", "at first")
	other := at("i", 0)
	other.VIP = "other"
	d.pass(time.Second, []*dialect.Info{other})
	d.wants(sides.Heureka, "Register i", "when it has changed")
	for range 100 {
		d.pass(d.cfg.Settle/20, []*dialect.Info{other})
		if said := d.told(sides.Heureka); said != "" && said != "Heartbeat i" {
			t.Fatalf("Heureka is told %q when nothing changes", said)
		}
	}
	d = newDesk(t, nil)
	d.showsItem(&dialect.Item{Action: dialect.Register, Info: at("i", 9)})
	d.page(at("i", 0))
	d.wants(sides.Heureka, "Register i", "when Heureka's said a time")
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

// TestQueuesAreNoLongerThanThereIsRoom, however long a server can't be reached and
// whatever comes and goes meanwhile.
func TestQueuesAreNoLongerThanThereIsRoom(t *testing.T) {
	d := newDesk(t, func(c *sides.Config) { c.MaxInstances = 20 })
	for i := range 200 {
		d.now += d.cfg.Patience
		d.native(at(fmt.Sprintf("i-%d", i), 5))
		d.Shows(d.moment(), model.NewKey("APP", fmt.Sprintf("i-%d", i)), nil)
		d.Sweep(d.moment())
		d.told(sides.Heureka)
	}
	for target, waiting := range d.Stats().Waiting {
		if waiting > d.cfg.MaxInstances {
			t.Errorf("%d wait for %d", waiting, target)
		}
	}
	d.told(1)
	d.Sweep(d.moment())
	d.native(at("last", 5))
	d.wants(1, "Register last", "when it can be reached")
}
