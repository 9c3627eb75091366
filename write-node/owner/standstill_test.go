package owner

import (
	"errors"
	"testing"
	"time"

	"heureka/cluster"
	"heureka/model"
	"heureka/write-node/lease"
)

// stands makes the first node stand still for so long, with what is sent to it
// waiting, and has it go on: the given input comes first of all.
func (w *world) stands(d time.Duration, first func(n *node)) {
	w.Helper()
	n := w.nodes[0]
	n.still = true
	w.run(d)
	n.still = false
	first(n)
}

// firsts are what may come first when a node goes on, whatever else comes then.
func firsts() map[string]func(*world, *node) {
	return map[string]func(*world, *node){
		"the client's word": func(*world, *node) {},
		"a tick":            func(w *world, n *node) { n.Tick(w.now()) },
		"its peers' words":  func(w *world, _ *node) { w.settle() },
	}
}

func TestWhatWaitedForANodeIsNotObeyed(t *testing.T) {
	for name, begin := range firsts() {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "a", "b", "c")
			c := w.connect(w.nodes[0], "p", 1)
			c.register(instance(key, "one"))
			plain := model.NewKey("ORDERS", "plain")
			ended := false
			w.stands(40*sec, func(n *node) {
				if err := w.nodes[1].DeletePlain(key, w.now()); err != nil {
					t.Fatal(err)
				}
				ended = true
				begin(w, n)
				for said, err := range map[string]error{
					"a heartbeat": n.Heard(1, w.now()),
					"a register":  second(n.Register(1, instance(key, "late"), model.Version{}, w.now())),
					"an update":   second(n.Update(1, model.Patch{Key: key}, w.now())),
				} {
					if !errors.Is(err, ErrNotOpen) {
						t.Errorf("%s: %v", said, err)
					}
				}
				for said, err := range map[string]error{
					"a hello":             n.Open(2, "q", 1, w.now()),
					"a put":               second(n.PutPlain(instance(plain, "late"), w.now())),
					"a renewal":           n.RenewPlain(key, w.now()),
					"a delete":            n.DeletePlain(key, w.now()),
					"an amendment":        second(n.Amend(key, func(*model.Instance) {}, w.now())),
					"an override":         second(n.Override(key, model.StatusDown, w.now())),
					"an override's end":   n.ClearOverride(key, w.now()),
					"a hold":              n.HoldEvictions(lease.Own, time.Minute, w.now()),
					"a resumption":        n.ResumeEvictions(lease.Own, w.now()),
					"a release":           second(n.ReleaseEvictions(lease.Own, "", w.now())),
					"a hello, once more ": n.Open(3, "p", 2, w.now()),
				} {
					if !errors.Is(err, ErrWaking) {
						t.Errorf("%s: %v", said, err)
					}
				}
			})
			w.run(2 * time.Minute)
			if !ended || len(w.agree()) != 0 {
				t.Errorf("there is %v", w.agree())
			}
			w.connect(w.nodes[0], "p", 4).register(instance(key, "anew"))
			w.wantOwner("a anew")
			if got := w.nodes[0].Counts(); got.Standstills != 1 || got.GivenUp != 1 {
				t.Errorf("it stood still %d times and gave %d up", got.Standstills, got.GivenUp)
			}
		})
	}
}

// An operator saw a queue, and means what is in it. When the node goes on, all its
// clients are.
func TestAReleaseThatWaitedLetsNobodyGoWhoFellSilentMeanwhile(t *testing.T) {
	w := newWorld(t, "a")
	const clients = 20
	w.crowd(clients)
	n := w.nodes[0]
	w.stands(40*sec, func(n *node) {
		n.Tick(w.now())
		if got, err := n.ReleaseEvictions(lease.Own, "", w.now()); !errors.Is(err, ErrWaking) {
			t.Errorf("%d are released, %v", got, err)
		}
	})
	w.run(10 * sec)
	if got := n.held(lease.Own); got != clients {
		t.Errorf("%d of %d are left", got, clients)
	}
}

func second[T any](_ T, err error) error { return err }

// A sign of life that waited would have the node author again what was evicted at
// its heir.
func TestNothingIsAuthoredAgainForWhoWasHeardLate(t *testing.T) {
	late := map[string]func(*world, *node, *client){
		"a heartbeat": func(w *world, n *node, c *client) {
			if err := n.Heard(c.id, w.now()); err == nil {
				w.Error("the connection counts")
			}
		},
		"another node's renewals": func(w *world, n *node, _ *client) {
			n.Receive(w.now(), &cluster.Renewals{From: w.nodes[1].Replica().Self(), Number: 1, Keys: []model.Key{key}})
			if got := n.Counts().RenewedForOthers; got != 0 {
				w.Errorf("%d renewed", got)
			}
		},
	}
	for name, hears := range late {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "a", "b", "c")
			c := w.connect(w.nodes[0], "p", 1)
			if name == "a heartbeat" {
				c.register(instance(key, "one"))
			} else if _, err := w.nodes[0].PutPlain(instance(key, "one"), w.now()); err != nil {
				t.Fatal(err)
			}
			w.settle()
			w.stands(3*time.Minute, func(n *node) {
				if cur := w.nodes[1].Replica().Map().Get(key); cur.Live() {
					t.Fatal("it isn't evicted yet")
				}
				hears(w, n, c)
			})
			w.run(2 * sec)
			w.wantOwner("")
		})
	}
}

// A renewal at a node that doesn't own the instance says nothing any more when that node
// goes on: the owner has evicted the instance meanwhile.
func TestNoRenewalWaitsWhileANodeStandsStill(t *testing.T) {
	for name, begin := range firsts() {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "a", "b", "c")
			w.put(w.nodes[1], instance(key, "one"))
			if err := w.nodes[0].RenewPlain(key, w.now()); err != nil || w.nodes[0].Forwarding() != 1 {
				t.Fatalf("%v, %d wait", err, w.nodes[0].Forwarding())
			}
			w.stands(3*time.Minute, func(n *node) {
				if cur := w.nodes[1].Replica().Map().Get(key); cur.Live() {
					t.Fatal("it isn't evicted yet")
				}
				begin(w, n)
			})
			w.run(2 * sec)
			w.wantOwner("")
			if n := w.nodes[0].Forwarding(); n != 0 {
				t.Errorf("%d renewals wait", n)
			}
		})
	}
}

func TestANodeThatIsOnlyLateObeys(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	c := w.connect(w.nodes[0], "p", 1)
	c.register(instance(key, "one"))
	w.stands(DefaultConfig().Silence-time.Second, func(*node) { c.register(instance(key, "two")) })
	w.run(20*sec, c.beat("two"))
	w.wantOwner("a two")
}
