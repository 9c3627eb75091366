package sides_test

import (
	"net/http"
	"testing"
	"time"

	"heureka/bridge/sides"
	"heureka/eureka1/dialect"
	"heureka/model"
)

// TestDoubtLastsUntilTheOldClusterIsHeard about what somebody else took out of Heureka.
func TestDoubtLastsUntilTheOldClusterIsHeard(t *testing.T) {
	page := []*dialect.Info{at("i", 5)}
	for _, test := range []struct {
		rule string
		hear func(*desk)
		want string
	}{
		{"it answers that it is there", func(d *desk) { d.second(page[0]) }, "Register i"},
		{"it answers that it isn't", func(d *desk) { d.second(nil) }, ""},
		{"its page may be older", func(d *desk) { d.page(page...); d.unanswered() }, ""},
		{"its page is newer", func(d *desk) { d.now += d.cfg.Settle; d.page(page...) }, "Register i"},
		{"it is passed on that it isn't", func(d *desk) { d.batch(dialect.Item{Action: dialect.Cancel}) }, ""},
	} {
		d := newDesk(t, nil)
		d.page(page...)
		d.told(sides.Heureka)
		d.now += d.cfg.Settle
		d.page(page...)
		d.Shows(d.moment(), keyOf(page[0]), nil)
		for range 20 {
			if !d.unanswered() {
				t.Fatalf("%s: it isn't asked for", test.rule)
			}
			d.wants(sides.Heureka, "", test.rule+", before that")
		}
		test.hear(d)
		d.wants(sides.Heureka, test.want, test.rule)
		if d.unanswered(); test.rule != "its page may be older" && d.unanswered() {
			t.Errorf("%s: it is asked for without end", test.rule)
		}
	}
}

// TestWhatAnotherTookOutOfTheOldCluster isn't told to it again by a bridge that doesn't
// hear Heureka: there it may have gone, too.
func TestWhatAnotherTookOutOfTheOldCluster(t *testing.T) {
	ours := marked(at("i", 5), "heureka")
	for _, test := range []struct {
		rule       string
		taken      func(*desk)
		soon, late string // what the server is told that has forgotten it
	}{
		{"nobody says that it was taken out", func(*desk) {}, "", "Register i"},
		{"a page says so", func(d *desk) { d.delta(deleted(marked(at("i", 5), "heureka"))) }, "", ""},
		{"it is passed on", func(d *desk) { d.batch(dialect.Item{Action: dialect.Cancel}) }, "", ""},
		{"but Heureka is heard again", func(d *desk) { d.delta(deleted(marked(at("i", 5), "heureka"))); d.Level(d.moment(), true) }, "Register i", ""},
		{"but Heureka was heard since", func(d *desk) {
			d.delta(deleted(marked(at("i", 5), "heureka")))
			d.Level(d.moment(), true)
			d.Sweep(d.moment())
			d.Level(d.moment(), false)
		}, "", "Register i"},
		{"but Heureka has news of it", func(d *desk) {
			d.batch(dialect.Item{Action: dialect.Cancel})
			d.native(at("i", 6))
			d.wants(1, "Register i", "news")
		}, "", "Register i"},
	} {
		d := newDesk(t, nil)
		d.page()
		d.Level(d.moment(), true)
		d.native(at("i", 5))
		d.told(1)
		d.now += d.cfg.Settle
		d.page(ours)
		d.told(1)
		d.Level(d.moment(), false)
		test.taken(d)
		d.now += d.cfg.Renew
		d.Sweep(d.moment())
		d.answer(1, http.StatusNotFound)
		d.wants(1, test.soon, test.rule+", at once")
		for range 10 {
			d.now += d.cfg.Settle / 5
			d.Sweep(d.moment())
		}
		if got := withoutHeartbeats(d.told(1)); got != test.late {
			t.Errorf("%s, later: it is told %q, want %q", test.rule, got, test.late)
		}
	}
}

// TestWhoComesWhileHeurekaIsLostIsTold: that the old cluster's own word ended is no sign
// of what is in Heureka.
func TestWhoComesWhileHeurekaIsLostIsTold(t *testing.T) {
	d := newDesk(t, nil)
	d.page(at("i", 5))
	d.native(at("i", 6))
	d.delta(deleted(at("i", 5)))
	d.wants(1, "Register i", "its own has ended")
}

// TestTwoOfOneNameDontFightForLong: bridges of two Heurekas that were given the same name
// by mistake, of which each takes out what only the other has.
func TestTwoOfOneNameDontFightForLong(t *testing.T) {
	d := newDesk(t, nil)
	d.Level(d.moment(), true)
	theirs := marked(at("i", 5), "heureka")
	cancels := 0
	for range 3 * 60 {
		d.pass(time.Minute, []*dialect.Info{theirs})
		d.Level(d.moment(), true)
		if key, ok := d.Asks(); ok {
			d.Asked(d.moment(), key, theirs, true)
		}
		if d.told(1) != "" {
			cancels++
		}
	}
	if cancels == 0 || cancels > 12 {
		t.Errorf("in three hours it is taken out %d times", cancels)
	}
}

// TestAnAnswerThatWasOnItsWayEndsNoDoubt about what somebody else has taken out meanwhile.
func TestAnAnswerThatWasOnItsWayEndsNoDoubt(t *testing.T) {
	for want, has := range map[string]*dialect.Info{"": nil, "Register i": at("i", 5)} {
		d := newDesk(t, nil)
		d.page(at("i", 5))
		d.told(sides.Heureka)
		d.now += d.cfg.Settle
		d.page(at("i", 5))
		d.batch(dialect.Item{Action: dialect.StatusUpdate, Status: model.StatusDown})
		key, _ := d.Asks()
		d.Shows(d.moment(), key, nil)
		d.Asked(d.moment(), key, at("i", 5), true)
		d.wants(sides.Heureka, "", "by an answer to what was asked before")
		d.asked(has, "by then")
		d.wants(sides.Heureka, want, "by the next answer")
	}
}

// TestAnAnswerThatWasOnItsWayUndoesNothing that has been heard of meanwhile.
func TestAnAnswerThatWasOnItsWayUndoesNothing(t *testing.T) {
	for _, test := range []struct {
		rule string
		had  *dialect.Info // when it was asked for
		hear func(*desk)
	}{
		{"a later life is passed on", nil, func(d *desk) { d.batch(dialect.Item{Action: dialect.Register, Info: at("i", 6)}) }},
		{"a later word is passed on", at("i", 5), func(d *desk) { d.batch(dialect.Item{Action: dialect.Register, Info: at("i", 6)}) }},
		{"a page shows a later word", at("i", 5), func(d *desk) { d.now += d.cfg.Settle; d.page(at("i", 6)) }},
	} {
		d := newDesk(t, nil)
		d.page(at("i", 5))
		d.told(sides.Heureka)
		if d.batch(dialect.Item{Action: dialect.Cancel}); test.had == nil { // late, or not
			d.asked(nil, test.rule)
			d.wants(sides.Heureka, "Cancel i", test.rule)
			d.batch(dialect.Item{Action: dialect.Register, Info: at("i", 5)})
		}
		key, _ := d.Asks()
		test.hear(d)
		d.wants(sides.Heureka, "Register i", test.rule)
		d.Asked(d.moment(), key, test.had, true)
		d.wants(sides.Heureka, "", test.rule+", by an answer to what was asked before")
		d.asked(at("i", 6), test.rule+", by then")
		d.wants(sides.Heureka, "", test.rule+", in the end")
	}
}
