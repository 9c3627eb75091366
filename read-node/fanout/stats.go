package fanout

import "heureka/interest"

// Counters count what a hub has done since it was made.
type Counters struct {
	Changes    uint64 // of the view
	Frames     uint64 // handed out, heartbeats included
	Bytes      uint64 // of those
	Heartbeats uint64
	Encoded    uint64 // instances, put into JSON; in the binary form they are only copied
	Replaced   uint64 // sessions that came from before what their log remembers
	Switched   uint64 // changes of interest that needed no snapshot
	Resumed    uint64 // tokens answered by what was missed
	Refused    uint64 // tokens that don't count
	Outweighed uint64 // tokens that count where a snapshot was shorter, or there was no room
	Unlogged   uint64 // groups whose logs were taken from them for want of room
	Logged     uint64 // groups that got a log after all
	GivenUp    uint64 // sessions ended for want of room
}

// Stats tells what a hub holds, and its counters.
type Stats struct {
	Counters
	Instances    int    // in the view
	Digest       uint64 // sum of their content hashes
	Sessions     int
	Groups       int
	Walking      int // of those, groups without a log of their own
	Paced        int // sessions that wait for their pace
	References   int // places in groups' logs, and what resuming sessions have still to hear
	Places       int // in the node's one log
	Departures   int // of those, instances that left
	SharedBytes  int // of frames kept
	EncodedBytes int // of instances kept as JSON
	Index        interest.Stats
}

// Stats returns what the hub holds now.
func (h *Hub) Stats() Stats {
	stats := Stats{
		Counters:     h.counters,
		Instances:    h.catalog.count,
		Digest:       h.catalog.digest,
		Sessions:     len(h.sessions),
		Groups:       len(h.groups),
		Walking:      h.walking,
		Paced:        len(h.paced),
		References:   h.references,
		Places:       len(h.node.slots),
		Departures:   len(h.node.departed),
		SharedBytes:  h.frames.bytes,
		EncodedBytes: h.lines.bytes,
		Index:        h.index.Stats(),
	}
	stats.Encoded = h.lines.encoded
	return stats
}
