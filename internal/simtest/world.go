package simtest

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"time"

	"heureka/cluster"
	"heureka/model"
	"heureka/registry"
	"heureka/wire"

	"github.com/google/uuid"
)

// Config bounds a run.
type Config struct {
	Writers, Readers int
	Keys             int
	Faults           time.Duration // virtual time with faults and input
	Settle           time.Duration // virtual time without, before the last checks
}

// DefaultConfig is a small cluster under heavy fire.
func DefaultConfig() Config {
	return Config{Writers: 3, Readers: 2, Keys: 12, Faults: time.Minute, Settle: 45 * time.Second}
}

const (
	tickEvery  = 100 * time.Millisecond
	inputEvery = 150 * time.Millisecond
	faultEvery = 2 * time.Second
)

// world is one run: its nodes, its network and its agenda.
type world struct {
	config Config
	random *rand.Rand
	now    time.Duration
	agenda agenda
	order  int

	nodes  []*node
	runs   byte // incarnations so far
	cut    map[[2]string]bool
	drop   float64
	calm   bool // no more faults and input
	author authored
	fault  error // the first broken promise
}

// node is one machine: a name that stays while incarnations come and go.
type node struct {
	name    string
	role    cluster.Role
	skew    time.Duration
	up      bool
	replica *cluster.Replica
	shown   map[model.Key]model.Change
	number  uint64
}

// event is something that happens at a time.
type event struct {
	at    time.Duration
	order int // of two at the same time, the one planned first
	do    func()
}

type agenda []event

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	return a[i].at < a[j].at || a[i].at == a[j].at && a[i].order < a[j].order
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(event)) }
func (a *agenda) Pop() any {
	old := *a
	e := old[len(old)-1]
	*a = old[:len(old)-1]
	return e
}

// Run runs one seed and returns the first promise broken, if any.
func Run(seed uint64, config Config) error {
	w := &world{
		config: config,
		random: rand.New(rand.NewPCG(seed, 0)),
		cut:    make(map[[2]string]bool),
		author: make(authored),
	}
	w.drop = []float64{0, 0.02, 0.2}[w.random.IntN(3)]
	for i := range config.Writers {
		w.nodes = append(w.nodes, &node{name: fmt.Sprintf("write-%d", i+1), role: cluster.Write, skew: w.skew()})
	}
	for i := range config.Readers {
		w.nodes = append(w.nodes, &node{name: fmt.Sprintf("read-%d", i+1), role: cluster.Read, skew: w.skew()})
	}
	for _, n := range w.nodes {
		w.startNode(n)
	}
	w.every(inputEvery, w.input)
	w.every(faultEvery, w.trouble)
	w.after(config.Faults, w.heal)
	for w.fault == nil && len(w.agenda) > 0 && w.now <= config.Faults+config.Settle {
		e := heap.Pop(&w.agenda).(event)
		w.now = e.at
		e.do()
	}
	if w.fault != nil {
		return fmt.Errorf("at %s: %w", w.now, w.fault)
	}
	return w.converged()
}

func (w *world) skew() time.Duration {
	if w.random.IntN(3) > 0 {
		return time.Duration(w.random.IntN(50)) * time.Millisecond
	}
	return time.Duration(w.random.IntN(7200)-3600) * time.Second
}

func (w *world) after(d time.Duration, do func()) {
	w.order++
	heap.Push(&w.agenda, event{w.now + d, w.order, do})
}

func (w *world) every(d time.Duration, do func()) {
	var again func()
	again = func() {
		do()
		w.after(d, again)
	}
	w.after(d, again)
}

func (w *world) fail(promise, format string, args ...any) {
	if w.fault == nil {
		w.fault = broken(promise, format, args...)
	}
}

// broken returns the error that a promise, or something else with a name, was
// broken.
func broken(promise, format string, args ...any) error {
	return fmt.Errorf("%s: %w", promise, fmt.Errorf(format, args...))
}

func (w *world) moment(n *node) model.Moment {
	return model.Moment{Mono: w.now, Wall: 1_800_000_000_000_000 + (w.now + n.skew).Microseconds()}
}

// startNode starts a new incarnation of a node.
func (w *world) startNode(n *node) {
	w.runs++
	self := model.Incarnation{Name: n.name, ID: uuid.UUID{0: byte(w.random.IntN(256)), 15: w.runs}}
	config := cluster.DefaultConfig()
	config.Size = w.config.Writers
	n.up = true
	n.replica = cluster.New(config, self, n.role, n.name+":80", rand.New(rand.NewPCG(w.random.Uint64(), 0)))
	n.shown, n.number = make(map[model.Key]model.Change), 0
	var tick func()
	tick = func() {
		if !n.up || n.replica.Self() != self {
			return
		}
		n.replica.Tick(w.moment(n))
		w.drain(n)
		w.after(tickEvery, tick)
	}
	w.after(time.Duration(w.random.IntN(int(tickEvery))), tick)
}

// drain does what a replica wants done.
func (w *world) drain(n *node) {
	changed := false
	for {
		effects := n.replica.Drain()
		changed = changed || len(effects.Transitions) > 0
		for _, o := range effects.Messages {
			w.send(n, o)
		}
		for _, c := range effects.Changes {
			w.watch(n, c)
		}
		if len(effects.TakeOver) == 0 {
			break
		}
		for _, dead := range effects.TakeOver {
			w.takeOver(n, dead)
		}
	}
	if !changed {
		return
	}
	if err := w.author.check(n.replica.Map()); err != nil {
		w.fail("Gapless", "%s: %w", n.name, err)
	}
}

// send passes a message through the network to everyone it is for.
func (w *world) send(from *node, o cluster.Outgoing) {
	packet, err := wire.EncodePacket(o.Message)
	if err != nil {
		w.fail("wire", "%w", err)
		return
	}
	for _, to := range w.nodes {
		if to == from || !to.up || !o.To.IsZero() && to.replica.Self() != o.To {
			continue
		}
		copies := 1
		if !w.calm {
			switch {
			case w.cut[[2]string{from.name, to.name}] || w.random.Float64() < w.drop:
				copies = 0
			case w.random.IntN(50) == 0:
				copies = 2
			}
		}
		for range copies {
			delay := time.Duration(1+w.random.IntN(20)) * time.Millisecond
			if !w.calm && w.random.IntN(50) == 0 {
				delay += time.Duration(w.random.IntN(3000)) * time.Millisecond
			}
			w.deliver(to, packet, delay)
		}
	}
}

func (w *world) deliver(to *node, packet []byte, delay time.Duration) {
	self := to.replica.Self()
	w.after(delay, func() {
		if !to.up || to.replica.Self() != self {
			return
		}
		m, err := wire.DecodePacket(packet)
		if err != nil {
			w.fail("wire", "%w", err)
			return
		}
		to.replica.Receive(w.moment(to), m)
		w.drain(to)
	})
}

// takeOver authors a dead incarnation's entries again.
func (w *world) takeOver(n *node, dead model.Incarnation) {
	var theirs []*registry.Entry
	for e := range n.replica.Map().Instances() {
		if e.Live() && e.Owner() == dead {
			theirs = append(theirs, e)
		}
	}
	for _, e := range sorted(theirs) {
		v := model.Version{Time: e.Version.Time, Turn: e.Version.Turn + 1, Incarnation: n.replica.Self()}
		w.author.add(n.replica.Put(w.moment(n), e.Instance, e.Hash, v, e.Speaker))
	}
}
