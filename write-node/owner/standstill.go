package owner

import "heureka/model"

// A node may stand still: its machine swaps, is suspended, or gives it no processor.
// What its clients and its peers said meanwhile waits in sockets and queues, some of
// it in the middle of this node, and all of it looks new when the node goes on. Its
// clients heard nothing and may be elsewhere; what they had registered may have been
// ended there. What they said here before would draw the newest time of all.
//
// Whether the node stood still is judged by times only, that of the last tick and
// that of what is about to be done, before anything is done at that time. So it
// doesn't matter what comes first when the node goes on: a timer, a client's word or
// another node's.

// look judges whether the node has just stood still. It is called first at any
// moment, and costs a comparison. After a standstill no connection of before counts:
// nothing said on it is obeyed or renews anything, and nothing is authored again
// for its client. Nor does a renewal that waited for another node's acknowledgement:
// its client may have ended since, and what it renewed have been evicted there.
func (o *Owner) look(now model.Moment) {
	if !o.ticks || now.Mono-o.ticked <= o.cfg.Silence {
		return
	}
	o.ticked = now.Mono
	o.wakesUntil = now.Mono + o.cfg.Waking
	o.counts.Standstills++
	o.counts.GivenUp += uint64(len(o.conns))
	for id := range o.conns {
		o.Close(id, GivenUp)
	}
	o.forwards.forget()
}

// Wakes reports whether the node stood still until a moment ago: what is said
// without a connection, or on a new one, can't be told from what has waited. The
// other methods look at that by themselves.
func (o *Owner) Wakes(now model.Moment) bool {
	o.look(now)
	return now.Mono < o.wakesUntil
}
