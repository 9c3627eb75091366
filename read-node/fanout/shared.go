package fanout

import "heureka/wire"

// span names a frame: sessions for which it is the same get the same bytes.
type span struct {
	format  wire.Format
	opening opening
	owes    bool // ends with a Synced line, where it reaches the head
	beat    bool // ends with a Heartbeat line, likewise
	stale   bool
	walks   bool   // the node's log
	group   uint64 // 0: none
	head    uint64 // of the group
	from    uint64 // cursor
	base    uint64 // departures up to here are left out
	held    uint64 // group whose members up to base are left out; 0: none
	seq     uint64 // in the Snapshot and Synced lines
	refused string // in the Snapshot line
}

// frame is what a span says.
type frame struct {
	bytes []byte
	to    uint64 // the cursor behind it
	all   bool   // there is nothing else in the log
	whole bool   // and what is due at the end is said, too
}

// frames keeps frames for the sessions that come to the same span, the newest that
// fit a limit.
type frames struct {
	limit int
	bytes int
	kept  map[span]frame
	order []span // by when they were kept
	// fleeting are those with a token, which is of one moment: they are for who comes
	// to them within the same Deliveries.
	fleeting []span
	// latest is the last that was asked for: sessions at one cursor mostly come one
	// after the other.
	at     span
	latest frame
}

// frameBytes is what keeping a frame takes beside its bytes.
const frameBytes = 400

// pass ends the moment of fleeting frames.
func (f *frames) pass() {
	for _, at := range f.fleeting {
		f.drop(at)
	}
	f.fleeting = nil
	f.at, f.latest = span{}, frame{}
}

// get returns the frame of a span.
func (f *frames) get(at span) (frame, bool) {
	if at == f.at {
		return f.latest, true
	}
	kept, ok := f.kept[at]
	return kept, ok
}

// keep remembers the frame of a span: beyond the next only if others may come to
// it. One whose group has changed since is never asked for again, so those that
// were kept first go first.
func (f *frames) keep(at span, made frame, fleeting, alone bool) {
	f.at, f.latest = at, made
	size := len(made.bytes) + frameBytes
	if alone || size > f.limit {
		return
	}
	for len(f.order) > 0 && f.bytes+size > f.limit {
		f.drop(f.order[0])
		f.order = f.order[1:]
	}
	if f.bytes+size > f.limit {
		return // fleeting ones have it all
	}
	if f.kept == nil {
		f.kept = make(map[span]frame)
	}
	f.kept[at] = made
	f.bytes += size
	if fleeting {
		f.fleeting = append(f.fleeting, at)
	} else {
		f.order = append(f.order, at)
	}
}

func (f *frames) drop(at span) {
	f.bytes -= len(f.kept[at].bytes) + frameBytes
	delete(f.kept, at)
}
