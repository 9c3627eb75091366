package sides_test

import (
	"net/http"
	"testing"

	"heureka/bridge/sides"
	"heureka/eureka1/dialect"
	"heureka/model"
)

// TestWhatCantBeDoneNowIsSaidAgain: a node that can't reach an instance's owner answers
// 503 to its item alone, and a Eureka server 500 to one that fails.
func TestWhatCantBeDoneNowIsSaidAgain(t *testing.T) {
	for _, code := range []int{http.StatusInternalServerError, http.StatusServiceUnavailable} {
		for _, test := range []struct {
			rule   string
			target sides.Target
			do     func(*desk)
			want   string
		}{
			{"an end in the old cluster", sides.Heureka, func(d *desk) {
				d.Batch(d.moment(), []dialect.Item{{Action: dialect.Cancel, App: "APP", ID: "i"}})
			}, "Cancel i"},
			{"an override there", sides.Heureka, func(d *desk) { d.page(under(at("i", 5), model.StatusDown)) }, "StatusUpdate i"},
			{"an override in Heureka", 1, func(d *desk) { d.shown(at("i", 5), model.StatusDown) }, "StatusUpdate i"},
		} {
			d := newDesk(t, nil)
			d.page(at("i", 5))
			d.told(sides.Heureka)
			d.now += d.cfg.Settle
			test.do(d)
			d.answer(test.target, code)
			d.Sweep(d.moment())
			d.wants(test.target, "", test.rule+", at once")
			d.now += d.cfg.Resend
			d.Sweep(d.moment())
			d.wants(test.target, test.want, test.rule)
		}
	}
}

// TestWhatWasDoneAndNotAnsweredIsUndone: a registration may count although its answer is
// lost, or says that something of it couldn't be done; or it is only counted later, when
// the instance has ended.
func TestWhatWasDoneAndNotAnsweredIsUndone(t *testing.T) {
	for _, code := range []int{0, http.StatusInternalServerError, http.StatusServiceUnavailable} {
		for _, late := range []bool{false, true} {
			d := newDesk(t, nil)
			unanswered := func() {
				if code == 0 {
					d.Failed(sides.Heureka)
				} else {
					d.Told(d.moment(), sides.Heureka, []dialect.Answer{{Code: code}})
				}
			}
			d.page(at("i", 5))
			items := d.Due(d.moment(), sides.Heureka, 250)
			if !late {
				d.showsItem(&items[0])
			}
			unanswered()
			d.pass(d.cfg.Settle, []*dialect.Info{at("i", 5)})
			d.Due(d.moment(), sides.Heureka, 250)
			d.Batch(d.moment(), []dialect.Item{{Action: dialect.Cancel, App: "APP", ID: "i"}})
			if late {
				d.showsItem(&items[0])
			}
			unanswered()
			d.Sweep(d.moment())
			items = d.Due(d.moment(), sides.Heureka, 250)
			if len(items) != 1 || items[0].Action != dialect.Cancel || items[0].LastDirtyMs != 5 { // an earlier one is refused
				t.Errorf("code %d, late %v: when it has ended Heureka is told %+v", code, late, items)
			}
		}
	}
}
