package replication

import "time"

// maxPatience bounds how long a node that hears nobody stays with one server.
const maxPatience = time.Minute

// silence judges when a server is to be left because no beacon comes through it. Its times
// are since the link was opened: the time of day may be set meanwhile.
type silence struct {
	usual    time.Duration // Config.Silence
	patience time.Duration // doubles with each server that is left in vain
	since    time.Duration // when a beacon came last, or a server was left
	looked   time.Duration
}

func newSilence(usual, now time.Duration) silence {
	return silence{usual: usual, patience: usual, since: now, looked: now}
}

// lasts reports whether the server is to be left, the last beacon having come then. Call
// it several times within the usual silence. If that is long ago, this process stood
// still, and what came meanwhile is about to be read.
func (s *silence) lasts(now, heard time.Duration) bool {
	if heard > s.since {
		s.patience, s.since = s.usual, heard
	}
	if now-s.looked > s.usual {
		s.since = now
	}
	s.looked = now
	return now-s.since >= s.patience
}

// leaves notes that the server is left. If beacons don't come through the others either,
// there may be nobody to hear: each time it is waited longer.
func (s *silence) leaves(now time.Duration) {
	s.patience, s.since = min(2*s.patience, maxPatience), now
}
