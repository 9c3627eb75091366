package client_test

import (
	"errors"
	"strings"
	"testing"

	"heureka/client"
	"heureka/model"
)

// fixedView is a View that a test sets.
type fixedView struct {
	instances []*model.Instance
	revision  uint64
	fetched   int
}

func (v *fixedView) Revision() uint64 { return v.revision }

func (v *fixedView) Snapshot() []*model.Instance {
	v.fetched++
	return v.instances
}

func (v *fixedView) set(instances ...*model.Instance) {
	v.instances = instances
	v.revision++
}

func TestBalancerTakesTurns(t *testing.T) {
	view := &fixedView{}
	b := client.NewBalancer(view)
	picks := func(n int) string {
		var ids []string
		for range n {
			inst, err := b.Pick()
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, inst.ID)
		}
		return strings.Join(ids, "")
	}
	if _, err := b.Pick(); !errors.Is(err, client.ErrNoInstance) {
		t.Errorf("of nothing: %v", err)
	}
	a, bb, c, d := up("A", "a"), up("A", "b"), up("A", "c"), up("A", "d")
	view.set(a, with(bb, model.StatusDown), c)
	if got := picks(4); got != "acac" {
		t.Errorf("only those that are up, in turn: %s", got)
	}
	picks(1) // a
	view.set(a, bb, c, d)
	if got := picks(5); got != "bcdab" {
		t.Errorf("goes on behind the last one: %s", got)
	}
	view.set(a)
	if got := picks(2); got != "aa" {
		t.Errorf("round again: %s", got)
	}
	if view.fetched != 4 {
		t.Errorf("fetched %d times", view.fetched)
	}
	view.set(with(a, model.StatusOutOfService))
	if _, err := b.Pick(); !errors.Is(err, client.ErrNoInstance) {
		t.Errorf("of none that is up: %v", err)
	}
}

var _ client.View = (*client.Subscription)(nil)
