package roster

import (
	"time"

	"heureka/client/line"
	"heureka/model"
	"heureka/wire"
)

// Connect tells that a connection stands on which that format is spoken: the hello
// is the first frame on it.
func (r *Roster) Connect(now time.Duration, format wire.Format) {
	r.connections++
	r.format = format
	r.line.Open(now)
	r.flights = make(map[uint64]*flight)
	r.limit = r.cfg.MaxFrame
	r.append(r.encode(&wire.Hello{
		Version:    wire.ProtocolVersion,
		Process:    r.cfg.Process,
		Connection: r.connections,
		Client:     r.cfg.Client,
	}))
}

// Lost tells that the connection is gone: whatever was on its way may have been
// applied or not, and the next connection begins anew.
func (r *Roster) Lost() {
	r.line.Close()
	r.node, r.seq, r.flights, r.frames = "", 0, nil, nil
	r.queue, r.paused = nil, nil
	for _, reg := range r.registrations {
		if reg.flight != nil && reg.flight.kind != unregister {
			reg.unsure = true
		}
		reg.flight, reg.here, reg.queued = nil, false, false
	}
}

// Receive takes a message of the node. Messages that belong to the other channel
// are ignored.
func (r *Roster) Receive(now time.Duration, m wire.Message) {
	if !r.line.Alive() {
		return
	}
	r.line.Hear(now)
	switch m := m.(type) {
	case *wire.Welcome:
		r.welcome(now, m)
	case *wire.Ack:
		r.ack(m)
	case *wire.Error:
		r.refused(now, m)
	case *wire.Again:
		if reg := r.registrations[m.Key()]; reg != nil && !reg.gone {
			reg.here = false
			r.touch(reg)
		}
	case *wire.GoAway:
		r.line.GoAway(now, m)
	}
	r.say()
}

func (r *Roster) welcome(now time.Duration, m *wire.Welcome) {
	if !r.line.Welcome(now, m) {
		return
	}
	r.node = m.Node
	if m.MaxMessage > 0 {
		r.limit = m.MaxMessage
	}
	r.line.Within(patience(time.Duration(m.LeaseMs) * time.Millisecond))
	for _, reg := range r.byBirth() {
		r.keepUp(reg.want)
		r.touch(reg)
	}
}

// Tick does what is due at that moment: a heartbeat, what was refused for now, or
// the decision that the node is dead.
func (r *Roster) Tick(now time.Duration) {
	if r.line.Tick(now) {
		r.seq++
		r.append(r.encode(&wire.Heartbeat{Seq: r.seq}))
	}
	if len(r.paused) > 0 && now >= r.resumeAt {
		for _, reg := range r.paused {
			r.touch(reg)
		}
		r.paused = nil
	}
	r.say()
}

// Due returns when to call Tick next; false while there is no connection.
func (r *Roster) Due() (time.Duration, bool) {
	due, ok := r.line.Due()
	if ok && len(r.paused) > 0 {
		due = min(due, r.resumeAt)
	}
	return due, ok
}

// Settled tells that wishes for a registration are fulfilled or refused. The same
// may be told again, when another node has acknowledged it.
type Settled struct {
	ID   uint64 // the registration: what Register returned
	Key  model.Key
	Wish uint64 // this one and every earlier one for the registration
	Err  error  // *wire.Error if they are refused
	// Ended says that the registration is no more: unregistered, or refused for good.
	Ended bool
}

// Effects is what there is to do.
type Effects struct {
	Frames    [][]byte // to write in this order
	Settled   []Settled
	Departure *line.Departure // give the connection up, then call Lost; nil: stay
}

// Drain returns what there is to do since the last time.
func (r *Roster) Drain() Effects {
	out := Effects{Frames: r.frames, Settled: r.settled, Departure: r.line.Departure()}
	r.frames, r.settled = nil, nil
	return out
}
