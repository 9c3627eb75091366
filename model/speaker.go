package model

import "github.com/cespare/xxhash/v2"

// Speaker says through which connection of which process a client said its last
// word about an instance. Of one process, a later connection's words count and
// an earlier one's don't any more, at whichever nodes they arrive: that is what
// keeps a connection which is dead, but not yet known to be, from having the last
// word. The zero Speaker is plain HTTP, which has neither.
type Speaker struct {
	Process    uint64 // hash of the process's name
	Connection uint64 // counts the process's connections
}

// NewSpeaker returns the speaker that a hello names; the zero one if the process
// has no name.
func NewSpeaker(process string, connection uint64) Speaker {
	if process == "" {
		return Speaker{}
	}
	return Speaker{Process: max(1, xxhash.Sum64String(process)), Connection: connection}
}

// Outranks reports whether s is a later connection of the same process.
func (s Speaker) Outranks(other Speaker) bool {
	return s.Process != 0 && s.Process == other.Process && s.Connection > other.Connection
}
