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

// put registers over plain HTTP.
func (w *world) put(n *node, inst *model.Instance) {
	w.Helper()
	if _, err := n.PutPlain(inst, w.now()); err != nil {
		w.Fatalf("%v: put at %s: %v", w.mono, n.name, err)
	}
	w.settle()
}

// renews returns what renews the key at a node every so often.
func (w *world) renews(n *node, every time.Duration) func() {
	return func() {
		if w.mono%every != 0 {
			return
		}
		if err := n.RenewPlain(key, w.now()); err != nil {
			w.Fatalf("%v: renew at %s: %v", w.mono, n.name, err)
		}
	}
}

// authored returns how much all nodes have authored.
func (w *world) authored() (n uint64) {
	for _, seq := range w.nodes[0].Replica().Map().Vector() {
		n += seq
	}
	return n
}

// brief is an instance whose renewals wait for 5 s.
func brief() *model.Instance {
	inst := instance(key, "one")
	inst.Lease.DurationMs = (15 * sec).Milliseconds()
	return inst
}

func isRenewals(m cluster.Message) bool { _, ok := m.(*cluster.Renewals); return ok }
func isRenewed(m cluster.Message) bool  { _, ok := m.(*cluster.Renewed); return ok }

func TestRenewalsAtAnotherNodeKeepTheInstanceWhereItIs(t *testing.T) {
	w := newWorld(t, "a", "b")
	w.put(w.nodes[0], instance(key, "one"))
	before := w.authored()
	w.run(5*time.Minute, w.renews(w.nodes[1], 10*sec))
	w.wantOwner("a one")
	if n := w.authored() - before; n != 0 {
		t.Errorf("%d entries were authored", n)
	}
	a, b := w.nodes[0].Counts(), w.nodes[1].Counts()
	if b.Forwarded != 30 || b.Acknowledged != 30 || b.Denied+b.Unanswered+b.Copied != 0 || a.RenewedForOthers != 30 {
		t.Errorf("counted %+v at b, %+v at a", b, a)
	}
	if n := w.nodes[1].Forwarding(); n != 0 {
		t.Errorf("%d renewals wait for nothing", n)
	}
	w.wantShown(w.nodes[1], "+ORDERS/o-1 one")
	w.run(31 * sec)
	w.wantOwner("") // and no longer than they come
}

func TestRenewalsOfNothing(t *testing.T) {
	w := newWorld(t, "a", "b")
	if err := w.nodes[1].RenewPlain(key, w.now()); !errors.Is(err, ErrNotFound) {
		t.Errorf("of what never was: %v", err)
	}
	w.put(w.nodes[0], instance(key, "one"))
	if err := w.nodes[0].DeletePlain(key, w.now()); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if err := w.nodes[1].RenewPlain(key, w.now()); !errors.Is(err, ErrNotFound) {
		t.Errorf("of what has ended: %v", err)
	}
}

func TestANodeThatIsBehindDoesntSayThatThereIsNothing(t *testing.T) {
	w := newWorld(t, "a", "b")
	w.filter = func(p parcel) bool { _, beacon := p.message.(*cluster.Beacon); return beacon }
	w.put(w.nodes[0], instance(key, "one"))
	w.run(3 * sec)
	if err := w.nodes[1].RenewPlain(key, w.now()); !errors.Is(err, ErrBehind) {
		t.Errorf("answered %v", err)
	}
	w.filter = nil
	w.run(5 * sec)
	if err := w.nodes[1].RenewPlain(key, w.now()); err != nil {
		t.Errorf("once it has caught up: %v", err)
	}
}

func TestARenewalIsSentUntilItIsAcknowledged(t *testing.T) {
	for name, lost := range map[string]func(cluster.Message) bool{"the renewal": isRenewals, "the acknowledgement": isRenewed} {
		t.Run(name+" is lost", func(t *testing.T) {
			w := newWorld(t, "a", "b")
			w.put(w.nodes[0], instance(key, "one"))
			losses := 0
			w.filter = func(p parcel) bool {
				if lost(p.message) && losses < 8 {
					losses++
					return false
				}
				return true
			}
			w.run(5 * sec)
			w.renews(w.nodes[1], 1)()
			w.run(9900 * time.Millisecond)
			if c := w.nodes[1].Counts(); losses != 8 || c.Acknowledged != 1 || c.Copied != 0 || w.nodes[1].Forwarding() != 0 {
				t.Errorf("after %d losses, counted %+v", losses, c)
			}
			w.wantOwner("a one")
		})
	}
}

func TestWhoFindsNoOwnerAuthorsACopy(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	w.put(w.nodes[0], brief())
	w.nodes[0].cut = true
	word := w.nodes[1].Replica().Map().Get(key).Version
	w.renews(w.nodes[1], 1)()
	w.run(4900 * time.Millisecond)
	if cur := w.nodes[1].Replica().Map().Get(key); cur.Owner().Name != "a" {
		t.Errorf("owned by %s before the wait was over", cur.Owner())
	}
	w.run(300 * time.Millisecond)
	cur := w.nodes[1].Replica().Map().Get(key)
	if cur.Owner().Name != "b" || cur.Version.Time != word.Time || cur.Version.Turn != 1 {
		t.Errorf("owned by %s as %v, the word was %v", cur.Owner(), cur.Version, word)
	}
	if c := w.nodes[1].Counts(); c.Unanswered != 1 || c.Copied != 1 {
		t.Errorf("counted %+v", c)
	}
	w.run(time.Minute, w.renews(w.nodes[2], 5*sec)) // which now go to b
	w.nodes[0].dead = true
	w.wantOwner("b one")
	w.wantShown(w.nodes[1], "+ORDERS/o-1 one")
}

func TestAnOwnerThatHeardItsClientTakesItsInstanceBackFromCopies(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	w.put(w.nodes[0], brief())
	w.nodes[0].cut = true
	w.run(time.Minute, w.renews(w.nodes[0], 5*sec), w.renews(w.nodes[1], 5*sec))
	if w.nodes[1].Replica().Map().Get(key).Owner().Name == "a" {
		t.Fatal("nobody authored a copy")
	}
	w.nodes[0].cut = false
	w.run(time.Minute, w.renews(w.nodes[2], 5*sec))
	w.wantOwner("a one")
	for _, n := range w.nodes {
		w.wantShown(n, "+ORDERS/o-1 one")
	}
}

// Nobody renews at the owner that comes back: that its lease has moments to go
// must not end what a client keeps alive elsewhere.
func TestWhoGivesACopyUpTellsItsNewOwnerThatTheClientLives(t *testing.T) {
	for _, cut := range []time.Duration{11 * sec, 13 * sec, 14 * sec, 14800 * time.Millisecond, 15 * sec, 20 * sec, time.Minute} {
		t.Run(cut.String(), func(t *testing.T) {
			w := newWorld(t, "a", "b", "c")
			w.put(w.nodes[0], brief())
			w.nodes[0].cut = true
			w.run(cut, w.renews(w.nodes[1], 7*sec))
			w.nodes[0].cut = false
			w.run(2*time.Minute, w.renews(w.nodes[1], 7*sec))
			if len(w.agree()) != 1 {
				t.Error("it was evicted")
			}
			w.wantShown(w.nodes[1], "+ORDERS/o-1 one")
		})
	}
}

// hears has a node hear a client, so that being cut off is no reason for it to hold
// its evictions. It returns what the client does.
func (w *world) hears(n *node) func() {
	c := w.connect(n, "another", 9)
	other := instance(model.NewKey("OTHERS", "o-1"), "other")
	other.Lease.DurationMs = time.Hour.Milliseconds() // who takes it over keeps it
	c.register(other)
	for _, n := range w.nodes {
		n.shown = nil
	}
	return c.beat("other")
}

// One node is cut off, and the balancer sends it one renewal, then none.
func TestTheEvictionOfACopyEndsTheCopyOnly(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	c := w.nodes[2]
	beat := w.hears(c)
	w.put(w.nodes[0], instance(key, "one"))
	c.cut = true
	w.renews(c, 1)()
	w.run(3*time.Minute, w.renews(w.nodes[1], 10*sec), beat)
	if c.Counts().Copied != 1 || c.Counts().Evicted[lease.Own] != 1 {
		t.Fatalf("the node that was cut off counted %+v", c.Counts())
	}
	c.cut = false
	w.run(time.Minute, w.renews(w.nodes[1], 10*sec), beat)
	w.wantOwner("a one")
	w.wantShown(w.nodes[0], "+ORDERS/o-1 one")
	w.wantShown(w.nodes[1], "+ORDERS/o-1 one")
}

// The same when what lives on is a copy itself: its owner is dead.
func TestACopyThatIsRenewedOutlivesTheEvictionOfAnother(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	b, c := w.nodes[1], w.nodes[2]
	beat := w.hears(c)
	w.put(w.nodes[0], instance(key, "one"))
	w.nodes[0].dead, c.cut = true, true
	w.renews(c, 1)()
	w.run(3*time.Minute, w.renews(b, 10*sec), beat)
	if c.Counts().Evicted[lease.Own] != 1 {
		t.Fatalf("the node that was cut off counted %+v", c.Counts())
	}
	c.cut = false
	w.run(time.Minute, w.renews(b, 10*sec), beat)
	w.wantOwner("b one")
	w.wantShown(b, "+ORDERS/o-1 one")
}

func TestARenewalFollowsTheInstance(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	b := w.nodes[1]
	w.put(w.nodes[0], instance(key, "one"))
	w.filter = func(p parcel) bool { return p.to != w.nodes[0] || !isRenewals(p.message) }
	w.renews(b, 1)()
	w.run(3 * sec)
	w.put(w.nodes[2], instance(key, "one"))
	w.run(sec)
	if c := b.Counts(); c.Acknowledged != 1 || c.Copied != 0 || b.Forwarding() != 0 {
		t.Errorf("moved away: counted %+v", c)
	}
	w.put(w.nodes[0], instance(key, "one"))
	w.renews(b, 1)()
	w.put(b, instance(key, "two"))
	if b.Forwarding() != 0 {
		t.Error("a renewal of its own waits for another node")
	}
	w.run(20 * sec)
	w.wantOwner("b two")
}

func TestARenewalThatIsUnderWayWhenTheLeaseEndsKeepsTheInstance(t *testing.T) {
	w := newWorld(t, "a", "b")
	w.put(w.nodes[0], instance(key, "one"))
	w.filter = func(p parcel) bool { return !isRenewals(p.message) }
	w.run(25 * sec)
	w.renews(w.nodes[1], 1)()
	w.run(6 * sec)
	if w.nodes[0].Counts().Evicted[lease.Own] != 1 {
		t.Fatal("its owner didn't evict it")
	}
	w.wantOwner("b one")
	w.filter = nil
	w.run(time.Minute, w.renews(w.nodes[1], 10*sec))
	w.wantOwner("b one")
}

// deaf drops all that tells nodes of what others have authored.
func deaf(p parcel) bool {
	switch p.message.(type) {
	case *cluster.Delta, *cluster.Chunk:
		return false
	}
	return true
}

func TestADenialIsForgottenWhenTheOwnerAuthorsAgain(t *testing.T) {
	w := newWorld(t, "a", "b")
	a, b := w.nodes[0], w.nodes[1]
	w.put(a, instance(key, "one"))
	w.filter = deaf
	a.evict(w.now(), a.registrations[key], &a.counts.Evicted)
	w.renews(b, 1)()
	w.run(2 * sec)
	w.put(a, instance(key, "one"))
	w.filter = nil
	w.run(20 * sec)
	if c := b.Counts(); c.Denied != 1 || c.Acknowledged != 1 || c.Copied != 0 {
		t.Errorf("counted %+v", c)
	}
	w.wantOwner("a one")
}

func TestAnHeirCountsTheRenewalThatWaitedForTheDead(t *testing.T) {
	w := newWorld(t, "a", "b")
	inst := instance(key, "one")
	inst.Lease.DurationMs = (60 * sec).Milliseconds()
	w.put(w.nodes[0], inst)
	w.nodes[0].dead = true
	w.renews(w.nodes[1], 1)()
	w.run(15 * sec)
	w.wantOwner("b one")
	if r := w.nodes[1].registrations[key]; r.Class() != lease.Own || !r.copy || w.nodes[1].Forwarding() != 0 {
		t.Errorf("class %s, copy %t, %d wait", r.Class(), r.copy, w.nodes[1].Forwarding())
	}
}

func TestAWordAboutARenewedCopyDrawsATime(t *testing.T) {
	for name, say := range map[string]func(w *world, n *node){
		"put":      func(w *world, n *node) { w.put(n, brief()) },
		"register": func(w *world, n *node) { w.connect(n, "p", 1).register(brief()) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "a", "b")
			w.put(w.nodes[0], brief())
			w.nodes[0].dead = true
			b := w.nodes[1]
			w.run(12*sec, w.renews(b, 5*sec))
			before := b.registrations[key].entry.Version
			say(w, b)
			w.run(100 * time.Millisecond)
			if r := b.registrations[key]; r.copy || r.entry.Version.Time <= before.Time {
				t.Errorf("version %v after %v, copy %t", r.entry.Version, before, r.copy)
			}
		})
	}
}

// B has a copy of the later connection's word when the earlier one's comes in.
func TestACopyOfALaterConnectionsWordIsSaidOnceMore(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	a, b, c := w.nodes[0], w.nodes[1], w.nodes[2]
	c.cut = true
	w.connect(c, "p", 1)
	w.connect(a, "p", 2).register(brief())
	a.dead = true
	w.run(12*sec, w.renews(b, 5*sec))
	if _, err := c.Register(1, instance(key, "old"), model.Version{}, w.now()); err != nil {
		t.Fatal(err)
	}
	c.cut = false
	w.run(5*sec, w.renews(b, 5*sec))
	w.wantOwner("b one")
	if b.registrations[key].copy {
		t.Error("b holds what it said itself as a copy")
	}
}

func TestHowLongARenewalWaits(t *testing.T) {
	w := newWorld(t, "a", "b")
	for name, c := range map[string]struct {
		lease model.Lease
		want  time.Duration
	}{
		"a third of the default":          {model.Lease{}, 10 * sec},
		"a third of its lease":            {model.Lease{DurationMs: 90_000}, 30 * sec},
		"as long as the client says":      {model.Lease{RenewalMs: 4000}, 4 * sec},
		"but no longer than half a lease": {model.Lease{RenewalMs: 29_000}, 15 * sec},
	} {
		inst := instance(key, "one")
		inst.Lease = c.lease
		if got := w.nodes[0].patience(inst.Lease); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	// However short, it is sent before it is given up.
	inst := instance(key, "one")
	inst.Lease.DurationMs = 150
	w.put(w.nodes[0], inst)
	w.renews(w.nodes[1], 1)()
	w.run(300 * time.Millisecond)
	if c := w.nodes[1].Counts(); c.Acknowledged != 1 || c.Copied != 0 {
		t.Errorf("counted %+v", c)
	}
}

func TestAnOwnerThatIsNoneDeniesIt(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(w *world, a *node)
		want string
	}{
		"its lease has ended":      {func(w *world, a *node) { a.evict(w.now(), a.registrations[key], &a.counts.Evicted) }, "b one"},
		"its client unregistered":  {func(w *world, a *node) { _ = a.DeletePlain(key, w.now()) }, ""},
		"its client said it anew":  {func(w *world, a *node) { _, _ = a.PutPlain(instance(key, "two"), w.now()) }, "a two"},
		"nothing became of it yet": {func(*world, *node) {}, "a one"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "a", "b")
			w.put(w.nodes[0], instance(key, "one"))
			sent := 0
			w.filter = func(p parcel) bool {
				if isRenewals(p.message) {
					sent++
				}
				return deaf(p)
			}
			c.end(w, w.nodes[0])
			w.run(sec)
			w.renews(w.nodes[1], 1)()
			w.run(15 * sec)
			w.filter = nil
			w.run(10 * sec)
			w.wantOwner(c.want)
			if sent > 1 {
				t.Errorf("sent %d times", sent)
			}
			if denied := w.nodes[1].Counts().Denied; (denied == 1) != (c.want == "b one" || c.want == "") {
				t.Errorf("%d renewals were denied", denied)
			}
		})
	}
}

func TestTooManyRenewalsThatWaitAreRefused(t *testing.T) {
	w := newWorld(t, "a", "b")
	b := w.nodes[1]
	b.cfg.Forwards = 2
	keys := make([]model.Key, 3)
	for i := range keys {
		keys[i] = model.NewKey("A", fmt.Sprint(i))
		w.put(w.nodes[0], instance(keys[i], "one"))
	}
	w.filter = func(p parcel) bool { return !isRenewals(p.message) }
	for range 2 { // one that waits already takes no more room
		for i, want := range []error{nil, nil, ErrForwards} {
			if err := b.RenewPlain(keys[i], w.now()); !errors.Is(err, want) {
				t.Errorf("renewal %d: %v", i, err)
			}
		}
		w.run(sec)
	}
	if c := b.Counts(); c.ForwardsRefused != 2 || c.Forwarded != 2 || b.Forwarding() != 2 {
		t.Errorf("counted %+v, %d wait", c, b.Forwarding())
	}
	w.filter = nil
	w.run(2 * sec)
	if err := b.RenewPlain(keys[2], w.now()); err != nil {
		t.Errorf("when there is room again: %v", err)
	}
}

func TestRenewalsGoInBatches(t *testing.T) {
	w := newWorld(t, "a", "b")
	const n = 2*cluster.MaxKeys + 1
	var sizes []int
	w.filter = func(p parcel) bool {
		if m, ok := p.message.(*cluster.Renewals); ok {
			sizes = append(sizes, len(m.Keys))
		}
		return true
	}
	for i := range n {
		k := model.NewKey("A", fmt.Sprint(i))
		w.put(w.nodes[0], instance(k, "one"))
		if err := w.nodes[1].RenewPlain(k, w.now()); err != nil {
			t.Fatal(err)
		}
	}
	w.run(5 * sec)
	if fmt.Sprint(sizes) != fmt.Sprint([]int{cluster.MaxKeys, cluster.MaxKeys, 1}) {
		t.Errorf("sent batches of %v", sizes)
	}
	if got := w.nodes[1].Counts().Acknowledged; got != n {
		t.Errorf("%d acknowledged", got)
	}
}

func TestAForwardedRenewalConfirmsWhatWasTakenOver(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	w.put(w.nodes[0], instance(key, "one"))
	w.nodes[0].dead = true
	w.run(15 * sec)
	heir, other := w.nodes[1], w.nodes[2]
	if w.agree()[key] != "b one" {
		heir, other = other, heir
	}
	before := w.authored()
	w.run(5*time.Minute, w.renews(other, 10*sec))
	w.wantOwner(heir.name + " one")
	if r := heir.registrations[key]; r.Class() != lease.Own || !r.copy || w.authored() != before {
		t.Errorf("class %s, copy %t, %d authored", r.Class(), r.copy, w.authored()-before)
	}
}

func TestAForwardedRenewalLeavesALivingConnectionAlone(t *testing.T) {
	w := newWorld(t, "a", "b")
	c := w.connect(w.nodes[0], "p", 1)
	c.register(instance(key, "one"))
	w.run(20*sec, c.beat("one"), w.renews(w.nodes[1], 10*sec))
	if r := w.nodes[0].registrations[key]; r.conn == nil {
		t.Error("it was taken from its connection")
	}
	w.nodes[0].Close(1, Left)
	w.run(time.Minute, w.renews(w.nodes[1], 10*sec))
	w.wantOwner("a one")
}

func TestANodeThatStoodStillDoesntBlameTheOwner(t *testing.T) {
	w := newWorld(t, "a", "b")
	w.put(w.nodes[0], instance(key, "one"))
	b := w.nodes[1]
	w.filter = func(p parcel) bool { return !isRenewed(p.message) }
	w.renews(b, 1)()
	w.run(sec)
	w.mono += 12 * sec
	w.filter = nil
	w.run(5 * sec)
	if c := b.Counts(); c.Copied != 0 || c.Acknowledged != 1 {
		t.Errorf("counted %+v", c)
	}
}

func TestAnAcknowledgementCountsFromTheOwnerOnly(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	w.put(w.nodes[0], instance(key, "one"))
	w.filter = func(p parcel) bool { return !isRenewals(p.message) }
	b := w.nodes[1]
	w.renews(b, 1)()
	w.run(sec)
	b.Receive(w.now(), &cluster.Renewed{From: w.nodes[2].Replica().Self(), Number: 1})
	b.Receive(w.now(), &cluster.Renewed{From: w.nodes[0].Replica().Self(), Number: 7})
	if b.Forwarding() != 1 {
		t.Error("it counted")
	}
	b.Receive(w.now(), &cluster.Renewed{From: w.nodes[0].Replica().Self(), Number: 1})
	if b.Forwarding() != 0 {
		t.Error("the owner's didn't count")
	}
}
