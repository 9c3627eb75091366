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
