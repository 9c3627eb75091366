package clustertest

import (
	"fmt"
	"strings"
	"time"

	"heureka/cluster"
	"heureka/internal/dev"
	"heureka/internal/ops"
	read "heureka/read-node/server"
	write "heureka/write-node/server"
)

// The times of test clusters: short, so that tests needn't wait, and long enough
// for machines that are busy and slowed by the race detector.
const (
	beacon    = 50 * time.Millisecond
	deadAfter = 2 * time.Second
	heartbeat = time.Second      // by three of them no loop is late: its node would refuse what it is told
	lease     = 10 * time.Second // of who doesn't ask for another
	window    = time.Second      // of evictions; what was taken over begins with it spent
	drain     = 100 * time.Millisecond
	merge     = 10 * time.Second // what a read node has passed on; as long may all else take for Eureka 1 clients
)

func (c *testCluster) settings() dev.Settings {
	return dev.Settings{
		Write: func(s *write.Config) {
			s.Beacon, s.DeadAfter, s.Heartbeat, s.Lease = beacon, deadAfter, heartbeat, lease
			s.EvictionWindow = window
			s.StorePatience = time.Hour // what was acknowledged is stored, however busy the disk is
			s.Eureka1.Timeout = merge
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
			s.Eureka1.Merge, s.Eureka1.Timeout = merge, merge
			s.DrainDelay, s.DrainSpread, s.DrainTimeout = 0, 0, drain
		},
		Data: c.data,
		Log:  c.log(),
	}
}

// The times of nodes that have processes of their own. A node is dead sooner than
// its clients leave it, and both long before a lease ends.
const (
	processBeacon    = 200 * time.Millisecond
	processDeadAfter = 2 * time.Second
	processHeartbeat = time.Second
	processLease     = 10 * time.Second // of who doesn't ask for another
	processWindow    = time.Second
	processDelay     = 0 * time.Second // of read nodes
	processSpread    = 300 * time.Millisecond
	processDrain     = 2 * time.Second
)

// longer is a lease that outlives every fault of these tests: what is evicted in
// spite of it was evicted by mistake.
const longer = 5 * time.Minute

// kept is how soon an acknowledged registration must be shown, whatever node dies
// meanwhile.
const kept = 30 * time.Second

// patiently are arguments of write nodes whose clients say everything themselves: no busy
// machine makes them fall silent, nor the node stand still.
func patiently() []string { return []string{"--heartbeat", "10s"} }

// arguments returns those of one node of a cluster.
func arguments(n dev.Node, nodes []dev.Node) []string {
	args := []string{"--name", n.Name, "--http", n.HTTP, "--admin", n.Admin, "--log-format", ops.FormatText}
	for flag, value := range map[string]time.Duration{
		"beacon": processBeacon, "dead-after": processDeadAfter, "heartbeat": processHeartbeat,
		"drain-spread": processSpread, "drain-timeout": processDrain,
	} {
		args = append(args, "--"+flag, value.String())
	}
	var peers, nats []string
	writes := 0
	for _, other := range nodes {
		if other.Role != cluster.Write {
			continue
		}
		writes++
		nats = append(nats, "nats://"+other.NATS)
		if other.Name != n.Name {
			peers = append(peers, other.Routes)
		}
	}
	if n.Role == cluster.Read {
		return append(args, "--nats", strings.Join(nats, ","), "--drain-delay", processDelay.String())
	}
	return append(args, "--nats-listen", n.NATS, "--routes-listen", n.Routes, "--peers", strings.Join(peers, ","),
		"--cluster-size", fmt.Sprint(writes), "--lease", processLease.String(), "--eviction-window", processWindow.String())
}
