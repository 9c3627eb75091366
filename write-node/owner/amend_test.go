package owner

import (
	"errors"
	"testing"

	"heureka/model"
)

func renamed(host string) func(*model.Instance) {
	return func(in *model.Instance) { in.HostName = host }
}

func (w *world) amend(n *node, host string) model.Version {
	w.Helper()
	v, err := n.Amend(key, renamed(host), w.now())
	if err != nil {
		w.Fatal(err)
	}
	w.settle()
	return v
}

// What a connection holds it goes on to hold: nobody else would renew it.
func TestAmendingLeavesTheInstanceWithWhoRenewsIt(t *testing.T) {
	w := newWorld(t, "a", "b")
	a := w.nodes[0]
	c := w.connect(a, "p", 1)
	first := c.register(instance(key, "one"))
	if v := w.amend(a, "two"); v.Compare(first) <= 0 {
		t.Errorf("amended as %s after %s", v, first)
	}
	w.wantOwner("a two")
	w.run(3*DefaultConfig().Lease, func() {
		if again := c.heartbeat(); again != nil {
			t.Errorf("asked to say %v again", again)
		}
	})
	w.wantOwner("a two")
	c.register(instance(key, "three"))
	w.wantOwner("a three")
}

func TestAmendingWhatAnotherNodeOwnsMovesIt(t *testing.T) {
	w := newWorld(t, "a", "b")
	a, b := w.nodes[0], w.nodes[1]
	if _, err := a.PutPlain(instance(key, "one"), w.now()); err != nil {
		t.Fatal(err)
	}
	w.settle()
	v := w.amend(b, "two")
	w.wantOwner("b two")
	if same := w.amend(b, "two"); same != v {
		t.Errorf("the same again drew %s after %s", same, v)
	}
	w.run(3*DefaultConfig().Lease, func() {
		if err := a.RenewPlain(key, w.now()); err != nil {
			t.Error(err)
		}
	})
	w.wantOwner("b two")
}

func TestAmendingIsRefused(t *testing.T) {
	w := newWorld(t, "a")
	a := w.nodes[0]
	if _, err := a.Amend(key, renamed("two"), w.now()); !errors.Is(err, ErrNotFound) {
		t.Errorf("of what isn't there: %v", err)
	}
	if _, err := a.PutPlain(instance(key, "one"), w.now()); err != nil {
		t.Fatal(err)
	}
	var invalid *model.InvalidError
	if _, err := a.Amend(key, renamed("a\nb"), w.now()); !errors.As(err, &invalid) {
		t.Errorf("to what can't be accepted: %v", err)
	}
	w.wantOwner("a one")
}
