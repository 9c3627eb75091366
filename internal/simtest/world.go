package simtest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"heureka/cluster"
	"heureka/internal/promise"
	"heureka/model"
)

// world is one run: who takes part, what is between them, and what will happen.
type world struct {
	config  Config
	flavour flavour
	times   times
	random  *rand.Rand
	now     time.Duration
	agenda  agenda
	trace   trace

	nodes       []*node // write nodes first
	writers     []*writeNode
	readers     []*readNode
	services    []*service
	plains      []*plain
	subscribers []*subscriber
	processes   []*process // all of them, by host

	cut  [][]bool // by host: what the first says doesn't reach the second
	drop float64
	runs byte // incarnations so far
	calm bool // no more faults and input

	truth    truth
	authored authored
	departed map[model.Incarnation]bool // from the vector of any node
	keepings map[pair]*keeping
	bounded  promise.Bounds
	report   promise.Report
	results  Results
	fault    error // other than a broken promise
}

// Run runs one seed.
func Run(seed uint64, config Config) Results {
	w := newWorld(seed, config)
	w.populate()
	w.after(w.flavour.faults, w.heal)
	err := w.play()
	w.results.Virtual = w.now
	w.results.Digest = w.trace.sum()
	w.results.Told = w.trace.tail()
	if err != nil {
		w.results.Err = fmt.Errorf("seed %d (%s), at %s: %w%s", seed, w.flavour.name, w.now, err, w.results.Told)
	}
	return w.results
}

func newWorld(seed uint64, config Config) *world {
	random := rand.New(rand.NewPCG(seed, 0x5eed))
	w := &world{
		config:   config,
		random:   random,
		flavour:  pick(seed, config.Flavour),
		truth:    make(truth),
		authored: make(authored),
		departed: make(map[model.Incarnation]bool),
		keepings: make(map[pair]*keeping),
		bounded:  promise.Bounds{Frame: standardTimes().hub().MaxFrame},
		trace:    trace{limit: config.Trace},
		results:  newResults(),
	}
	w.results.Flavour = w.flavour.name
	w.times = w.flavour.times()
	if len(w.flavour.drops) > 0 {
		w.drop = w.flavour.drops[random.IntN(len(w.flavour.drops))]
	}
	return w
}

// populate brings everyone into the world.
func (w *world) populate() {
	for i := range 2 + w.random.IntN(3) {
		w.addWriter(fmt.Sprintf("write-%d", i+1))
	}
	for i := range 1 + w.random.IntN(3) {
		w.addReader(fmt.Sprintf("read-%d", i+1))
	}
	for i := range 3 + w.random.IntN(3) {
		w.addService(fmt.Sprintf("client-%d", i+1))
	}
	for i := range 1 + w.random.IntN(2) {
		w.addPlain(fmt.Sprintf("plain-%d", i+1))
	}
	for i := range 2 + w.random.IntN(3) {
		w.addSubscriber(fmt.Sprintf("subscriber-%d", i+1))
	}
	w.cut = make([][]bool, len(w.processes))
	for i := range w.cut {
		w.cut[i] = make([]bool, len(w.processes))
	}
	for _, n := range w.nodes {
		n.boot()
	}
	for _, s := range w.services {
		s.boot()
	}
	for _, p := range w.plains {
		p.boot()
	}
	for _, s := range w.subscribers {
		s.boot()
	}
	w.every(watchEvery, w.watchKept)
	w.every(operateEvery, w.operate)
	if w.flavour.every > 0 {
		w.every(w.flavour.every, w.trouble)
	}
}

// machine gives a process its place in the network.
func (w *world) machine(name string) *process {
	p := &process{w: w, name: name, host: len(w.processes)}
	w.processes = append(w.processes, p)
	return p
}

func (w *world) at(t time.Duration, do func()) { w.agenda.plan(t, do) }

func (w *world) after(d time.Duration, do func()) { w.agenda.plan(w.now+d, do) }

func (w *world) every(d time.Duration, do func()) {
	var again func()
	again = func() {
		do()
		w.after(d, again)
	}
	w.after(d, again)
}

// latency is the time that a message takes to another machine.
func (w *world) latency() time.Duration {
	d := time.Duration(1+w.random.IntN(10)) * time.Millisecond
	if !w.calm && w.drop > 0 && w.random.Float64() < w.drop {
		d += retransmit + time.Duration(w.random.IntN(500))*time.Millisecond
	}
	return d
}

// chance reports true once in so many times.
func (w *world) chance(in int) bool { return w.random.IntN(in) == 0 }

// between returns a time between two, evenly distributed.
func (w *world) between(least, most time.Duration) time.Duration {
	return least + time.Duration(w.random.Int64N(int64(most-least)+1))
}

// parted reports whether nothing gets from one process's machine to another's.
func (w *world) parted(from, to *process) bool { return w.cut[from.host][to.host] }

// serving returns the nodes of a role that take clients.
func (w *world) serving(role cluster.Role) []*node {
	var out []*node
	for _, n := range w.nodes {
		if n.role == role && n.up && !n.draining && n.replica.Ready() {
			out = append(out, n)
		}
	}
	return out
}
