package simtest

import (
	"errors"
	"time"
)

// end is one side of a connection. What it says arrives in order, or not at all.
type end struct {
	process *process
	run     int
	out     *pipe // what it says
	peer    *end
	open    bool

	hear  func(frame []byte) // nil: nobody reads yet
	ended func()             // the peer has closed the connection, or it broke
	busy  func() bool        // it doesn't read now; nil: it always does
	room  func()             // something that it said has been taken; may be nil
}

// pipe is one direction of a connection.
type pipe struct {
	from, to *end
	frames   []frame
	bytes    int           // of frames: said and not yet taken
	last     time.Duration // when the last of them arrives
	moving   bool          // the first one is on its way
	came     time.Duration // when it came to the peer's machine
	lost     bool          // nothing arrives any more, and nobody is told
}

// frame is some bytes on their way. Nil bytes are the end of the stream.
type frame struct {
	bytes   []byte
	arrives time.Duration
}

const (
	retransmit = 300 * time.Millisecond
	errRefused = refusedError("connection refused")
)

type refusedError string

func (e refusedError) Error() string { return string(e) }

var errBroken = errors.New("the connection broke")

// connect returns both ends of a new connection.
func (w *world) connect(a, b *process) (*end, *end) {
	x := &end{process: a, run: a.run, open: true, ended: func() {}}
	y := &end{process: b, run: b.run, open: true, peer: x, ended: func() {}}
	x.peer = y
	x.out, y.out = &pipe{from: x, to: y}, &pipe{from: y, to: x}
	a.keep(x)
	b.keep(y)
	return x, y
}

// keep remembers an end for the end of the run, and forgets those that are over.
func (p *process) keep(e *end) {
	open := p.ends[:0]
	for _, other := range p.ends {
		if other.open {
			open = append(open, other)
		}
	}
	p.ends = append(open, e)
}

// say sends a frame, which nobody changes any more.
func (e *end) say(bytes []byte) {
	if e.open {
		e.out.push(bytes)
	}
}

// close ends the connection from this side: the peer hears it after all that was
// said before.
func (e *end) close() {
	if e.open {
		e.open = false
		e.out.push(nil)
	}
}

// die is the end of the process.
func (e *end) die(silent bool) {
	if silent {
		e.open = false
		e.out.lost = true
	}
	e.close()
}

// breaks tells this side that the connection is no more.
func (e *end) breaks() {
	e.process.input(e.run, func() {
		if e.open {
			e.open = false
			e.ended()
		}
	})
}

// read goes on with what wasn't taken while the end was busy.
func (e *end) read() { e.peer.out.move() }

func (p *pipe) push(bytes []byte) {
	w := p.from.process.w
	at := max(p.last, w.now+w.latency())
	p.last = at
	p.frames = append(p.frames, frame{bytes, at})
	p.bytes += len(bytes)
	p.move()
}

// move has the first frame arrive, if it isn't on its way already.
func (p *pipe) move() {
	if p.moving || p.lost || len(p.frames) == 0 {
		return
	}
	w := p.from.process.w
	p.moving = true
	w.at(max(w.now, p.frames[0].arrives), p.arrive)
}

// arrive brings the first frame to the peer, or tries again later.
func (p *pipe) arrive() {
	from, to := p.from, p.to
	w := from.process.w
	switch {
	case p.lost:
	case w.parted(from.process, to.process), !to.process.up && to.process.silent:
		w.after(retransmit, p.arrive)
	case !to.process.alive(to.run) || !to.open:
		p.lost = true
		if from.open {
			p.reset()
		}
	default:
		p.came = w.now
		to.process.input(to.run, p.take)
	}
}

// reset tells the sender that nobody takes its frames.
func (p *pipe) reset() {
	w := p.from.process.w
	if w.parted(p.to.process, p.from.process) {
		w.after(retransmit, p.reset)
		return
	}
	w.after(w.latency(), p.from.breaks)
}

// take hands the first frame over.
func (p *pipe) take() {
	p.moving = false
	to := p.to
	if !to.open || p.lost || to.hear == nil || to.busy != nil && to.busy() {
		if !to.open {
			p.move() // to be told
		}
		return
	}
	f := p.frames[0]
	p.frames = p.frames[1:]
	p.bytes -= len(f.bytes)
	if f.bytes == nil {
		to.open = false
		to.ended()
		return
	}
	to.hear(f.bytes)
	if from := p.from; from.open && from.room != nil {
		from.process.input(from.run, from.room)
	}
	p.move()
}
