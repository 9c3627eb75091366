package sides_test

import (
	"strings"
	"testing"
	"time"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// TestAFormerLifeStaysOver: what the old cluster had when its client came to Heureka.
func TestAFormerLifeStaysOver(t *testing.T) {
	d := newDesk(t, nil)
	d.Level(d.moment(), true)
	page := []*dialect.Info{at("i", 5)}
	d.page(page...)
	d.wants(0, "Register i", "before it comes")
	d.native(at("i", 4)) // by a clock that was set back
	d.pass(d.cfg.Resend, page)
	d.wants(0, "", "when it has come")
	d.Shows(d.moment(), keyOf(at("i", 4)), nil)
	d.pass(d.cfg.Resend, page)
	d.wants(0, "", "when it has gone from Heureka too")
	d.pass(d.cfg.Twin, page)
	d.wants(0, "Register i", "when the old cluster goes on having it")
}

// TestWhatAnotherTookOutIsAskedFor, as it may have heard more.
func TestWhatAnotherTookOutIsAskedFor(t *testing.T) {
	for _, test := range []struct {
		has  *dialect.Info
		want string
	}{{nil, ""}, {at("i", 5), "Register i"}} {
		d := newDesk(t, nil)
		page := []*dialect.Info{at("i", 5)}
		d.page(page...)
		d.told(0)
		d.Shows(d.moment(), keyOf(page[0]), nil)
		d.pass(d.cfg.Resend, page)
		d.wants(0, "", "before the answer")
		key, ok := d.Asks()
		if !ok {
			t.Fatal("nobody is asked")
		}
		d.Asked(d.moment(), key, test.has, true)
		d.wants(0, test.want, "after the answer")
	}
}

// shown has Heureka show a mirrored instance under an override.
func (d *desk) shown(info *dialect.Info, override model.Status) {
	in := info.Instance()
	in.Eureka1 = map[string]string{"origin": "peer"}
	if override != "" {
		in = in.Overridden(override)
	}
	d.Shows(d.moment(), in.Key(), in)
}

func under(info *dialect.Info, status model.Status) *dialect.Info {
	info.Status, info.Overridden = status, status
	return info
}

// TestAnOverrideThatPagesShowLateIsNoNews: they may show one that has ended again.
func TestAnOverrideThatPagesShowLateIsNoNews(t *testing.T) {
	d := newDesk(t, nil)
	d.page(at("i", 5))
	d.told(0)
	d.shown(at("i", 5), model.StatusDown)
	d.wants(1, "StatusUpdate i", "overridden in Heureka")
	d.shown(at("i", 5), "")
	d.wants(1, "DeleteStatusOverride i", "and no longer")
	d.pass(time.Second, []*dialect.Info{under(at("i", 5), model.StatusDown)})
	d.wants(0, "", "when a page is old")
	d.pass(d.cfg.Settle, []*dialect.Info{under(at("i", 5), model.StatusDown)})
	d.wants(0, "Heartbeat i, StatusUpdate i", "when it isn't old any more")
}

// TestAnOverrideThatComesAndGoesInABatchIsNone: a batch may be older than a page.
func TestAnOverrideThatComesAndGoesInABatchIsNone(t *testing.T) {
	d := newDesk(t, nil)
	d.page(at("i", 5))
	d.told(0)
	d.Batch(d.moment(), []dialect.Item{
		{Action: dialect.StatusUpdate, App: "APP", ID: "i", Status: model.StatusDown},
		{Action: dialect.DeleteStatusOverride, App: "APP", ID: "i", Status: model.StatusUp},
	})
	d.wants(0, "", "a batch that changes nothing")
}

// TestAForgottenOverrideIsToldAgain, to a server that has started anew.
func TestAForgottenOverrideIsToldAgain(t *testing.T) {
	d := newDesk(t, nil)
	d.page(under(at("i", 5), model.StatusDown))
	d.told(0)
	d.shown(at("i", 5), model.StatusDown)
	d.pass(time.Second, nil)
	d.pass(time.Second, []*dialect.Info{at("i", 6)})
	d.wants(1, "StatusUpdate i", "forgotten")
	d.wants(0, "Register i", "registered anew")
}

// TestFewMayGo from a cluster of few.
func TestFewMayGo(t *testing.T) {
	d := newDesk(t, nil)
	d.page(many(3)...)
	d.told(0)
	d.pass(0, nil)
	d.pass(d.cfg.Absent, nil)
	d.wants(0, "Cancel i-00, Cancel i-01, Cancel i-02", "a while later")
}

// TestWhatAServerAcceptedItHas, though its pages don't show it yet.
func TestWhatAServerAcceptedItHas(t *testing.T) {
	d := newDesk(t, nil)
	d.page()
	d.native(at("i", 5))
	d.wants(1, "Register i", "news")
	if got := d.Stats().Copies; got != 1 {
		t.Errorf("it has %d copies", got)
	}
}

// TestAnOverrideIsNoWordOfTheClient: a registration that brings along one that an
// operator has ended meanwhile would begin it again.
func TestAnOverrideIsNoWordOfTheClient(t *testing.T) {
	d := newDesk(t, nil)
	d.page()
	said := at("i", 5).Instance()
	d.Shows(d.moment(), said.Key(), said.Overridden(model.StatusOutOfService))
	first := d.Due(d.moment(), 1, 250)
	if len(first) != 1 || first[0].Info == nil || first[0].Info.Status != model.StatusUp || first[0].Info.Overridden != model.StatusOutOfService {
		t.Fatalf("a server that hasn't got it is told %+v", first)
	}
	d.Told(d.moment(), 1, []dialect.Answer{{Code: 200}})
	d.Shows(d.moment(), said.Key(), said.Overridden(model.StatusDown))
	if got := d.told(1); strings.Contains(got, "Register") {
		t.Errorf("another override: told %s", got)
	}
	said.HostName, said.LastChangedMs = "new", 6
	d.Shows(d.moment(), said.Key(), said.Overridden(model.StatusDown))
	next := d.Due(d.moment(), 1, 250)
	if len(next) != 1 || next[0].Info == nil || next[0].Info.Overridden != model.StatusUnknown {
		t.Errorf("a new word under it: told %+v", next)
	}
}
