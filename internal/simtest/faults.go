package simtest

import (
	"time"

	"heureka/cluster"
)

// trouble lets one fault of the flavour's mix happen.
func (w *world) trouble() {
	if w.calm {
		return
	}
	w.results.Troubles++
	sum := 0
	for _, c := range w.flavour.mix {
		sum += c.weight
	}
	at := w.random.IntN(sum)
	for _, c := range w.flavour.mix {
		if at -= c.weight; at < 0 {
			c.fault(w)
			return
		}
	}
}

func (w *world) anyNode() *node       { return w.nodes[w.random.IntN(len(w.nodes))] }
func (w *world) anyProcess() *process { return w.processes[w.random.IntN(len(w.processes))] }

// skew draws how wrong a wall clock is: mostly little, sometimes by up to an hour.
func (w *world) skew() time.Duration {
	if w.random.IntN(3) > 0 {
		return w.between(0, 50*time.Millisecond)
	}
	return w.between(-time.Hour, time.Hour)
}

// crashNode kills a node, which starts again after a while.
func (w *world) crashNode() { w.kill(w.anyNode(), false, 12*time.Second) }

// crashOne kills a node while all others are well.
func (w *world) crashOne() {
	if len(w.serving(cluster.Write))+len(w.serving(cluster.Read)) == len(w.nodes) {
		w.kill(w.anyNode(), w.chance(2), 8*time.Second)
	}
}

// loseMachine takes a node's machine away, and sometimes its disk for good.
func (w *world) loseMachine() {
	n := w.anyNode()
	w.kill(n, true, 15*time.Second)
	if n.disk != nil && w.chance(3) {
		*n.disk = disk{}
	}
}

// kill ends a node's run and starts another within that time.
func (w *world) kill(n *node, lost bool, within time.Duration) {
	if n.up {
		n.crash(lost)
		w.again(n.process, n.boot, within)
	}
}

// again starts a process after a while.
func (w *world) again(p *process, boot func(), within time.Duration) {
	w.after(w.between(0, within), func() {
		if !p.up {
			boot()
		}
	})
}

// leaveNode restarts a node gracefully, as an upgrade does.
func (w *world) leaveNode() {
	if n := w.anyNode(); n.up && !n.draining {
		n.leave()
		w.again(n.process, n.boot, 2*drainTime)
		w.after(2*drainTime, func() { w.again(n.process, n.boot, time.Second) })
	}
}

// blackout kills all nodes at once.
func (w *world) blackout() {
	w.tell("world", "blackout")
	lost := w.chance(2)
	for _, n := range w.nodes {
		w.kill(n, lost, 5*time.Second)
	}
}

// jump sets a node's wall clock.
func (w *world) jump() {
	n := w.anyNode()
	n.skew = w.skew()
	w.tell(n.name, "its clock jumps to %s off", n.skew)
}

// sleepNode makes a node stand still, now and then a write node for longer than a
// client may be silent.
func (w *world) sleepNode() {
	n, d := w.anyNode(), w.between(500*time.Millisecond, 8*time.Second)
	if n.role == cluster.Write && w.chance(8) {
		d += w.times.silent()
	}
	w.tell(n.name, "stands still for %s", d)
	n.sleep(d)
}

// sleepClient makes a client stand still, now and then for longer than a lease.
func (w *world) sleepClient() {
	s := w.services[w.random.IntN(len(w.services))]
	d := w.between(time.Second, 3*w.times.leaseLasts/2)
	w.tell(s.name, "stands still for %s", d)
	for _, key := range s.keys {
		w.truth[key].living = false // it isn't heard to live; what it says next counts again
	}
	s.sleep(d)
}

// sever breaks a connection: for both sides, for one that hears of it and one that
// doesn't, or for both without a word.
func (w *world) sever() {
	p := w.anyProcess()
	if len(p.ends) == 0 {
		return
	}
	e := p.ends[w.random.IntN(len(p.ends))]
	mode := w.random.IntN(3)
	w.tell("world", "a connection of %s to %s breaks, mode %d", p.name, e.peer.process.name, mode)
	e.out.lost, e.peer.out.lost = true, true
	if mode > 0 {
		e.breaks()
	}
	if mode > 1 {
		e.peer.breaks()
	}
}

// silenceNode breaks all connections of a write node without a word to anyone.
func (w *world) silenceNode() {
	n := w.writers[w.random.IntN(len(w.writers))]
	w.tell(n.name, "all its clients fall silent")
	for _, e := range n.ends {
		e.out.lost, e.peer.out.lost = true, true
	}
}

// restartClient ends a client; it starts again, mostly.
func (w *world) restartClient() {
	if w.chance(4) {
		p := w.plains[w.random.IntN(len(w.plains))]
		p.crash(w.chance(2))
		w.again(p.process, p.boot, 15*time.Second)
		return
	}
	s := w.services[w.random.IntN(len(w.services))]
	s.crash(w.chance(2))
	w.again(s.process, s.boot, 15*time.Second)
}

// restartSubscriber ends a subscriber, which starts again with an empty view.
func (w *world) restartSubscriber() {
	s := w.subscribers[w.random.IntN(len(w.subscribers))]
	s.crash(w.chance(2))
	w.again(s.process, s.boot, 3*time.Second)
}

// stallSubscriber makes a subscriber read nothing for a while.
func (w *world) stallSubscriber() {
	s := w.subscribers[w.random.IntN(len(w.subscribers))]
	d := w.between(time.Second, 2*w.times.patience)
	w.tell(s.name, "reads nothing for %s", d)
	s.stall(d)
}
