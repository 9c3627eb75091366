package clustertest

import (
	"testing"

	"heureka/interest"
	"heureka/model"
)

var full = interest.Interest{Kind: interest.Full}

func app(name string) interest.Interest { return interest.Interest{Kind: interest.App, Value: name} }

func vip(name string) interest.Interest { return interest.Interest{Kind: interest.VIP, Value: name} }

func TestARegistrationReachesEveryReadNode(t *testing.T) {
	c := start(t, 3, 3)
	watchers := c.watchAll(func(node string) *watcher { return watch(t, node, full) })
	cl := c.client(c.writes[:1], nil)

	registration := registered(t, cl, instance("orders", "o-1", "blue"), watchers...)
	updated(t, registration, func(in *model.Instance) { in.Status = model.StatusOutOfService }, watchers...)
	updated(t, registration, func(in *model.Instance) { in.Metadata = map[string]string{"zone": "a"} }, watchers...)
	unregistered(t, registration, watchers...)
	for _, w := range watchers {
		w.converged()
		if puts, removes := w.history(model.NewKey("orders", "o-1")); puts != 3 || removes != 1 {
			t.Errorf("%s was told %d puts and %d removes", w.name, puts, removes)
		}
	}
}

func TestAVIPChangeLeavesOneSubscriptionAndEntersTheOther(t *testing.T) {
	c := start(t, 3, 3)
	key := model.NewKey("orders", "o-1")
	blue := c.watchAll(func(node string) *watcher { return watch(t, node, vip("blue")) })
	green := c.watchAll(func(node string) *watcher { return watch(t, node, vip("green")) })

	registration := registered(t, c.client(c.writes[1:2], nil), instance("orders", "o-1", "blue"), blue...)
	for _, w := range blue {
		w.dies(key) // it leaves their interest
	}
	in := updated(t, registration, func(in *model.Instance) { in.VIP = "green,grey" }, green...)
	for _, w := range blue {
		w.misses(key)
		w.converged(in)
		if puts, removes := w.history(key); puts != 1 || removes != 1 {
			t.Errorf("%s was told %d puts and %d removes", w.name, puts, removes)
		}
	}
	for _, w := range green {
		w.converged(in)
		if puts, removes := w.history(key); puts != 1 || removes != 0 {
			t.Errorf("%s was told %d puts and %d removes", w.name, puts, removes)
		}
	}
}

func TestOverlappingInterestsDeliverEachChangeOnce(t *testing.T) {
	c := start(t, 3, 3)
	overlapping := []interest.Interest{
		app("orders"), vip("blue"), {Kind: interest.ID, Value: "o-1"},
		{Kind: interest.App, Op: interest.Like, Value: "ORD.*"}, {Kind: interest.VIP, Op: interest.Like, Value: "b.*"},
	}
	watchers := c.watchAll(func(node string) *watcher { return watch(t, node, overlapping...) })
	registration := registered(t, c.client(c.writes[2:], nil), instance("orders", "o-1", "blue"), watchers...)
	updated(t, registration, func(in *model.Instance) { in.VIP = "green" }, watchers...)
	updated(t, registration, func(in *model.Instance) { in.Status = model.StatusDown }, watchers...)
	for _, w := range watchers {
		if puts, removes := w.history(registration.Key()); puts != 3 || removes != 0 {
			t.Errorf("%s was told %d puts and %d removes of three changes", w.name, puts, removes)
		}
	}
	unregistered(t, registration, watchers...)
}

func TestTwoApplicationsWithOneInstanceIDDontTouchEachOther(t *testing.T) {
	c := start(t, 3, 3)
	watchers := c.watchAll(func(node string) *watcher { return watch(t, node, full) })
	orders := registered(t, c.client(c.writes[:1], nil), instance("orders", "host-1", "blue"), watchers...)
	carts := registered(t, c.client(c.writes[1:2], nil), instance("carts", "host-1", "blue"), watchers...)
	updated(t, orders, func(in *model.Instance) { in.Status = model.StatusDown }, watchers...)
	unregistered(t, orders, watchers...)
	for _, w := range watchers {
		w.converged(carts.Instance())
		if puts, removes := w.history(carts.Key()); puts != 1 || removes != 0 {
			t.Errorf("%s was told %d puts and %d removes of the other application", w.name, puts, removes)
		}
	}
}

func TestInterestsChangeOnALiveConnection(t *testing.T) {
	c := start(t, 3, 3)
	w := watch(t, c.reads[0].Node.HTTP, app("orders"), app("carts"))
	cl := c.client(c.writes, nil)
	orders := registered(t, cl, instance("orders", "o-1", "blue"), w)
	carts := registered(t, cl, instance("carts", "c-1", "blue"), w)
	w.dies(orders.Key())
	w.subscribe(app("carts"), app("users"))
	users := registered(t, cl, instance("users", "u-1", "blue"), w)
	w.converged(orders.Instance(), carts.Instance(), users.Instance())
	if puts, removes := w.history(carts.Key()); puts != 1 || removes != 0 {
		t.Errorf("what both interests matched was told %d puts and %d removes", puts, removes)
	}
	if puts, removes := w.history(orders.Key()); puts != 1 || removes != 1 {
		t.Errorf("what only the old interest matched was told %d puts and %d removes", puts, removes)
	}
}
