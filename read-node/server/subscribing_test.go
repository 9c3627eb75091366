package server

import (
	"fmt"
	"testing"
	"time"

	"heureka/interest"
	"heureka/model"
)

// TestCostlyInterestsDelayNobody has a subscriber change its mind as fast as it can,
// to ever new groups of a large view: most of the loop's time is left to others.
func TestCostlyInterestsDelayNobody(t *testing.T) {
	const apps, instances, wishes = 50, 4000, 10
	var all []*model.Instance
	for i := range instances {
		all = append(all, instance(fmt.Sprint(i%apps), fmt.Sprint(i), ""))
	}
	_, n := startReady(t, nil, all...)
	s := n.dial()
	s.greet()
	start := time.Now()
	for i := range wishes {
		want := []interest.Interest{app(fmt.Sprintf("none-%d", i))}
		for a := range apps {
			want = append(want, app(fmt.Sprint(a)))
		}
		s.ask(want...)
	}
	for !s.judge.Settled() {
		s.next()
	}
	var took time.Duration // and for each there is a rest
	n.loop.ask(nil, func(c *core) { took = c.subscribing })
	s.change(app("none")) // it is heard after the rest that the last one brought
	passed := time.Since(start)
	if took == 0 || took > passed/5 {
		t.Errorf("one subscriber took %v of %v of the loop's time", took, passed)
	}
}
