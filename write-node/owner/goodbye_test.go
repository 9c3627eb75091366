package owner

import (
	"errors"
	"strings"
	"testing"
	"time"

	"heureka/model"
)

// leave unregisters the key through the client's connection, with the version
// that it was last acknowledged.
func (c *client) leave() error {
	_, err := c.at.Unregister(c.id, key, c.acked[key], c.w.now())
	c.w.settle()
	return err
}

func TestAClientEndsItsWordThroughAnotherConnection(t *testing.T) {
	for name, where := range map[string]int{"at the node": 0, "at another": 1} {
		t.Run(name, func(t *testing.T) {
			for name, why := range map[string]func(*node){
				"that it left":          func(n *node) { n.Close(1, Left) },
				"that still looks open": func(*node) {},
			} {
				t.Run(name, func(t *testing.T) {
					w := newWorld(t, "a", "b", "c")
					old := w.connect(w.nodes[0], "p", 1)
					old.register(instance(key, "one"))
					why(w.nodes[0])
					c := old.move(w.nodes[where], 2)
					if err := c.leave(); err != nil {
						t.Fatal(err)
					}
					w.wantOwner("")
					for _, n := range w.nodes {
						w.wantShown(n, "+ORDERS/o-1 one", "-ORDERS/o-1") // nothing in between
					}
					if err := c.leave(); err != nil {
						t.Errorf("a second time: %v", err)
					}
					if old.at.conns[1] != nil {
						if again := old.heartbeat(); len(again) > 0 {
							t.Errorf("the old connection is asked to say %v", again)
						}
					}
				})
			}
		})
	}
}

func TestAWordEndsWhereItHasntBeenHeardOf(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	w.nodes[1].cut = true
	c := w.connect(w.nodes[0], "p", 1)
	c.register(instance(key, "one"))
	c = c.move(w.nodes[1], 2)
	if err := c.leave(); err != nil {
		t.Fatal(err)
	}
	w.nodes[1].cut = false
	w.run(10 * sec)
	w.wantOwner("")
}

func TestACopyThatWasTakenOverEndsToo(t *testing.T) {
	w := newWorld(t, "a", "b")
	c := w.connect(w.nodes[0], "p", 1)
	c.register(instance(key, "one"))
	w.nodes[0].dead = true
	w.run(15 * sec)
	w.wantOwner("b one")
	if err := c.move(w.nodes[1], 2).leave(); err != nil {
		t.Fatal(err)
	}
	w.wantOwner("")
}

func TestAClientWithoutAProcessEndsItsWordToo(t *testing.T) {
	w := newWorld(t, "a")
	c := w.connect(w.nodes[0], "", 1)
	c.register(instance(key, "one"))
	w.nodes[0].Close(1, Left)
	if err := c.move(w.nodes[0], 2).leave(); err != nil {
		t.Fatal(err)
	}
	w.wantOwner("")
}

// The node holds somebody's older word, and hasn't heard of the one that ends.
func TestAnOlderWordOfSomebodyElseEndsWithIt(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	w.connect(w.nodes[1], "q", 7).register(instance(key, "zero"))
	w.nodes[1].cut = true
	w.run(sec)
	c := w.connect(w.nodes[0], "p", 1)
	c.register(instance(key, "one"))
	if err := c.move(w.nodes[1], 2).leave(); err != nil {
		t.Fatal(err)
	}
	w.nodes[1].cut = false
	w.run(5 * sec)
	w.wantOwner("")
}

// A node repeats the word of a later connection when an earlier one's arrives
// late, with a time that the client never hears of.
func TestAWordThatWasSaidOnceMoreEndsToo(t *testing.T) {
	w := newWorld(t, "a", "b")
	c := w.connect(w.nodes[0], "p", 1)
	c.register(instance(key, "one"))
	r := w.nodes[0].registrations[key]
	r.entry = w.nodes[0].say(w.now(), r.Key, r.entry.Instance, r.entry.Hash, 0, r.conn)
	w.settle()
	if err := c.move(w.nodes[1], 2).leave(); err != nil {
		t.Fatal(err)
	}
	w.wantOwner("")
}

func TestWhatAGoodbyeWithAVersionDoesntEnd(t *testing.T) {
	for name, c := range map[string]struct {
		// later happens after p's first connection has registered at the node a;
		// p then leaves through its second at b, or what is returned.
		later func(*world, *client) *client
		want  error
	}{
		"a later word of somebody else": {func(w *world, c *client) *client {
			w.connect(w.nodes[0], "q", 7).register(instance(key, "one more"))
			return c.move(w.nodes[1], 2)
		}, ErrSuperseded},
		"the same word, which somebody else has taken over": {func(w *world, c *client) *client {
			w.nodes[0].Close(1, Left)
			w.connect(w.nodes[0], "q", 7).register(instance(key, "one"))
			return c.move(w.nodes[0], 2)
		}, ErrSuperseded},
		"the same word, which plain HTTP has taken over": {func(w *world, c *client) *client {
			if _, err := w.nodes[0].PutPlain(instance(key, "one"), w.now()); err != nil {
				w.Fatal(err)
			}
			return c.move(w.nodes[0], 2)
		}, ErrSuperseded},
		"a word of a later connection of the process": {func(w *world, c *client) *client {
			acked := c.acked[key]
			c.move(w.nodes[0], 3).register(instance(key, "one more"))
			c.acked[key] = acked
			return c.move(w.nodes[1], 2)
		}, ErrSuperseded},
		"the same word, which a later connection of the process has taken over": {func(w *world, c *client) *client {
			c.move(w.nodes[0], 3).register(instance(key, "one"))
			return c.move(w.nodes[0], 2)
		}, ErrSuperseded},
		"a version from the day after tomorrow": {func(w *world, c *client) *client {
			c.acked[key] = model.Version{Time: model.Time(w.now().Wall+25*time.Hour.Microseconds()) << model.TimeNodeBits}
			return c.move(w.nodes[1], 2)
		}, ErrVersionAhead},
		"no version": {func(w *world, c *client) *client {
			delete(c.acked, key)
			return c.move(w.nodes[1], 2)
		}, ErrNotRegistered},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "a", "b")
			first := w.connect(w.nodes[0], "p", 1)
			first.register(instance(key, "one"))
			leaver := c.later(w, first)
			before := w.agree()[key]
			if err := leaver.leave(); !errors.Is(err, c.want) {
				t.Errorf("answered %v, want %v", err, c.want)
			}
			w.run(sec)
			w.wantOwner(before)
			if before == "" {
				t.Error("there was nothing to end")
			}
		})
	}
}

// A version and a key are all that it takes to end a word that no node has heard
// of: the key must be one that a registration could have had.
func TestAKeyThatNoInstanceCanHaveIsntEnded(t *testing.T) {
	w := newWorld(t, "a")
	c := w.connect(w.nodes[0], "p", 1)
	acked := c.register(instance(key, "one"))
	for name, key := range map[string]model.Key{
		"too long for a store": model.NewKey("orders", strings.Repeat("x", 64<<10)),
		"a byte 0":             model.NewKey("orders\x00", "o-1"),
		"no application":       model.NewKey("", "o-1"),
		"no id":                model.NewKey("orders", ""),
	} {
		_, err := c.at.Unregister(c.id, key, acked, w.now())
		var invalid *model.InvalidError
		if !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
		if e := c.at.Replica().Map().Get(key); e != nil {
			t.Errorf("%s: left a tombstone", name)
		}
	}
}
