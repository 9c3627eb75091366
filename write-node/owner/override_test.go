package owner

import (
	"errors"
	"testing"
	"time"

	"heureka/model"
)

// wantStatus checks what every node shows of the key.
func (w *world) wantStatus(want model.Status) {
	w.Helper()
	w.settle()
	for _, n := range w.nodes {
		if n.dead {
			continue
		}
		if got, shown := n.Replica().View().Get(key); !shown || got.Instance.Unpack().Status != want {
			w.Errorf("%v: %s shows %+v, want %s", w.mono, n.name, got.Instance, want)
		}
	}
}

func (w *world) override(n *node, status model.Status) model.Version {
	w.Helper()
	v, err := n.Override(key, status, w.now())
	if err != nil {
		w.Fatal(err)
	}
	return v
}

func TestAnOverrideStaysOverNewWordsAndOtherOwners(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	a, b := w.nodes[0], w.nodes[1]
	c := w.connect(a, "p", 1)
	c.register(instance(key, "one"))
	first := w.override(b, model.StatusOutOfService) // by a node that doesn't own it
	w.wantStatus(model.StatusOutOfService)
	if again := w.override(a, model.StatusOutOfService); again != first {
		t.Errorf("the same override again drew %s after %s", again, first)
	}
	c.register(instance(key, "two"))
	w.wantStatus(model.StatusOutOfService)
	w.wantOwner("a two")

	moved := c.move(b, 2)
	moved.register(instance(key, "two"))
	w.wantStatus(model.StatusOutOfService)
	b.dead = true
	w.run(15 * time.Second) // the heir has it now
	w.wantStatus(model.StatusOutOfService)

	if err := a.ClearOverride(key, w.now()); err != nil {
		t.Fatal(err)
	}
	w.wantStatus(model.StatusUp)
}

func TestTheLaterOfTwoOverridesCounts(t *testing.T) {
	w := newWorld(t, "a", "b")
	a, b := w.nodes[0], w.nodes[1]
	w.connect(a, "p", 1).register(instance(key, "one"))
	a.cut = true
	w.override(a, model.StatusDown)
	w.run(time.Second)
	w.override(b, model.StatusOutOfService)
	a.cut = false
	w.run(5 * time.Second)
	w.wantStatus(model.StatusOutOfService)
}

// Who says goodbye on one side of a partition ends the override that was seen there,
// and none that was given on the other side to who came after.
func TestAGoodbyeEndsNoLaterOverride(t *testing.T) {
	for name, end := range map[string]func(*client, *node) error{
		"unregistered by its client": func(c *client, n *node) error {
			_, err := n.Unregister(c.id, key, model.Version{}, c.w.now())
			return err
		},
		"deleted over plain HTTP": func(c *client, n *node) error { return n.DeletePlain(key, c.w.now()) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "a", "b", "c")
			a, b := w.nodes[0], w.nodes[1]
			c := w.connect(a, "p", 1)
			c.register(instance(key, "one"))
			w.override(a, model.StatusDown)
			w.settle()
			a.cut = true
			w.run(time.Second)
			w.connect(b, "q", 1).register(instance(key, "two"))
			w.override(b, model.StatusOutOfService)
			w.run(time.Second)
			if err := end(c, a); err != nil {
				t.Fatal(err)
			}
			a.cut = false
			w.run(5 * time.Second)
			w.wantStatus(model.StatusOutOfService)
		})
	}
}

// An operator's clear is a word like any other: the last one counts.
func TestAClearEndsAnEarlierOverrideElsewhere(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	a, b := w.nodes[0], w.nodes[1]
	w.connect(a, "p", 1).register(instance(key, "one"))
	w.override(a, model.StatusDown)
	w.settle()
	a.cut = true
	w.override(b, model.StatusOutOfService)
	w.run(time.Second)
	if err := a.ClearOverride(key, w.now()); err != nil {
		t.Fatal(err)
	}
	a.cut = false
	w.run(5 * time.Second)
	w.wantStatus(model.StatusUp)
}

func TestAnOverrideEndsWithItsInstance(t *testing.T) {
	ends := map[string]func(*client, *node) error{
		"unregistered by its client": func(c *client, n *node) error {
			_, err := n.Unregister(c.id, key, model.Version{}, c.w.now())
			return err
		},
		"deleted over plain HTTP": func(c *client, n *node) error { return n.DeletePlain(key, c.w.now()) },
	}
	for name, end := range ends {
		w := newWorld(t, "a", "b")
		c := w.connect(w.nodes[0], "p", 1)
		c.register(instance(key, "one"))
		w.override(w.nodes[1], model.StatusOutOfService)
		w.settle()
		if err := end(c, w.nodes[0]); err != nil {
			t.Fatal(err)
		}
		c.register(instance(key, "one"))
		w.wantStatus(model.StatusUp)
		if n := w.nodes[1].Replica().Map().Overridden(); n != 0 {
			t.Errorf("%s: %d overrides are left", name, n)
		}
	}
}

// An evicted instance finds its override when it comes back, but not for ever.
func TestAnOverrideOutlivesAnEvictionForAWhile(t *testing.T) {
	for _, test := range []struct {
		after time.Duration
		dead  string // the node that took the override
		want  model.Status
	}{
		{30 * time.Minute, "", model.StatusOutOfService},
		{2 * time.Hour, "", model.StatusUp},
		{2 * time.Hour, "b", model.StatusUp},
	} {
		w := newWorld(t, "a", "b", "c")
		a := w.nodes[0]
		c := w.connect(a, "p", 1)
		c.register(instance(key, "one"))
		w.override(w.nodes[1], model.StatusOutOfService)
		w.settle()
		a.Close(c.id, Left)
		w.nodes[1].dead = test.dead != ""
		w.run(2 * time.Minute) // evicted
		if a.Replica().Map().Get(key).Live() {
			t.Fatal("not evicted")
		}
		w.run(test.after)
		c.move(a, 2).register(instance(key, "one"))
		w.wantStatus(test.want)
	}
}

func TestOnlyWhatIsThereCanBeOverridden(t *testing.T) {
	w := newWorld(t, "a")
	a := w.nodes[0]
	if _, err := a.Override(key, model.StatusDown, w.now()); !errors.Is(err, ErrNotFound) {
		t.Errorf("an override of nothing: %v", err)
	}
	if err := a.ClearOverride(key, w.now()); !errors.Is(err, ErrNotFound) {
		t.Errorf("the end of an override of nothing: %v", err)
	}
	w.connect(a, "p", 1).register(instance(key, "one"))
	if err := a.ClearOverride(key, w.now()); err != nil {
		t.Errorf("the end of no override: %v", err)
	}
}
