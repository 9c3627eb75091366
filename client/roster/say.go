package roster

import (
	"heureka/model"
	"heureka/wire"
)

// touch has a registration looked at by the next say. One that waits for its
// predecessor's end is touched then.
func (r *Roster) touch(reg *registration) {
	if !reg.queued && r.line.Up() && r.registrations[reg.key] == reg {
		reg.queued = true
		r.queue = append(r.queue, reg)
	}
}

// say looks at what waits to be said, as long as the node may get more.
func (r *Roster) say() {
	for r.line.Up() && len(r.queue) > 0 && len(r.flights) < r.cfg.MaxInFlight {
		reg := r.queue[0]
		r.queue = r.queue[1:]
		reg.queued = false
		r.step(reg)
	}
}

// step says the next thing that brings a registration from what the node holds
// to what is wanted.
func (r *Roster) step(reg *registration) {
	switch {
	case reg.flight != nil || r.registrations[reg.key] != reg:
		// looked at again when the answer is there; or it ended in the queue
	case reg.gone && !reg.said:
		r.end(reg, nil) // refused before anyone held it
	case reg.gone && !reg.here && !reg.unsure && reg.version != "":
		// Another connection registered it. The version says which word is to end.
		r.fly(&flight{reg, unregister, nil, reg.wish},
			&wire.Unregister{Seq: r.seq + 1, App: reg.key.App, ID: reg.key.ID, Acked: reg.version})
	case !reg.here:
		// Also for one that is to go, of which the version isn't known: an entry left
		// behind would be served until its lease ends.
		r.fly(&flight{reg, register, reg.want, reg.wish},
			&wire.Register{Seq: r.seq + 1, Instance: reg.want, Acked: reg.version})
	case reg.gone:
		r.fly(&flight{reg, unregister, nil, reg.wish},
			&wire.Unregister{Seq: r.seq + 1, App: reg.key.App, ID: reg.key.ID})
	default:
		patch, err := model.Diff(reg.acked, reg.want)
		if err != nil || patch.Empty() { // both have one key, so there is no error
			reg.acked = reg.want
			r.settle(reg, reg.wish, nil, false)
			return
		}
		r.fly(&flight{reg, update, reg.want, reg.wish},
			&wire.Update{Seq: r.seq + 1, App: reg.key.App, ID: reg.key.ID, Set: patch})
	}
}

// fly puts a message on its way. One that is larger than the node takes is
// refused here, in the node's words: sent, it would cost the connection.
func (r *Roster) fly(f *flight, m wire.Message) {
	text := r.encode(m)
	if len(text) > r.limit {
		r.refusal(f, wire.NewError(wire.CodeTooLarge, "%d bytes, the node takes %d", len(text), r.limit))
		return
	}
	r.append(text)
	r.seq++
	f.registration.flight = f
	f.registration.said = true
	r.flights[r.seq] = f
}

// append adds a message's bytes to the frames. Messages share a frame as long as it
// stays within both limits.
func (r *Roster) append(text []byte) {
	last := len(r.frames) - 1
	if last >= 0 && len(r.frames[last])+len(text) <= min(r.limit, r.cfg.MaxFrame) {
		r.frames[last] = append(r.frames[last], text...)
	} else {
		r.frames = append(r.frames, text)
	}
}

func (r *Roster) encode(m wire.Message) []byte {
	text, err := r.format.Append(nil, m)
	if err != nil {
		panic(err) // texts, numbers and maps of texts always encode
	}
	return text
}

func (r *Roster) settle(reg *registration, wish uint64, err error, ended bool) {
	r.settled = append(r.settled, Settled{ID: reg.id, Key: reg.key, Wish: wish, Err: err, Ended: ended})
}

// end forgets a registration, with an error if it was refused for good, and lets
// the one begin that waits for its key.
func (r *Roster) end(reg *registration, err error) {
	if first := r.registrations[reg.key]; first != reg {
		first.next = nil // it never got to begin
	} else if reg.next != nil {
		reg.next.version = reg.version
		r.registrations[reg.key] = reg.next
		r.touch(reg.next)
	} else {
		delete(r.registrations, reg.key)
		r.remember(reg)
	}
	r.settle(reg, reg.wish, err, true)
}

// remember keeps the version of a registration that is no more.
func (r *Roster) remember(reg *registration) {
	if reg.version == "" {
		return
	}
	if len(r.ended) >= r.cfg.MaxEnded {
		clear(r.ended)
	}
	r.ended[reg.key] = reg.version
}
