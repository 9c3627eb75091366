package sides_test

import (
	"testing"
	"time"

	"heureka/bridge/sides"
	"heureka/eureka1/dialect"
	"heureka/model"
)

func (d *desk) batch(items ...dialect.Item) {
	for i := range items {
		items[i].App, items[i].ID = "APP", "i"
	}
	d.Batch(d.moment(), items)
}

// asked answers the one question that is open.
func (d *desk) asked(has *dialect.Info, when string) {
	d.t.Helper()
	key, ok := d.Asks()
	if !ok {
		d.t.Errorf("%s: nobody is asked", when)
		return
	}
	d.Asked(d.moment(), key, has, true)
	if key, more := d.Asks(); more {
		d.t.Errorf("%s: %s is asked for, too", when, key)
	}
}

// second lets a second pass, and answers what is asked in it.
func (d *desk) second(has *dialect.Info) (asked bool) { return d.inASecond(has, true) }

// unanswered lets a second pass in which the old cluster doesn't answer.
func (d *desk) unanswered() (asked bool) { return d.inASecond(nil, false) }

func (d *desk) inASecond(has *dialect.Info, answered bool) bool {
	d.now += time.Second
	d.Sweep(d.moment())
	key, ok := d.Asks()
	if ok {
		d.Asked(d.moment(), key, has, answered)
	}
	return ok
}

// TestAnOperatorsWordThatIsPassedOnIsAskedFor: it has no time, and may have ended.
func TestAnOperatorsWordThatIsPassedOnIsAskedFor(t *testing.T) {
	down := dialect.Item{Action: dialect.StatusUpdate, Status: model.StatusDown}
	up := dialect.Item{Action: dialect.DeleteStatusOverride, Status: model.StatusUp}
	for _, test := range []struct {
		rule    string
		has     *dialect.Info // before
		said    dialect.Item
		answers []*dialect.Info // one a second
		want    string
	}{
		{"it is so", at("i", 5), down, []*dialect.Info{under(at("i", 5), model.StatusDown)}, "StatusUpdate i"},
		{"it was so", at("i", 5), down, []*dialect.Info{at("i", 5)}, ""},
		{"it is so at another server first", at("i", 5), down, []*dialect.Info{at("i", 5), at("i", 5), under(at("i", 5), model.StatusDown)}, "StatusUpdate i"},
		{"it has ended", under(at("i", 5), model.StatusDown), up, []*dialect.Info{at("i", 5)}, "DeleteStatusOverride i"},
		{"it had ended before", under(at("i", 5), model.StatusDown), up, []*dialect.Info{under(at("i", 5), model.StatusDown)}, ""},
		{"a client's word with what was an operator's", at("i", 5), dialect.Item{Action: dialect.Register, Info: under(at("i", 5), model.StatusDown)}, []*dialect.Info{at("i", 5)}, ""},
		{"and with what is", at("i", 5), dialect.Item{Action: dialect.Register, Info: under(at("i", 5), model.StatusDown)}, []*dialect.Info{under(at("i", 5), model.StatusDown)}, "StatusUpdate i"},
	} {
		d := newDesk(t, nil)
		d.page(test.has)
		d.told(sides.Heureka)
		d.shown(test.has, map[bool]model.Status{true: model.StatusDown}[test.has.Overridden == model.StatusDown])
		d.batch(test.said)
		d.wants(sides.Heureka, "", test.rule+", before the answer")
		last := test.answers[len(test.answers)-1]
		for i, answer := range test.answers {
			if i == 0 {
				d.asked(answer, test.rule)
			} else {
				d.second(answer)
			}
		}
		d.wants(sides.Heureka, test.want, test.rule)
		for range 2 * int(d.cfg.Resend/time.Second) {
			d.second(last)
		}
		if d.second(last) {
			t.Errorf("%s: it is asked for without end", test.rule)
		}
		if got := withoutHeartbeats(d.told(sides.Heureka)); got != "" {
			t.Errorf("%s, in the end: Heureka is told %q", test.rule, got)
		}
	}
}

// TestAnEndThatIsPassedOnMayBeAnEarlierOnes: batches come in any order.
func TestAnEndThatIsPassedOnMayBeAnEarlierOnes(t *testing.T) {
	for _, test := range []struct {
		rule  string
		known time.Duration // for so long
		has   *dialect.Info
		want  string
		asked bool
	}{
		{"it is another life's", 10 * time.Second, at("i", 9), "", true},
		{"it is this one's", 10 * time.Second, nil, "Cancel i", true},
		{"no batch comes that late", sides.DefaultConfig().Settle, nil, "Cancel i", false},
	} {
		d := newDesk(t, nil)
		d.page(at("i", 9))
		d.told(sides.Heureka)
		d.pass(test.known, []*dialect.Info{at("i", 9)})
		d.batch(dialect.Item{Action: dialect.Cancel})
		if test.asked {
			d.wants(sides.Heureka, "", test.rule+", before the answer")
			d.asked(test.has, test.rule)
		}
		d.wants(sides.Heureka, test.want, test.rule)
	}
}

// TestALateRegistrationBringsNobodyBack who was taken out.
func TestALateRegistrationBringsNobodyBack(t *testing.T) {
	for _, test := range []struct {
		rule  string
		stamp int64
		after time.Duration
		asked bool
		has   *dialect.Info
		want  string
	}{
		{"it is late", 5, time.Second, true, nil, ""},
		{"it isn't", 5, time.Second, true, at("i", 5), "Register i"},
		{"it is a later life", 6, time.Second, false, nil, "Register i"},
		{"no batch comes that late", 5, sides.DefaultConfig().Settle, false, nil, "Register i"},
	} {
		d := newDesk(t, nil)
		d.page(at("i", 5))
		d.told(sides.Heureka)
		d.pass(d.cfg.Settle, []*dialect.Info{at("i", 5)})
		d.batch(dialect.Item{Action: dialect.Cancel})
		d.wants(sides.Heureka, "Cancel i", test.rule)
		d.Sweep(d.moment())
		d.now += test.after
		d.batch(dialect.Item{Action: dialect.Register, Info: at("i", test.stamp)})
		if test.asked {
			d.wants(sides.Heureka, "", test.rule+", before the answer")
			d.asked(test.has, test.rule)
		}
		d.wants(sides.Heureka, test.want, test.rule)
	}
}

// TestAnAnswerIsNewerThanAPage, and what the same server says later is newer than that.
func TestAnAnswerIsNewerThanAPage(t *testing.T) {
	d := newDesk(t, nil)
	page := []*dialect.Info{updated(at("i", 5), 10)}
	d.page(page...)
	d.told(sides.Heureka)
	d.batch(dialect.Item{Action: dialect.StatusUpdate, Status: model.StatusDown})
	d.asked(updated(under(at("i", 5), model.StatusDown), 20), "passed on")
	d.wants(sides.Heureka, "StatusUpdate i", "answered")
	d.shown(at("i", 5), model.StatusDown)
	d.pass(2*d.cfg.Resend, page)
	d.wants(sides.Heureka, "", "by a page that is late")
	d.delta(updated(at("i", 5), 30))
	d.wants(sides.Heureka, "DeleteStatusOverride i", "it has ended since")
}

// TestAnAnswerIsNewerThanAPageAlsoWhenNoPageWasReadForLong, as may be with one that is too
// large while single instances are answered for.
func TestAnAnswerIsNewerThanAPageAlsoWhenNoPageWasReadForLong(t *testing.T) {
	d := newDesk(t, nil)
	page := []*dialect.Info{updated(at("i", 5), 10)}
	d.page(page...)
	d.told(sides.Heureka)
	d.now += 2 * d.cfg.Absent
	d.batch(dialect.Item{Action: dialect.StatusUpdate, Status: model.StatusDown})
	d.asked(updated(under(at("i", 5), model.StatusDown), 20), "passed on")
	if got := withoutHeartbeats(d.told(sides.Heureka)); got != "StatusUpdate i" {
		t.Fatalf("answered: Heureka is told %q", got)
	}
	d.shown(at("i", 5), model.StatusDown)
	d.pass(2*d.cfg.Resend, page)
	if got := withoutHeartbeats(d.told(sides.Heureka)); got != "" {
		t.Errorf("by a page that is late, Heureka is told %q", got)
	}
}

// TestARumourThatEndsIsNotFollowed: what came and went leaves no questions.
func TestARumourThatEndsIsNotFollowed(t *testing.T) {
	d := newDesk(t, nil)
	d.page(at("i", 5))
	d.told(sides.Heureka)
	d.batch(dialect.Item{Action: dialect.StatusUpdate, Status: model.StatusDown}, dialect.Item{Action: dialect.DeleteStatusOverride})
	d.asked(at("i", 5), "passed on")
	if d.second(at("i", 5)) {
		t.Error("it is asked for again")
	}
}
