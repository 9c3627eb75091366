package simtest

import (
	"time"

	"heureka/wire"
)

// process is what runs on one machine: a node, a client or a subscriber. Runs of
// it come and go, its name and its machine stay.
type process struct {
	w    *world
	name string
	host int // its place in the network

	format wire.Format // that it speaks with nodes

	run    int // counts its runs: what was planned in an earlier one doesn't happen
	up     bool
	silent bool          // not up, and its machine doesn't answer either
	began  time.Duration // of this run
	wakes  time.Duration // it stands still until then, as after SIGSTOP

	waiting  []func() // inputs since it stands still
	batching bool
	settle   func() // called after each input, or batch of them; may be nil
	ends     []*end // of its connections
}

// maxWaiting is how many inputs the kernel keeps for a process that stands still.
const maxWaiting = 2000

// start begins a new run.
func (p *process) start() {
	p.run++
	p.up, p.silent, p.began, p.wakes = true, false, p.w.now, 0
	p.waiting, p.ends = nil, nil
}

// stop ends the run at once. Its kernel closes its connections, unless the whole
// machine went: then nobody is told anything.
func (p *process) stop(silent bool) {
	p.up, p.silent, p.waiting = false, silent, nil
	for _, e := range p.ends {
		e.die(silent)
	}
	p.ends = nil
}

// mono is the time since the run began, which is what the process measures by.
func (p *process) mono() time.Duration { return p.w.now - p.began }

// alive reports whether that run goes on.
func (p *process) alive(run int) bool { return p.up && p.run == run }

// asleep reports whether the process stands still.
func (p *process) asleep() bool { return p.w.now < p.wakes }

// input has a run do something: now, or when it goes on.
func (p *process) input(run int, do func()) {
	switch {
	case !p.alive(run):
	case p.batching:
		do()
	case p.asleep():
		if len(p.waiting) < maxWaiting {
			p.waiting = append(p.waiting, do)
		}
	default:
		do()
		if p.settle != nil && p.alive(run) {
			p.settle()
		}
	}
}

// after has this run do something later.
func (p *process) after(d time.Duration, do func()) {
	run := p.run
	p.w.after(d, func() { p.input(run, do) })
}

// every has this run do something again and again. While it stands still one
// such call waits, not many.
func (p *process) every(d time.Duration, do func()) {
	var again func()
	again = func() {
		do()
		p.after(d, again)
	}
	p.after(time.Duration(p.w.random.Int64N(int64(d))), again)
}

// sleep makes the process stand still for a while.
func (p *process) sleep(d time.Duration) {
	if !p.up || p.asleep() {
		return
	}
	p.wakes = p.w.now + d
	run := p.run
	p.w.after(d, func() {
		if p.alive(run) {
			p.wake(run)
		}
	})
}

// wake does what has come in meanwhile, as one batch, in the order of its coming.
func (p *process) wake(run int) {
	p.w.note("wakes", p.name)
	waiting := p.waiting
	p.waiting, p.batching = nil, true
	for _, do := range waiting {
		if p.alive(run) {
			do()
		}
	}
	p.batching = false
	if p.settle != nil && p.alive(run) {
		p.settle()
	}
}
