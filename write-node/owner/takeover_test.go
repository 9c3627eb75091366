package owner

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"heureka/cluster"
	"heureka/model"
	"heureka/write-node/lease"
)

func TestEntriesOfADeadNodeAreTakenOver(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	c := w.connect(w.nodes[0], "p", 1)
	c.register(instance(key, "one"))
	w.nodes[0].dead = true
	w.run(15 * sec)
	heir := w.agree()[key]
	if heir != "b one" && heir != "c one" {
		t.Fatalf("the entry is %q", heir)
	}
	// The client comes back to whichever node, and nothing was seen of it all.
	c = c.move(w.nodes[1], 2)
	c.register(instance(key, "one"))
	w.run(3*time.Minute, c.beat("one"))
	w.wantOwner("b one")
	w.wantShown(w.nodes[2], "+ORDERS/o-1 one")
}

func TestWhatWasTakenOverGoesIfItsClientNeverComes(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	w.connect(w.nodes[0], "p", 1).register(instance(key, "one"))
	w.nodes[0].dead = true
	w.run(65 * sec)
	if len(w.agree()) != 1 {
		t.Fatal("went within the window in which it was taken over")
	}
	w.run(20 * sec)
	w.wantOwner("")
	w.wantShown(w.nodes[1], "+ORDERS/o-1 one", "-ORDERS/o-1")
}

func TestAPlainRenewalMakesATakenOverInstanceTheNodesOwn(t *testing.T) {
	w := newWorld(t, "a", "b")
	if _, err := w.nodes[0].PutPlain(instance(key, "one"), w.now()); err != nil {
		t.Fatal(err)
	}
	w.settle()
	w.nodes[0].dead = true
	w.run(15 * sec)
	w.wantOwner("b one")
	w.run(3*time.Minute, func() {
		if err := w.nodes[1].RenewPlain(key, w.now()); err != nil {
			t.Fatal(err)
		}
	})
	w.wantOwner("b one")
	w.wantShown(w.nodes[1], "+ORDERS/o-1 one")
}

func TestAnOwnerThatWasCutOffTakesItsEntriesBack(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	c := w.connect(w.nodes[0], "p", 1)
	c.register(instance(key, "one"))
	w.nodes[0].cut = true
	w.run(20*sec, c.beat("one"))
	if got := fmt.Sprint(w.nodes[1].Replica().Map().Get(key).Owner().Name); got == "a" {
		t.Fatal("nobody took it over")
	}
	w.nodes[0].cut = false
	w.run(20*sec, c.beat("one"))
	w.wantOwner("a one")
	for _, n := range w.nodes {
		w.wantShown(n, "+ORDERS/o-1 one")
	}
}

func TestAnOwnerTakesBackEvenWhatWasEvictedMeanwhile(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	c := w.connect(w.nodes[0], "p", 1)
	c.register(instance(key, "one"))
	w.nodes[0].cut = true
	w.run(3*time.Minute, c.beat("one"))
	if w.nodes[1].Replica().Map().Get(key).Live() {
		t.Fatal("nobody evicted it")
	}
	w.nodes[0].cut = false
	w.run(20*sec, c.beat("one"))
	w.wantOwner("a one")
	w.wantShown(w.nodes[0], "+ORDERS/o-1 one")
}

func TestNobodyDuelsWhenTheClientMovedToTheHeir(t *testing.T) {
	w := newWorld(t, "a", "b")
	old := w.connect(w.nodes[0], "p", 1)
	old.register(instance(key, "one"))
	w.nodes[0].cut = true
	keep := func() { w.nodes[0].Heard(1, w.now()) } // half open: it looks alive
	w.run(15*sec, keep)
	next := old.move(w.nodes[1], 2)
	next.register(instance(key, "one"))
	w.nodes[0].cut = false
	w.run(10*sec, next.beat("one"))
	w.wantOwner("b one")
	if got := w.nodes[0].Counts().Repeated + w.nodes[1].Counts().Repeated; got > 1 {
		t.Errorf("the word was repeated %d times", got)
	}
}

func TestWhoLostARegistrationDoesNothingToALaterWordThatWasTakenOver(t *testing.T) {
	w := newWorld(t, "a", "b")
	c := w.connect(w.nodes[0], "p", 1)
	c.register(instance(key, "one"))
	if _, err := w.nodes[1].PutPlain(instance(key, "two"), w.now()); err != nil {
		t.Fatal(err)
	}
	w.settle()
	w.nodes[1].dead = true
	w.run(15 * sec)
	w.wantOwner("a two")
	if again := c.heartbeat(); fmt.Sprint(again) != "[ORDERS/o-1]" {
		t.Errorf("asked to say %v again while nobody holds it", again)
	}
	if _, err := w.nodes[0].Unregister(1, key, model.Version{}, w.now()); !errors.Is(err, ErrSuperseded) {
		t.Errorf("answered %v", err)
	}
	w.run(sec)
	w.wantOwner("a two")
}

func TestARestartedNodeTakesItsFormerEntriesOver(t *testing.T) {
	w := newWorld(t, "a", "b")
	c := w.connect(w.nodes[0], "p", 1)
	c.register(instance(key, "one"))
	w.nodes[0].dead = true
	w.nodes = w.nodes[1:]
	again := w.start("a", 2)
	held := again.Replica().Map()
	for again.Counts().TakenOver == 0 {
		if n := again.Unconfirmed(w.now()); n != held.Live() {
			t.Fatalf("%d of %d are unconfirmed before they are taken over", n, held.Live())
		}
		w.run(sec / 10)
	}
	w.run(5 * sec)
	w.wantOwner("a one")
	if n := again.Unconfirmed(w.now()); n != 1 || again.Counts().TakenOver != 1 {
		t.Errorf("%d are unconfirmed, %d were taken over", n, again.Counts().TakenOver)
	}
	w.wantShown(w.nodes[0], "+ORDERS/o-1 one")
	if n := w.nodes[0].Replica().Unconfirmed(w.now()); n != 1 {
		t.Errorf("its peer counts %d as unconfirmed", n)
	}
	c.move(again, 2).register(instance(key, "one"))
	if n := again.Unconfirmed(w.now()); n != 0 {
		t.Errorf("%d are unconfirmed after the client has come back", n)
	}
}

func TestANodeThatIsBehindEvictsNothingThatItTookOver(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	w.connect(w.nodes[0], "p", 1).register(instance(key, "one"))
	w.nodes[0].dead = true
	w.run(15 * sec)
	heir, other := w.nodes[1], w.nodes[2]
	if w.agree()[key] != "b one" {
		heir, other = other, heir
	}
	// From now on the heir hears of what the other one has, but never gets it.
	w.filter = func(p parcel) bool { _, beacon := p.message.(*cluster.Beacon); return p.to != heir || beacon }
	if _, err := other.PutPlain(instance(model.NewKey("X", "y"), "x"), w.now()); err != nil {
		t.Fatal(err)
	}
	w.run(30 * time.Minute)
	if !heir.Replica().Map().Get(key).Live() {
		t.Error("was evicted by a node that is behind")
	}
	w.run(31 * time.Minute)
	if heir.Replica().Map().Get(key).Live() {
		t.Error("was held for more than an hour")
	}
}

func TestANodeThatHasCaughtUpEvictsAgain(t *testing.T) {
	w := newWorld(t, "a", "b")
	w.connect(w.nodes[0], "p", 1).register(instance(key, "one"))
	w.nodes[0].behind = true // as if the last tick had found it so
	w.nodes[0].Leases().Hold(lease.Adopted, lease.Behind, time.Hour)
	w.run(100 * time.Millisecond)
	if hold := w.nodes[0].Leases().Stats(w.mono, lease.Adopted).Hold; hold != 0 {
		t.Errorf("still held for %v", hold)
	}
}
