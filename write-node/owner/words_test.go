package owner

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"heureka/model"
)

func TestRegisterIsSeenByAll(t *testing.T) {
	w := newWorld(t, "a", "b")
	w.connect(w.nodes[0], "p", 1).register(instance(key, "one"))
	w.wantOwner("a one")
	w.wantShown(w.nodes[1], "+ORDERS/o-1 one")
}

func TestSayingNothingNewDrawsNothing(t *testing.T) {
	w := newWorld(t, "a", "b")
	c := w.connect(w.nodes[0], "p", 1)
	first := c.register(instance(key, "one"))
	vector := w.nodes[0].Replica().Map().Vector().Clone()
	if again := c.register(instance(key, "one")); again != first {
		t.Errorf("acknowledged %v, then %v", first, again)
	}
	other := c.move(w.nodes[0], 2)
	if again := other.register(instance(key, "one")); again != first {
		t.Errorf("acknowledged %v, on another connection %v", first, again)
	}
	if !vector.Equal(w.nodes[0].Replica().Map().Vector()) {
		t.Error("something was authored")
	}
	if got := w.nodes[0].Counts().Unchanged; got != 2 {
		t.Errorf("%d counted as unchanged", got)
	}
}

func TestAWordIsAboveTheVersionThatItsClientCarries(t *testing.T) {
	w := newWorld(t, "a")
	c := w.connect(w.nodes[0], "p", 1)
	first := c.register(instance(key, "one"))
	for name, host := range map[string]string{"the same": "one", "another": "two"} {
		carried := w.nodes[0].Replica().Map().Get(key).Version // as if acknowledged by a node that this one hasn't heard of
		carried.Time += model.Time(time.Hour.Microseconds()) << model.TimeNodeBits
		c.acked[key] = carried
		if v := c.register(instance(key, host)); v.Compare(carried) <= 0 || v == first {
			t.Errorf("%s word got %v, carrying %v", name, v, carried)
		}
	}
}

func TestUpdateChangesFields(t *testing.T) {
	w := newWorld(t, "a", "b")
	a := w.nodes[0]
	c := w.connect(a, "p", 1)
	v := c.register(instance(key, "one"))
	patch, err := model.Diff(instance(key, "one"), instance(key, "two"))
	if err != nil {
		t.Fatal(err)
	}
	u, err := a.Update(1, patch, w.now())
	if err != nil || u.Compare(v) <= 0 {
		t.Fatalf("version %v after %v, %v", u, v, err)
	}
	w.settle()
	w.wantOwner("a two")
	if same, err := a.Update(1, patch, w.now()); same != u || err != nil {
		t.Errorf("the same update again: %v %v", same, err)
	}
}

func TestHeartbeatsKeepARegistration(t *testing.T) {
	w := newWorld(t, "a", "b")
	c := w.connect(w.nodes[0], "p", 1)
	c.register(instance(key, "one"))
	w.run(5*time.Minute, c.beat("one"))
	w.wantOwner("a one")
	w.run(24 * sec) // the last heartbeat was 5 s ago
	w.wantOwner("a one")
	w.run(2 * sec)
	if got := w.agree(); len(got) != 0 {
		t.Errorf("after the lease's end there is %v", got)
	}
	if got := w.nodes[0].Counts().Evicted; fmt.Sprint(got) != "[1 0]" {
		t.Errorf("evicted %v", got)
	}
}

func TestTheInstancesOwnLeaseCounts(t *testing.T) {
	w := newWorld(t, "a")
	inst := instance(key, "one")
	inst.Lease.DurationMs = 90_000
	w.connect(w.nodes[0], "p", 1).register(inst)
	w.run(89 * sec)
	w.wantOwner("a one")
	w.run(2 * sec)
	w.wantOwner("")
}

func TestALostConnectionLeavesItsEntriesUntilTheirLeaseEnds(t *testing.T) {
	w := newWorld(t, "a", "b")
	w.connect(w.nodes[0], "p", 1).register(instance(key, "one"))
	w.nodes[0].Close(1, Left)
	w.run(29 * sec)
	w.wantOwner("a one")
	w.run(2 * sec)
	w.wantOwner("")
	w.wantShown(w.nodes[1], "+ORDERS/o-1 one", "-ORDERS/o-1")
}

func TestAClientThatComesBackKeepsItsRegistration(t *testing.T) {
	w := newWorld(t, "a", "b")
	c := w.connect(w.nodes[0], "p", 1)
	c.register(instance(key, "one"))
	w.nodes[0].Close(1, Left)
	w.run(20 * sec)
	c = c.move(w.nodes[0], 2)
	c.register(instance(key, "one"))
	w.run(time.Minute, c.beat("one"))
	w.wantOwner("a one")
	w.wantShown(w.nodes[1], "+ORDERS/o-1 one")
}

func TestUnregisterRemovesAtOnce(t *testing.T) {
	w := newWorld(t, "a", "b")
	c := w.connect(w.nodes[0], "p", 1)
	v := c.register(instance(key, "one"))
	end, err := w.nodes[0].Unregister(1, key, model.Version{}, w.now())
	if err != nil || end.Compare(v) <= 0 {
		t.Fatalf("ended with %v, %v", end, err)
	}
	w.wantShown(w.nodes[1], "+ORDERS/o-1 one", "-ORDERS/o-1")
	if _, err := w.nodes[0].Unregister(1, key, model.Version{}, w.now()); !errors.Is(err, ErrNotRegistered) {
		t.Errorf("a second time: %v", err)
	}
	c.register(instance(key, "two"))
	w.wantOwner("a two")
}

func TestTwoApplicationsWithOneIDDontTouchEachOther(t *testing.T) {
	w := newWorld(t, "a", "b")
	other := model.NewKey("BILLING", key.ID)
	c, d := w.connect(w.nodes[0], "p", 1), w.connect(w.nodes[1], "q", 2)
	c.register(instance(key, "one"))
	d.register(instance(other, "two"))
	if _, err := w.nodes[1].Unregister(2, other, model.Version{}, w.now()); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if got := fmt.Sprint(w.agree()); got != "map[ORDERS/o-1:a one]" {
		t.Errorf("there is %s", got)
	}
}

func TestRefusals(t *testing.T) {
	w := newWorld(t, "a")
	a := w.nodes[0]
	a.cfg.Registrations = 2
	c := w.connect(a, "p", 1)
	c.register(instance(key, "one"))
	c.register(instance(model.NewKey("ORDERS", "o-2"), "one"))
	later := w.connect(a, "p", 5)
	mine := model.NewKey("ORDERS", "o-3")
	later.register(instance(mine, "one"))
	w.connect(a, "stranger", 6)

	ahead := model.Version{Time: model.Time(w.now().Wall+25*time.Hour.Microseconds()) << model.TimeNodeBits}
	patch := model.Patch{Key: key}
	before := a.Replica().Map().Digest()
	for name, c := range map[string]struct {
		do   func() error
		want error
	}{
		"a third registration of two": {func() error {
			_, err := a.Register(1, instance(model.NewKey("ORDERS", "o-4"), "x"), model.Version{}, w.now())
			return err
		}, ErrTooManyRegistrations},
		"a version from the day after tomorrow": {func() error {
			_, err := a.Register(1, instance(key, "x"), ahead, w.now())
			return err
		}, ErrVersionAhead},
		"a register by an earlier connection of the process": {func() error {
			_, err := a.Register(1, instance(mine, "x"), model.Version{}, w.now())
			return err
		}, ErrSuperseded},
		"an update by an earlier connection of the process": {func() error {
			_, err := a.Update(1, model.Patch{Key: mine}, w.now())
			return err
		}, ErrSuperseded},
		"an unregister by an earlier connection of the process": {func() error {
			_, err := a.Unregister(1, mine, model.Version{}, w.now())
			return err
		}, ErrSuperseded},
		"an update by a stranger": {func() error {
			_, err := a.Update(6, patch, w.now())
			return err
		}, ErrNotRegistered},
		"an unregister by a stranger": {func() error {
			_, err := a.Unregister(6, key, model.Version{}, w.now())
			return err
		}, ErrNotRegistered},
		"an update of nothing": {func() error {
			_, err := a.Update(1, model.Patch{Key: model.NewKey("X", "y")}, w.now())
			return err
		}, ErrNotRegistered},
		"an unregister of nothing": {func() error {
			_, err := a.Unregister(1, model.NewKey("X", "y"), model.Version{}, w.now())
			return err
		}, ErrNotRegistered},
		"a word on a connection that isn't open": {func() error {
			_, err := a.Heartbeat(99, w.now())
			return err
		}, ErrNotOpen},
		"a renewal of nothing":  {func() error { return a.RenewPlain(model.NewKey("X", "y"), w.now()) }, ErrNotFound},
		"a deletion of nothing": {func() error { return a.DeletePlain(model.NewKey("X", "y"), w.now()) }, ErrNotFound},
	} {
		if err := c.do(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if a.Replica().Map().Digest() != before {
		t.Error("a refused word changed something")
	}
}

func TestAnInvalidInstanceIsRefused(t *testing.T) {
	w := newWorld(t, "a")
	w.connect(w.nodes[0], "p", 1).register(instance(key, "one"))
	large := instance(key, "one")
	large.Metadata = map[string]string{"k": strings.Repeat("x", 33<<10)}
	patch, err := model.Diff(instance(key, "one"), large)
	if err != nil {
		t.Fatal(err)
	}
	var invalid *model.InvalidError
	for name, do := range map[string]func() error{
		"register": func() error { _, err := w.nodes[0].Register(1, large, model.Version{}, w.now()); return err },
		"update":   func() error { _, err := w.nodes[0].Update(1, patch, w.now()); return err },
		"put":      func() error { _, err := w.nodes[0].PutPlain(large, w.now()); return err },
	} {
		if err := do(); !errors.As(err, &invalid) || invalid.Field != "metadata" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestConfigSaysWhatIsWrong(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	for want, spoil := range map[string]func(*Config){
		"lease":        func(c *Config) { c.Lease = 0 },
		"behind":       func(c *Config) { c.BehindMax = -1 },
		"registration": func(c *Config) { c.Registrations = 0 },
		"share":        func(c *Config) { c.Eviction.Share = -1 },
	} {
		cfg := DefaultConfig()
		spoil(&cfg)
		if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
