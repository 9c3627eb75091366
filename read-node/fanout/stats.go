package fanout

import "heureka/interest"

// Counters count what a hub has done since it was made.
type Counters struct {
	Changes    uint64 // of the view
	Frames     uint64 // handed out, heartbeats included
	Bytes      uint64 // of those
	Heartbeats uint64
	Replaced   uint64 // sessions that came from before what their log remembers
	Switched   uint64 // changes of interest that needed no snapshot
}

// Stats tells what a hub holds, and its counters.
type Stats struct {
	Counters
	Instances   int    // in the view
	Digest      uint64 // sum of their content hashes
	Sessions    int
	Groups      int
	References  int // places in all logs
	SharedBytes int // of frames kept
	Index       interest.Stats
}

// Stats returns what the hub holds now.
func (h *Hub) Stats() Stats {
	return Stats{
		Counters:    h.counters,
		Instances:   h.catalog.count,
		Digest:      h.catalog.digest,
		Sessions:    len(h.sessions),
		Groups:      len(h.groups),
		References:  h.references,
		SharedBytes: h.frames.bytes,
		Index:       h.index.Stats(),
	}
}
