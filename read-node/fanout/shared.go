package fanout

// span names a frame: sessions for which it is the same get the same bytes.
type span struct {
	group uint64
	head  uint64 // of the group's log
	from  uint64 // cursor
	base  uint64 // departures up to here are left out
	held  uint64 // group whose members up to base are left out; 0: none
	seq   uint64 // in the Snapshot and Synced lines
	opens bool   // begins with a Snapshot line
	owes  bool   // ends with a Synced line, where it reaches the head
	beat  bool   // is a heartbeat and nothing else
	stale bool
}

// frame is what a span says.
type frame struct {
	bytes []byte
	to    uint64 // the cursor behind it
	whole bool   // it reaches the log's end
}

// shared keeps frames for the sessions that come to the same span.
type shared struct {
	limit  int
	bytes  int
	frames map[span]frame
}

// keep remembers a frame. A frame whose group has changed since is never asked
// for again; all are dropped whenever the limit is reached.
func (c *shared) keep(at span, f frame) {
	const overhead = 200
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
