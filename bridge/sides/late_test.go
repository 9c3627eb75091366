package sides_test

import (
	"testing"
	"time"

	"heureka/bridge/sides"
	"heureka/eureka1/dialect"
	"heureka/model"
)

// updated says when a server was told something, by its clock.
func updated(info *dialect.Info, ms int64) *dialect.Info {
	info.LastUpdatedMs = ms
	return info
}

func deleted(info *dialect.Info) *dialect.Info {
	info.Action = dialect.Deleted
	return info
}

// delta has what has changed come, of a server that has something else.
func (d *desk) delta(infos ...*dialect.Info) {
	d.t.Helper()
	doc := document(infos...)
	if doc.Hash = "UP_99_"; d.Delta(d.moment(), d.now, doc) {
		d.t.Error("it adds up")
	}
}

// TestALateDocumentIsNoNews: a server keeps what it answers, everything and what has
// changed each for itself.
func TestALateDocumentIsNoNews(t *testing.T) {
	for _, test := range []struct {
		rule string
		late *dialect.Info
	}{
		{"an earlier life's end", updated(deleted(at("i", 5)), 10)},
		{"an end of this one, by a server's word that is older", updated(deleted(at("i", 9)), 10)},
		{"an earlier word", updated(at("i", 5), 10)},
		{"an operator's earlier word", updated(under(at("i", 9), model.StatusDown), 10)},
	} {
		for name, say := range map[string]func(*desk, ...*dialect.Info){"changes": (*desk).delta, "everything": (*desk).page} {
			if name == "everything" && test.late.Action == dialect.Deleted {
				continue
			}
			d := newDesk(t, nil)
			d.page(updated(at("i", 9), 20))
			d.wants(sides.Heureka, "Register i", test.rule)
			for range 10 {
				d.now += d.cfg.Resend
				say(d, test.late)
				d.Sweep(d.moment())
				if got := withoutHeartbeats(d.told(sides.Heureka)); got != "" {
					t.Errorf("%s, in %s: Heureka is told %q", test.rule, name, got)
				}
			}
			if st := d.Stats(); st.Old != 1 || st.Missing != 0 {
				t.Errorf("%s, in %s: it is %+v", test.rule, name, st)
			}
		}
	}
}

// TestALatePageBringsNobodyBack who was taken out, until no page can be that late: then
// it is the server's clock that was set back.
func TestALatePageBringsNobodyBack(t *testing.T) {
	d := newDesk(t, nil)
	page := []*dialect.Info{updated(at("i", 5), 10)}
	d.page(page...)
	d.told(sides.Heureka)
	d.delta(updated(deleted(at("i", 5)), 20))
	d.wants(sides.Heureka, "Cancel i", "taken out")
	for range 5 {
		d.pass(d.cfg.Absent/5-time.Second, page)
		d.wants(sides.Heureka, "", "by a page that is late")
	}
	d.pass(5*time.Second, page)
	d.wants(sides.Heureka, "Register i", "by one that can't be")
}

// TestANewerWordCountsAtOnce, of the same server.
func TestANewerWordCountsAtOnce(t *testing.T) {
	d := newDesk(t, nil)
	d.page(updated(at("i", 5), 10))
	d.told(sides.Heureka)
	d.delta(updated(deleted(at("i", 5)), 10))
	d.wants(sides.Heureka, "Cancel i", "taken out in the same millisecond")
	d.delta(updated(at("i", 6), 11))
	d.wants(sides.Heureka, "Register i", "there again")
}

// TestServersHaveClocksOfTheirOwn: what one of them says isn't compared with another's.
func TestServersHaveClocksOfTheirOwn(t *testing.T) {
	d := newDesk(t, nil)
	d.page(updated(at("i", 5), 1000))
	d.told(sides.Heureka)
	d.now += d.cfg.Settle
	d.Turned(d.moment())
	d.page(updated(at("i", 6), 10))
	d.wants(sides.Heureka, "Register i", "a later word, by a clock that is behind")
}

// TestAnotherServersPageMayBeLate, and doesn't undo what the one before said last.
func TestAnotherServersPageMayBeLate(t *testing.T) {
	d := newDesk(t, nil)
	page := []*dialect.Info{updated(at("i", 5), 10)}
	d.page(page...)
	d.told(sides.Heureka)
	d.now += d.cfg.Settle
	d.delta(updated(deleted(at("i", 5)), 20))
	d.wants(sides.Heureka, "Cancel i", "taken out")
	d.Sweep(d.moment())
	d.Turned(d.moment())
	for range 5 {
		d.pass(d.cfg.Settle/6, page)
		d.wants(sides.Heureka, "", "by another server's page")
	}
	d.pass(d.cfg.Settle, page)
	if key, ok := d.Asks(); !ok || key.ID != "i" {
		t.Error("that server isn't asked when it goes on")
	}
}

// TestAnEndMayBeAnotherLifes, by a server that doesn't say when: it is asked.
func TestAnEndMayBeAnotherLifes(t *testing.T) {
	for _, test := range []struct {
		rule  string
		known func(*desk)
		ends  int64 // the life that ended
		asked bool
		want  string // at once
	}{
		{"it is this one's", func(d *desk) { d.page(at("i", 9)) }, 9, false, "Cancel i"},
		{"it is an earlier one's", func(d *desk) { d.page(at("i", 9)) }, 5, true, ""},
		{"pages leave it out already", func(d *desk) { d.page(at("i", 9)); d.page() }, 9, true, ""},
		{"they are older than what was passed on", func(d *desk) {
			d.page(at("i", 5))
			d.batch(dialect.Item{Action: dialect.Register, Info: at("i", 9)})
		}, 9, false, ""},
		{"they may be", func(d *desk) {
			d.page(at("i", 5))
			d.batch(dialect.Item{Action: dialect.Register, Info: at("i", 9)})
			d.now += d.cfg.Settle
		}, 9, true, ""},
	} {
		for want, has := range map[string]*dialect.Info{"": at("i", 9), "Cancel i": nil} {
			d := newDesk(t, nil)
			test.known(d)
			d.told(sides.Heureka)
			d.delta(deleted(at("i", test.ends)))
			d.wants(sides.Heureka, test.want, test.rule)
			if test.asked {
				d.asked(has, test.rule)
				d.wants(sides.Heureka, want, test.rule+", after the answer")
			} else if key, asked := d.Asks(); asked {
				t.Errorf("%s: %s is asked for", test.rule, key)
			}
		}
	}
}
