package promise

import "heureka/model"

// Bounds judges Bounded: ceilings that no peer can pass. All are in bytes; a
// ceiling of zero isn't judged.
type Bounds struct {
	Frame   int   // of one frame from a node
	Session int64 // of a node's memory, per session, beyond what it took without them
}

// Received judges one frame that a node sent.
func (b Bounds) Received(report *Report, where string, size int) {
	if b.Frame > 0 && size > b.Frame {
		report.fail(Bounded, where, model.Key{}, "a frame of %d bytes, %d are allowed", size, b.Frame)
	}
}

// Memory judges what a node's memory grew by while it carried that many
// sessions.
func (b Bounds) Memory(report *Report, where string, sessions int, before, after int64) {
	if b.Session == 0 || sessions == 0 {
		return
	}
	if each := (after - before) / int64(sessions); each > b.Session {
		report.fail(Bounded, where, model.Key{}, "%d bytes for each of %d sessions, %d are allowed", each, sessions, b.Session)
	}
}
