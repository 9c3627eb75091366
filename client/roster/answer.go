package roster

import (
	"time"

	"heureka/model"
	"heureka/wire"
)

// ack takes the answer that a message has been applied. Heartbeats have no
// flight: that the node spoke is all there is to know.
func (r *Roster) ack(m *wire.Ack) {
	f := r.land(m.Seq)
	if f == nil {
		return
	}
	reg := f.registration
	if f.kind == unregister {
		if m.Version != "" {
			reg.version = m.Version
		}
		r.end(reg, nil)
		return
	}
	if f.kind == register {
		reg.here, reg.unsure = true, false
	}
	reg.acked = f.content
	if m.Version != "" {
		reg.version = m.Version
	}
	r.touch(reg) // settles it, or says what was wanted meanwhile
	if reg.wish != f.wish {
		r.settle(reg, f.wish, nil, false)
	}
}

// land ends the flight with that number, nil if there is none.
func (r *Roster) land(seq uint64) *flight {
	f := r.flights[seq]
	if f != nil {
		delete(r.flights, seq)
		f.registration.flight = nil
	}
	return f
}

// refused takes an error of the node: the answer to a message, or a complaint
// about the connection.
func (r *Roster) refused(now time.Duration, e *wire.Error) {
	row := e.Code.Kind()
	retry := retryOf(e)
	f := r.land(e.Seq)
	switch {
	case f == nil && row.Closes && retry == wire.RetryNo:
		r.giveUpNew(e)
	case f == nil:
	case retry == wire.RetryNo:
		r.refusal(f, e)
	case retry == wire.RetryYes && !row.Closes:
		if len(r.paused) == 0 {
			r.resumeAt = now + r.cfg.Pause
		}
		r.paused = append(r.paused, f.registration)
	}
	if row.Closes || retry == wire.RetryElsewhere {
		r.line.Leave(e, retry == wire.RetryYes)
	}
}

// retryOf returns what the node wants the client to do; what it says counts more
// than the table, which may be older than the node.
func retryOf(e *wire.Error) wire.Retry {
	switch e.Retry {
	case wire.RetryNo, wire.RetryYes, wire.RetryElsewhere:
		return e.Retry
	default:
		return e.Code.Kind().Retry
	}
}

// refusal takes that the same words would be refused by any node.
func (r *Roster) refusal(f *flight, e *wire.Error) {
	reg := f.registration
	switch {
	case f.kind == unregister && !reg.here && e.Code != wire.CodeSuperseded:
		// The version that it carried was of no help to this node: take the
		// registration over, and end it then.
		reg.unsure = true
		if e.Code == wire.CodeVersionAhead {
			reg.version = ""
		}
		r.touch(reg)
	case f.kind == unregister:
		// Not registered, or superseded: whatever is there isn't this client's.
		r.end(reg, nil)
	case f.kind == register && reg.gone:
		r.end(reg, nil) // it came back only to be unregistered
	case f.kind == update && lost(e) && reg.gone:
		r.end(reg, nil)
	case f.kind == update && lost(e):
		// What the node holds is not this connection's entry any more. Saying the
		// whole of it either takes it back or is refused itself.
		reg.here = false
		r.touch(reg)
	case f.kind == register && e.Code == wire.CodeVersionAhead && reg.version != "":
		// Some node's clock was far ahead when it acknowledged. The version is only
		// ever a help: without it the node draws one above what it holds.
		reg.version = ""
		r.touch(reg)
	case reg.gone: // an update that doesn't matter any more
		r.settle(reg, f.wish, e, false)
		r.touch(reg)
	case f.kind == update, reg.acked != nil && changes(reg.acked, f.content):
		reg.want = reg.acked // also a later change, which was made on top of it
		r.settle(reg, reg.wish, e, false)
		r.touch(reg)
	default:
		r.end(reg, e)
	}
}

// lost reports whether a node refuses because what it holds isn't this
// connection's.
func lost(e *wire.Error) bool {
	return e.Code == wire.CodeNotRegistered || e.Code == wire.CodeSuperseded
}

func changes(from, to *model.Instance) bool { return from != to && !from.Equal(to) }

// giveUpNew fails the registrations that no node ever acknowledged: this node
// refuses to talk with this client at all. The others go on elsewhere; they were
// good once, and nodes may be of several releases.
func (r *Roster) giveUpNew(e *wire.Error) {
	for _, reg := range r.byBirth() {
		if reg.acked == nil && !reg.gone {
			r.end(reg, e)
		}
	}
}
