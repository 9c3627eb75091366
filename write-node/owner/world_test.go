package owner

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"heureka/cluster"
	"heureka/model"
	"heureka/write-node/lease"

	"github.com/google/uuid"
)

const sec = time.Second

// world is some write nodes and a network between them, in one goroutine and in
// virtual time.
type world struct {
	*testing.T
	random *rand.Rand
	config Config // of each owner
	mono   time.Duration
	nodes  []*node
	loss   float64           // how much of what is sent gets lost
	twice  float64           // how much arrives twice
	late   float64           // how much arrives up to 3 s late
	filter func(parcel) bool // what it returns false for gets lost too
	wire   []parcel
	uuids  byte
}

type parcel struct {
	from, to *node
	message  cluster.Message
	at       time.Duration // when it arrives
}

type node struct {
	*Owner
	name  string
	dead  bool
	cut   bool // neither sends nor receives
	still bool // does nothing, and what is sent to it waits
	wrong bool // its map was spoilt, so it isn't checked
	shown []string
}

func newWorld(t *testing.T, names ...string) *world {
	return newSeededWorld(t, 1, names...)
}

func newSeededWorld(t *testing.T, seed uint64, names ...string) *world {
	w := &world{T: t, random: rand.New(rand.NewPCG(seed, 2)), config: DefaultConfig()}
	for _, name := range names {
		w.start(name, len(names))
	}
	w.run(15 * sec)
	for _, n := range w.nodes {
		if !n.Replica().Ready() {
			t.Fatalf("%s isn't ready", n.name)
		}
	}
	return w
}

func (w *world) start(name string, size int) *node {
	w.uuids++
	self := model.Incarnation{Name: name, ID: uuid.UUID{w.uuids, 8: w.uuids}}
	config := cluster.DefaultConfig()
	config.Size = size
	random := rand.New(rand.NewPCG(w.random.Uint64(), uint64(w.uuids)))
	n := &node{name: name, Owner: New(w.config, cluster.New(config, self, cluster.Write, "", random))}
	w.nodes = append(w.nodes, n)
	return n
}

func (w *world) now() model.Moment {
	return model.Moment{Mono: w.mono, Wall: 1_700_000_000_000_000 + w.mono.Microseconds()}
}

// settle lets the network carry what there is to carry, until nothing moves.
func (w *world) settle() {
	w.Helper()
	for range 1000 {
		for _, n := range w.nodes {
			if !n.still {
				w.collect(n)
			}
		}
		arrived := w.arrived()
		if len(arrived) == 0 {
			return
		}
		for _, p := range arrived {
			if p.to.dead || p.to.cut || w.random.Float64() < w.loss {
				continue
			}
			if w.filter == nil || w.filter(p) {
				p.to.Receive(w.now(), p.message)
			}
		}
	}
	w.Fatal("the nodes go on talking without end")
}

// arrived takes what has arrived by now off the wire.
func (w *world) arrived() []parcel {
	var out, underway []parcel
	for _, p := range w.wire {
		if p.at <= w.mono && !p.to.still {
			out = append(out, p)
		} else {
			underway = append(underway, p)
		}
	}
	w.wire = underway
	return out
}

// send puts a message on the wire, once or twice, in time or late.
func (w *world) send(from, to *node, m cluster.Message) {
	for copies := 1; copies > 0; copies-- {
		p := parcel{from: from, to: to, message: m, at: w.mono}
		if w.late > 0 && w.random.Float64() < w.late {
			p.at += time.Duration(w.random.Int64N(int64(3 * sec)))
		}
		w.wire = append(w.wire, p)
		if w.twice > 0 && w.random.Float64() < w.twice {
			copies++
		}
	}
}

func (w *world) collect(n *node) {
	effects := n.Settle(w.now())
	for _, c := range effects.Changes {
		switch {
		case c.Kind == model.Remove:
			n.shown = append(n.shown, "-"+c.Key.String())
		default:
			n.shown = append(n.shown, "+"+c.Key.String()+" "+c.After.Unpack().HostName)
		}
	}
	if n.dead || n.cut {
		return
	}
	for _, m := range effects.Messages {
		for _, to := range w.nodes {
			if to != n && (m.To.IsZero() || m.To == to.Replica().Self()) {
				w.send(n, to, m.Message)
			}
		}
	}
}

// run lets time pass, and each to do what is due every 100 ms.
func (w *world) run(d time.Duration, each ...func()) {
	w.Helper()
	for end := w.mono + d; w.mono < end; {
		w.mono += 100 * time.Millisecond
		for _, f := range each {
			f()
		}
		for _, n := range w.nodes {
			if !n.dead && !n.still {
				n.Replica().Tick(w.now())
				n.Tick(w.now())
			}
		}
		w.settle()
		for _, n := range w.nodes {
			if !n.wrong {
				w.checkInvariant(n)
			}
		}
	}
}

// checkInvariant checks that there is exactly one registration for each living
// entry that the node owns, and that it drew the times of the own ones,
// but for copies.
func (w *world) checkInvariant(n *node) {
	w.Helper()
	owned := 0
	for e := range n.Replica().Map().Instances() {
		if !n.ours(e) {
			continue
		}
		owned++
		r := n.registrations[e.Key]
		if r == nil || r.entry.Dot != e.Dot || !r.Granted() {
			w.Fatalf("%v: %s owns %v without a registration of it", w.mono, n.name, e.Key)
		}
		drew := uint64(e.Version.Time)&(1<<model.TimeNodeBits-1) == n.Replica().Self().TimeBits()
		if r.Class() == lease.Own && !r.copy && !drew {
			w.Fatalf("%v: %s holds %v as no copy, but the word was said elsewhere", w.mono, n.name, e.Key)
		}
	}
	if owned != len(n.registrations) {
		w.Fatalf("%v: %s has %d registrations for %d entries", w.mono, n.name, len(n.registrations), owned)
	}
	held := 0
	for _, c := range n.conns {
		held += c.held
	}
	for _, r := range n.registrations {
		if r.conn != nil && r.conn.open {
			held--
		}
	}
	if held != 0 {
		w.Fatalf("%v: %s miscounts what its connections hold by %d", w.mono, n.name, held)
	}
}

// agree checks that all living nodes have the same map, and returns who owns
// each living entry and what it says.
func (w *world) agree() map[model.Key]string {
	w.Helper()
	var first map[model.Key]string
	for _, n := range w.nodes {
		if n.dead {
			continue
		}
		got := make(map[model.Key]string)
		for e := range n.Replica().Map().Instances() {
			if e.Live() {
				got[e.Key] = e.Owner().Name + " " + e.Instance.Unpack().HostName
			}
		}
		if first == nil {
			first = got
		} else if fmt.Sprint(got) != fmt.Sprint(first) {
			w.Fatalf("%v: %s holds %v, another %v", w.mono, n.name, got, first)
		}
	}
	return first
}

// wantOwner checks who owns the key, and what it says, in everybody's map.
func (w *world) wantOwner(want string) {
	w.Helper()
	if got := w.agree()[key]; got != want {
		w.Fatalf("%v: the entry is %q, want %q", w.mono, got, want)
	}
}

// wantShown checks what a node's view has shown since the last call.
func (w *world) wantShown(n *node, want ...string) {
	w.Helper()
	w.settle()
	if fmt.Sprint(n.shown) != fmt.Sprint(want) {
		w.Fatalf("%v: %s showed %v, want %v", w.mono, n.name, n.shown, want)
	}
	n.shown = nil
}

// client is a client process with one connection.
type client struct {
	w       *world
	at      *node
	id      ConnID
	process string
	acked   map[model.Key]model.Version
}

// connect opens a client's connection. Numbers count up through a world, as ids.
func (w *world) connect(n *node, process string, id ConnID) *client {
	if err := n.Open(id, process, uint64(id), w.now()); err != nil {
		w.Fatalf("%v: open: %v", w.mono, err)
	}
	return &client{w: w, at: n, id: id, process: process, acked: make(map[model.Key]model.Version)}
}

// move reconnects the client elsewhere. The old connection stays open.
func (c *client) move(to *node, id ConnID) *client {
	next := c.w.connect(to, c.process, id)
	next.acked = c.acked
	return next
}

func (c *client) register(inst *model.Instance) model.Version {
	c.w.Helper()
	v, err := c.at.Register(c.id, inst, c.acked[inst.Key()], c.w.now())
	if err != nil {
		c.w.Fatalf("%v: register: %v", c.w.mono, err)
	}
	c.acked[inst.Key()] = v
	c.w.settle()
	return v
}

func (c *client) heartbeat() []model.Key {
	c.w.Helper()
	again, err := c.at.Heartbeat(c.id, c.w.now())
	if err != nil {
		c.w.Fatalf("%v: heartbeat: %v", c.w.mono, err)
	}
	return again
}

// beat heartbeats every 10 s and says again what it is asked to.
func (c *client) beat(host string) func() {
	return func() {
		if c.w.mono%(10*sec) != 0 || c.at.dead {
			return
		}
		for _, k := range c.heartbeat() {
			c.register(instance(k, host))
		}
	}
}

var key = model.NewKey("ORDERS", "o-1")

func instance(k model.Key, host string) *model.Instance {
	return &model.Instance{App: k.App, ID: k.ID, HostName: host, Status: model.StatusUp}
}
