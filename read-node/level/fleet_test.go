package level

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"heureka/model"

	"github.com/google/uuid"
)

// The times of the simulated fleets, in steps of which everything happens.
const (
	step      = 100 * time.Millisecond
	beacon    = time.Second
	heardFor  = 3 * beacon // then a node that says nothing counts no more
	spread    = time.Second
	reconnect = 500 * time.Millisecond // at most, from leaving to coming back
	age       = 2 * time.Minute        // younger sessions aren't asked
	drain     = 10 * time.Second
)

// client is one subscriber. It obeys when it is asked to go.
type client struct {
	at    *reader // its node, or the one that it left
	since time.Duration
	due   time.Duration // when it leaves, or comes back; 0: it stays
	away  bool          // it is between two nodes
	asked bool
	moves int // because it was shed
}

// reader is a node of the fleet, with the real decision in it.
type reader struct {
	name    model.Incarnation
	phase   time.Duration // of its beacons and looks
	level   *Level
	clients []*client
	serving bool
	dead    bool
	said    int           // sessions, in its last beacon
	beaten  time.Duration // when that was
}

// fleet is read nodes, their clients and the balancer between them.
type fleet struct {
	config  Config
	random  *rand.Rand
	now     time.Duration
	readers []*reader
	clients []*client
	moving  []*client // those that are due some time
	place   balancer
	shed    int
}

// balancer picks the node of a connection that comes from another one, or from
// nowhere. There is one at least that serves.
type balancer func(f *fleet, from *reader) *reader

func (f *fleet) open() []*reader {
	return slices.DeleteFunc(slices.Clone(f.readers), func(r *reader) bool { return !r.serving })
}

func atRandom(f *fleet, _ *reader) *reader {
	open := f.open()
	return open[f.random.IntN(len(open))]
}

func inTurn() balancer {
	turn := 0
	return func(f *fleet, _ *reader) *reader {
		open := f.open()
		turn++
		return open[turn%len(open)]
	}
}

func leastConnections(f *fleet, _ *reader) *reader {
	open := f.open()
	return slices.MinFunc(open, func(a, b *reader) int { return len(a.clients) - len(b.clients) })
}

// nextInList is clients that know all nodes, in the same order.
func nextInList(f *fleet, from *reader) *reader {
	at := slices.Index(f.readers, from)
	for {
		at = (at + 1) % len(f.readers)
		if f.readers[at].serving {
			return f.readers[at]
		}
	}
}

// newFleet is a fleet of so many nodes with so many clients each.
func newFleet(seed uint64, config Config, place balancer, sizes ...int) *fleet {
	f := &fleet{config: config, random: rand.New(rand.NewPCG(seed, 7)), place: place}
	for _, size := range sizes {
		r := f.join()
		for range size {
			c := &client{since: -time.Hour}
			f.clients = append(f.clients, c)
			f.settle(c, r)
			c.since = -time.Hour
		}
	}
	return f
}

func (f *fleet) join() *reader {
	r := &reader{
		name:  model.Incarnation{Name: fmt.Sprintf("read-%d", len(f.readers)), ID: uuid.UUID{15: byte(len(f.readers))}},
		phase: time.Duration(f.random.IntN(int(beacon/step))) * step, level: New(f.config), serving: true, beaten: -time.Hour,
	}
	f.readers = append(f.readers, r)
	return r
}

func (f *fleet) settle(c *client, r *reader) {
	c.at, c.since, c.due, c.away, c.asked = r, f.now, 0, false, false
	r.clients = append(r.clients, c)
}

func (f *fleet) leave(c *client, from *reader) {
	from.clients = slices.DeleteFunc(from.clients, func(o *client) bool { return o == c })
	c.away = true
	f.moves(c, reconnect)
}

// moves has a client do its next step within a time.
func (f *fleet) moves(c *client, within time.Duration) {
	if c.due == 0 {
		f.moving = append(f.moving, c)
	}
	c.due = f.now + f.upTo(within)
}

func (f *fleet) upTo(d time.Duration) time.Duration {
	return step * time.Duration(1+f.random.IntN(int(d/step)))
}

// drains has a node send everybody away, as one that stops does.
func (f *fleet) drains(r *reader) {
	r.serving = false
	for _, c := range r.clients {
		f.moves(c, drain)
	}
}

// dies ends a node without a word.
func (f *fleet) dies(r *reader) {
	r.serving, r.dead = false, true
	for _, c := range slices.Clone(r.clients) {
		f.leave(c, r)
	}
}

// run lets time pass.
func (f *fleet) run(d time.Duration) {
	for until := f.now + d; f.now < until; f.now += step {
		for _, c := range f.moving {
			f.move(c)
		}
		f.moving = slices.DeleteFunc(f.moving, func(c *client) bool { return c.due == 0 })
		for _, r := range f.readers {
			if !r.dead && (f.now+r.phase)%beacon == 0 {
				r.said, r.beaten = len(r.clients), f.now
				f.look(r)
			}
		}
	}
}

func (f *fleet) move(c *client) {
	switch {
	case f.now < c.due:
	case c.away:
		f.settle(c, f.place(f, c.at))
	default:
		f.leave(c, c.at)
	}
}

// look has a node decide, and asks the clients.
func (f *fleet) look(r *reader) {
	p := Picture{Serving: r.serving, Sessions: len(r.clients)}
	for _, o := range f.readers {
		if o != r && (o.serving || o.dead) && f.now-o.beaten <= heardFor {
			p.Others = append(p.Others, Reader{o.name, o.said})
		}
	}
	var old []*client
	for _, c := range r.clients {
		if c.asked {
			p.Leaving++
		} else if f.now-c.since >= age {
			old = append(old, c)
		}
	}
	n := min(r.level.Look(f.now, p), len(old))
	f.random.Shuffle(len(old), func(i, j int) { old[i], old[j] = old[j], old[i] })
	for _, c := range old[:n] {
		c.asked = true
		f.moves(c, spread)
		c.moves++
		f.shed++
	}
	r.level.Asked(f.now, n)
}

// sizes returns how many clients each serving node has.
func (f *fleet) sizes() []int {
	var out []int
	for _, r := range f.open() {
		out = append(out, len(r.clients))
	}
	return out
}
