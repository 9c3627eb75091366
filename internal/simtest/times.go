package simtest

import (
	"time"

	"heureka/client/line"
	"heureka/cluster"
	"heureka/read-node/fanout"
	"heureka/write-node/lease"
	"heureka/write-node/owner"
)

// times are the settings of a run: those of production, the longest scaled down so
// that a minute or two covers them, the limits so small that they are met.
type times struct {
	heartbeat  time.Duration // of both channels
	leaseLasts time.Duration
	dead       time.Duration // silence after which an incarnation is dead
	tombstones time.Duration
	departure  time.Duration // of the dead that nothing bears, from vectors
	dial       time.Duration // a client's patience with a node that says nothing
	answers    time.Duration // within which a reader answers, though what goes both ways is lost at first
	hello      time.Duration // a reader's patience with a subscriber that says nothing
	patience   time.Duration // and with one that takes nothing
	fence      time.Duration // of mirrors
	resume     time.Duration // a reader's wait until it has come as far as a subscriber's token
	backoff    line.Backoff
}

func standardTimes() times {
	return times{
		heartbeat:  3 * time.Second,
		leaseLasts: 9 * time.Second,
		dead:       5 * time.Second,
		tombstones: time.Hour,
		departure:  7 * 24 * time.Hour,
		dial:       2 * time.Second,
		answers:    2*time.Second + 2*(retransmit+500*time.Millisecond),
		hello:      4 * time.Second,
		patience:   12 * time.Second,
		fence:      15 * time.Second,
		resume:     4 * time.Second,
		backoff:    line.Backoff{Base: 200 * time.Millisecond, Max: 2 * time.Second},
	}
}

func (t times) cluster(size int) cluster.Config {
	c := cluster.DefaultConfig()
	c.Size = size
	c.DeadAfter, c.JoinTimeout, c.MinorityTakeOver = t.dead, t.dead, 40*time.Second
	c.PullTimeout, c.MaxBackoff = 2*time.Second, 4*time.Second
	c.Tombstones, c.Departure = t.tombstones, t.departure
	c.View.BehindGrace = 20 * time.Second
	c.BatchBytes, c.Window, c.MaxAnswers, c.MaxWaiting = 1500, 2, 2, 48
	return c
}

func (t times) lease() lease.Config {
	c := lease.DefaultConfig()
	// A window is so much longer than what a spent one may keep that it shows.
	c.Window, c.History, c.HeldMax = 10*time.Second, time.Hour, time.Second
	c.Resume = t.leaseLasts
	c.Silent, c.SilentMax = 3, 15*time.Second
	return c
}

func (t times) owner() owner.Config {
	c := owner.DefaultConfig()
	c.Lease, c.Eviction = t.leaseLasts, t.lease()
	c.BehindMax = 10 * time.Second
	c.Silence = silentHeartbeats * t.heartbeat
	return c
}

func (t times) hub() fanout.Config {
	c := fanout.DefaultConfig()
	c.MaxFrame, c.Departures, c.SharedBytes = 2<<10, 1, 16<<10
	c.References, c.EncodedBytes = 40, 8<<10 // groups gain and lose logs
	return c
}

func (t times) line() line.Config {
	c := line.DefaultConfig()
	c.Greeting, c.Heartbeat = t.dial, t.heartbeat
	return c
}

// silent is when a client gives a node up that it doesn't hear.
func (t times) silent() time.Duration { return 3 * t.heartbeat }

// back is within which time a registration is visible again after the death of
// any one node: its client notices, tries every node with all its patience, one
// takes it, and the readers hear of it. Where a fifth of all packets is lost or
// more, a pull of several chunks may have to begin anew several times.
func (t times) back(nodes int, drop float64) time.Duration {
	heard := 12 * time.Second
	if drop >= 0.2 {
		heard = 45 * time.Second
	}
	return t.silent() + time.Duration(nodes)*(2*t.dial+t.backoff.Max) + heard
}
