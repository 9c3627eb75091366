package owner

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"heureka/model"
)

func TestAClientMovesHouseWithoutAFlap(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	c := w.connect(w.nodes[0], "p", 1)
	c.register(instance(key, "one"))
	w.nodes[0].Close(1, Left)
	w.run(3 * sec)
	c = c.move(w.nodes[1], 2)
	c.register(instance(key, "one"))
	w.run(2*time.Minute, c.beat("one"))
	w.wantOwner("b one")
	w.wantShown(w.nodes[2], "+ORDERS/o-1 one")
}

func TestALateUnregisterOfASupersededConnectionDoesNothing(t *testing.T) {
	for name, to := range map[string]int{"at the same node": 0, "at another node": 1} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "a", "b")
			old := w.connect(w.nodes[0], "p", 1)
			old.register(instance(key, "one"))
			old.move(w.nodes[to], 2).register(instance(key, "one"))
			if _, err := w.nodes[0].Unregister(1, key, model.Version{}, w.now()); !errors.Is(err, ErrSuperseded) {
				t.Errorf("answered %v", err)
			}
			w.settle()
			w.wantOwner(w.nodes[to].name + " one")
			w.wantShown(w.nodes[1], "+ORDERS/o-1 one")
		})
	}
}

func TestAnEarlierConnectionsWordsDontCountAtAnotherNode(t *testing.T) {
	w := newWorld(t, "a", "b")
	old := w.connect(w.nodes[0], "p", 1)
	old.register(instance(key, "one"))
	next := old.move(w.nodes[1], 2)
	next.register(instance(key, "two"))
	w.settle()
	if again := old.heartbeat(); len(again) != 0 {
		t.Errorf("asked to say %v again", again)
	}
	if _, err := w.nodes[0].Register(1, instance(key, "one"), old.acked[key], w.now()); !errors.Is(err, ErrSuperseded) {
		t.Errorf("answered %v", err)
	}
	w.run(10*sec, next.beat("two"))
	w.wantOwner("b two")
	if _, err := w.nodes[1].Unregister(2, key, model.Version{}, w.now()); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if _, err := w.nodes[0].Register(1, instance(key, "one"), old.acked[key], w.now()); !errors.Is(err, ErrSuperseded) {
		t.Errorf("after the unregister, answered %v", err)
	}
	w.wantOwner("")
}

func TestAnUnregisterCountsEvenAfterTheNodesOwnEviction(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	w.connect(w.nodes[0], "p", 1).register(instance(key, "one"))
	w.nodes[0].cut = true
	w.run(40 * sec) // evicted here, taken over there
	if _, err := w.nodes[0].Unregister(1, key, model.Version{}, w.now()); err != nil {
		t.Fatal(err)
	}
	w.nodes[0].cut = false
	w.run(5 * sec)
	w.wantOwner("")
}

func TestHeartbeatsAskNoMoreOftenThanTheyShould(t *testing.T) {
	w := newWorld(t, "a", "b")
	c := w.connect(w.nodes[0], "p", 1)
	c.register(instance(key, "one"))
	if _, err := w.nodes[1].PutPlain(instance(key, "two"), w.now()); err != nil {
		t.Fatal(err)
	}
	w.settle()
	asked := 0
	for range 100 {
		asked += len(c.heartbeat())
	}
	if asked != 1 {
		t.Errorf("asked %d times at once", asked)
	}
	w.run(2 * sec)
	if len(c.heartbeat()) != 1 {
		t.Error("not asked again after a while")
	}
}

// The node that an earlier connection's word reaches late may not know of the
// later connection yet.
func TestAnEarlierConnectionsWordThatSlipsInIsOverruledAtOnce(t *testing.T) {
	w := newWorld(t, "a", "b")
	old := w.connect(w.nodes[0], "p", 1)
	old.register(instance(key, "one"))
	w.nodes[0].cut = true
	next := old.move(w.nodes[1], 2)
	next.register(instance(key, "two"))
	w.settle()
	if _, err := w.nodes[0].Register(1, instance(key, "three"), old.acked[key], w.now()); err != nil {
		t.Fatal(err)
	}
	w.nodes[0].cut = false
	w.run(3*sec, next.beat("two"))
	w.wantOwner("b two")
}

func TestTheOneLeftBehindIsNotAskedWhileItsProcessSpeaksElsewhereHere(t *testing.T) {
	w := newWorld(t, "a")
	old := w.connect(w.nodes[0], "p", 1)
	old.register(instance(key, "one"))
	old.move(w.nodes[0], 2).register(instance(key, "two"))
	if again := old.heartbeat(); len(again) != 0 {
		t.Errorf("asked to say %v again", again)
	}
	if _, err := w.nodes[0].Unregister(2, key, model.Version{}, w.now()); err != nil {
		t.Fatal(err)
	}
	w.run(10*sec, old.beat("one"))
	w.wantOwner("") // its own process has ended it
}

func TestAnotherClientOfTheSameNodeWinsUntilItGoes(t *testing.T) {
	w := newWorld(t, "a")
	first, second := w.connect(w.nodes[0], "p", 1), w.connect(w.nodes[0], "q", 2)
	first.register(instance(key, "one"))
	second.register(instance(key, "two"))
	w.wantOwner("a two")
	if again := first.heartbeat(); len(again) != 0 {
		t.Errorf("asked to say %v again while another holds it", again)
	}
	if _, err := w.nodes[0].Unregister(2, key, model.Version{}, w.now()); err != nil {
		t.Fatal(err)
	}
	w.run(10*sec, first.beat("one"))
	w.wantOwner("a one")
}

func TestALaterWordElsewhereIsAskedToBeSaidAgain(t *testing.T) {
	w := newWorld(t, "a", "b")
	c := w.connect(w.nodes[0], "p", 1)
	c.register(instance(key, "one"))
	if _, err := w.nodes[1].PutPlain(instance(key, "two"), w.now()); err != nil {
		t.Fatal(err)
	}
	w.settle()
	w.wantOwner("b two")
	if again := c.heartbeat(); fmt.Sprint(again) != "[ORDERS/o-1]" {
		t.Fatalf("asked to say %v again", again)
	}
	c.register(instance(key, "one"))
	w.wantOwner("a one")
	if again := c.heartbeat(); len(again) != 0 {
		t.Errorf("asked once more: %v", again)
	}
}

func TestADeletionEndsWhatAnyNodeOwns(t *testing.T) {
	w := newWorld(t, "a", "b")
	c := w.connect(w.nodes[0], "p", 1)
	c.register(instance(key, "one"))
	if err := w.nodes[1].DeletePlain(key, w.now()); err != nil {
		t.Fatal(err)
	}
	w.settle()
	w.wantOwner("")
	w.run(10*sec, c.beat("one"))
	w.wantOwner("a one") // its client lives and says it again
}

func TestASilentConnectionThatSpeaksAgainIsAsked(t *testing.T) {
	w := newWorld(t, "a")
	c := w.connect(w.nodes[0], "p", 1)
	c.register(instance(key, "one"))
	w.run(40 * sec)
	w.wantOwner("")
	if again := c.heartbeat(); fmt.Sprint(again) != "[ORDERS/o-1]" {
		t.Errorf("asked to say %v again", again)
	}
	w.nodes[0].Close(1, Left)
	if _, err := w.nodes[0].Heartbeat(1, w.now()); !errors.Is(err, ErrNotOpen) {
		t.Errorf("after the end: %v", err)
	}
}

func TestPlainPutMovesTheInstanceAndRenewalsKeepItThere(t *testing.T) {
	w := newWorld(t, "a", "b")
	a, b := w.nodes[0], w.nodes[1]
	put := func(n *node) {
		t.Helper()
		if _, err := n.PutPlain(instance(key, "one"), w.now()); err != nil {
			t.Fatal(err)
		}
		w.settle()
	}
	put(a)
	w.wantOwner("a one")
	put(b)
	w.wantOwner("b one")
	if err := a.RenewPlain(key, w.now()); err != nil {
		t.Errorf("a renewal at the former owner: %v", err)
	}
	renew := func() {
		if w.mono%(20*sec) == 0 {
			if err := b.RenewPlain(key, w.now()); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.run(2*time.Minute, renew)
	w.wantOwner("b one")
	w.run(31 * sec)
	w.wantOwner("")
	w.wantShown(a, "+ORDERS/o-1 one", "-ORDERS/o-1")
}

func TestPlainPutTakesFromALivingConnection(t *testing.T) {
	w := newWorld(t, "a")
	c := w.connect(w.nodes[0], "p", 1)
	c.register(instance(key, "one"))
	if _, err := w.nodes[0].PutPlain(instance(key, "two"), w.now()); err != nil {
		t.Fatal(err)
	}
	w.run(20*sec, c.beat("one"))
	w.wantOwner("a two")
	w.run(20*sec, c.beat("one"))
	w.wantOwner("a one") // nobody renewed the put, and the client still speaks
}

func TestPlainRenewalKeepsWhatALostConnectionLeft(t *testing.T) {
	w := newWorld(t, "a")
	w.connect(w.nodes[0], "p", 1).register(instance(key, "one"))
	if err := w.nodes[0].RenewPlain(key, w.now()); err != nil {
		t.Fatal(err)
	}
	if w.nodes[0].registrations[key].conn == nil {
		t.Error("a renewal took the registration from its living connection")
	}
	w.nodes[0].Close(1, Left)
	w.run(time.Minute, func() {
		if err := w.nodes[0].RenewPlain(key, w.now()); err != nil {
			t.Fatal(err)
		}
	})
	w.wantOwner("a one")
}

func TestUnregisteringALostRegistrationEndsTheSameWord(t *testing.T) {
	w := newWorld(t, "a", "b")
	c := w.connect(w.nodes[0], "p", 1)
	c.register(instance(key, "one"))
	w.nodes[0].cut = true
	w.run(15 * sec) // b takes it over
	w.nodes[0].Close(1, Left)
	c = c.move(w.nodes[0], 2)
	w.nodes[0].cut = false
	w.run(5 * sec)
	w.wantOwner("b one")
	if _, err := w.nodes[0].Unregister(2, key, model.Version{}, w.now()); !errors.Is(err, ErrNotRegistered) {
		t.Errorf("on a connection that never had it: %v", err)
	}
	w.wantOwner("b one")
	w.nodes[0].conns[2].lost[key] = c.acked[key].Time
	if _, err := w.nodes[0].Unregister(2, key, model.Version{}, w.now()); err != nil {
		t.Fatal(err)
	}
	w.settle()
	w.wantOwner("")
}

func TestALateWordOfAnEarlierConnectionDoesntUndoAnUnregister(t *testing.T) {
	w := newWorld(t, "a", "b")
	a, b := w.nodes[0], w.nodes[1]
	c := w.connect(a, "p", 1)
	c.register(instance(key, "one"))
	a.cut, b.cut = true, true
	moved := c.move(b, 2)
	moved.register(instance(key, "two"))
	if _, err := b.Unregister(2, key, model.Version{}, w.now()); err != nil {
		t.Fatal(err)
	}
	w.run(sec)
	c.register(instance(key, "late")) // it stood in a's socket all the while
	a.cut, b.cut = false, false
	w.run(5 * sec)
	w.wantOwner("")
}
