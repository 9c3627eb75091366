package clustertest

import (
	"time"

	"heureka/internal/dev"
	read "heureka/read-node/server"
	write "heureka/write-node/server"
)

// The times of test clusters: short, so that tests needn't wait, and long enough
// for machines that are busy and slowed by the race detector.
const (
	beacon    = 50 * time.Millisecond
	deadAfter = 2 * time.Second
	heartbeat = 500 * time.Millisecond
	lease     = 10 * time.Second // of who doesn't ask for another
	window    = time.Second      // of evictions; what was taken over begins with it spent
	drain     = 100 * time.Millisecond
)

func (c *testCluster) settings() dev.Settings {
	return dev.Settings{
		Write: func(s *write.Config) {
			s.Beacon, s.DeadAfter, s.Heartbeat, s.Lease = beacon, deadAfter, heartbeat, lease
			s.EvictionWindow = window
			if c.nats != "" {
				s.NATS = c.nats
			}
			s.DrainSpread, s.DrainTimeout = 0, drain
		},
		Read: func(s *read.Config) {
			s.Beacon, s.DeadAfter, s.Heartbeat = beacon, deadAfter, heartbeat
			if c.nats != "" {
				s.NATS = []string{c.nats}
			}
			s.DrainSpread, s.DrainTimeout = 0, drain
		},
		Log: c.log(),
	}
}
