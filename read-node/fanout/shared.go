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

// frames keeps frames for the sessions that come to the same span.
type frames struct {
	lasting shared
	// fleeting are frames with a token, which is of one moment: they are for those
	// who come to them within the same Deliveries.
	fleeting shared
	// latest is the last that was asked for: sessions at one cursor mostly come one
	// after the other.
	at     span
	latest frame
}

func newFrames(limit int) frames {
	return frames{lasting: shared{limit: limit / 2}, fleeting: shared{limit: limit / 2}}
}

func (f *frames) bytes() int { return f.lasting.bytes + f.fleeting.bytes }

// pass ends the moment of fleeting frames.
func (f *frames) pass() {
	f.fleeting = shared{limit: f.fleeting.limit}
	f.at, f.latest = span{}, frame{}
}

// get returns the frame of a span.
func (f *frames) get(at span, fleeting bool) (frame, bool) {
	if at == f.at {
		return f.latest, true
	}
	kept, ok := f.of(fleeting).frames[at]
	return kept, ok
}

// keep remembers the frame of a span: for long only if others may come to it.
func (f *frames) keep(at span, fleeting bool, made frame, alone bool) {
	f.at, f.latest = at, made
	if !alone {
		f.of(fleeting).keep(at, made)
	}
}

func (f *frames) of(fleeting bool) *shared {
	if fleeting {
		return &f.fleeting
	}
	return &f.lasting
}

// shared is frames by what they say, up to a limit.
type shared struct {
	limit  int
	bytes  int
	frames map[span]frame
}

// keep remembers a frame. A frame whose group has changed since is never asked
// for again; all are dropped whenever the limit is reached.
func (c *shared) keep(at span, f frame) {
	const overhead = 250
	size := len(f.bytes) + overhead
	if size > c.limit {
		return
	}
	if c.bytes+size > c.limit {
		c.frames, c.bytes = nil, 0
	}
	if c.frames == nil {
		c.frames = make(map[span]frame)
	}
	c.frames[at] = f
	c.bytes += size
}
