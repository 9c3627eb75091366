package simtest

import (
	"errors"
	"time"

	"heureka/client/line"
	"heureka/wire"
)

// machine is a state machine of the SDK, as package client drives it.
type machine interface {
	wanted() bool
	connect(now time.Duration)
	receive(now time.Duration, messages []wire.Message)
	tick(now time.Duration)
	due() (time.Duration, bool)
	lost()
	take() (frames [][]byte, departure *line.Departure)
}

// talker keeps a machine connected to one of several nodes: what the SDK's
// conversation does with a socket, done with a simulated one.
type talker struct {
	*process
	machine machine
	nodes   []*node
	route   *line.Route

	attempt int  // counts dials: what comes of an earlier one doesn't count
	dialing bool // an attempt is under way, or the pause before it
	end     *end // nil: no connection
	begun   time.Duration
	planned time.Duration // when the machine is looked at next; 0: not planned
}

// begin starts a new run with a new machine.
func (t *talker) begin(m machine) {
	t.start()
	names := make([]string, len(t.nodes))
	for i, n := range t.nodes {
		names[i] = n.name
	}
	t.machine, t.end, t.dialing, t.planned = m, nil, false, 0
	t.route = line.NewRoute(t.w.times.backoff, names, t.w.random.Uint64())
	t.process.settle = t.look
}

// look does what the machine wants done, after whatever happened.
func (t *talker) look() {
	if t.end == nil {
		if !t.dialing && t.machine.wanted() {
			t.dial()
		}
		return
	}
	frames, departure := t.machine.take()
	for _, f := range frames {
		t.w.note("says", t.name, uint64(len(f)))
		t.end.say(f)
	}
	if departure != nil {
		t.w.tell(t.name, "leaves its node: %v", departure.Err)
		t.end.close()
		t.gone(departure)
		return
	}
	if due, ok := t.machine.due(); ok && (t.planned == 0 || due < t.planned) {
		t.planned = due
		t.after(max(due-t.mono(), time.Millisecond), t.tick)
	}
}

func (t *talker) tick() {
	t.planned = 0
	if t.end != nil {
		t.machine.tick(t.mono())
	}
}

func (t *talker) dial() {
	t.dialing = true
	t.attempt++
	attempt := t.attempt
	name, pause := t.route.Next(t.w.random.Float64())
	var to *node
	for _, n := range t.nodes {
		if n.name == name {
			to = n
		}
	}
	open := func() bool { return t.attempt == attempt && t.dialing }
	t.after(pause, func() {
		t.after(t.w.times.dial, func() {
			if open() {
				t.failed(errors.New("no answer"))
			}
		})
		t.w.dial(t.process, to, func(e *end, err error) bool {
			if !open() {
				return false
			}
			if err != nil {
				t.failed(err)
			} else {
				t.connected(e)
			}
			return true
		})
	})
}

func (t *talker) failed(err error) {
	t.w.tell(t.name, "can't connect: %v", err)
	t.dialing = false
	t.route.Failed()
	t.machine.lost()
}

func (t *talker) connected(e *end) {
	if !e.open {
		t.failed(errBroken)
		return
	}
	t.w.note("connected", t.name, uint64(e.peer.process.host))
	t.w.tell(t.name, "connected to %s", e.peer.process.name)
	t.dialing, t.end, t.begun = false, e, t.mono()
	e.hear = t.hear
	e.ended = func() { t.gone(&line.Departure{Err: errBroken}) }
	t.machine.connect(t.mono())
	e.read()
}

// gone tells the machine that the connection is no more.
func (t *talker) gone(why *line.Departure) {
	t.w.tell(t.name, "no connection: %v", why.Err)
	t.end = nil
	t.route.Ended(t.mono()-t.begun, why.Here, !errors.Is(why.Err, line.ErrGoAway))
	t.machine.lost()
	if t.machine.wanted() && !t.dialing {
		t.dial()
	}
}

func (t *talker) hear(frame []byte) {
	var messages []wire.Message
	for m, err := range t.format.Messages(frame) {
		if err != nil {
			t.w.wrong(t.name, "a node said %q: %v", frame, err)
			return
		}
		messages = append(messages, m)
	}
	t.machine.receive(t.mono(), messages)
}

// at returns the node that it is connected to, as far as it knows; nil if none.
func (t *talker) at() *node {
	if t.end == nil {
		return nil
	}
	for _, n := range t.nodes {
		if n.process == t.end.peer.process {
			return n
		}
	}
	return nil
}
