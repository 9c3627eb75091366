package cluster

import (
	"errors"
	"time"

	"heureka/registry"
)

// Config holds the times and limits of a replica.
type Config struct {
	Beacon    time.Duration // between two beacons
	DeadAfter time.Duration // an incarnation whose tick hasn't risen for so long is dead
	// Size is how many write nodes the cluster is meant to have. A starting
	// write node waits for half of them, and a node that hears fewer than half
	// takes nothing over.
	Size        int
	JoinTimeout time.Duration // after which a starting write node goes on alone
	// MinorityTakeOver is after how long a node that hears less than half of the
	// write nodes takes a dead node's entries over all the same.
	MinorityTakeOver time.Duration

	Moment      time.Duration // how long a lag or gap may last before it is pulled
	PullTimeout time.Duration // without progress of a pull
	PullBackoff time.Duration // after the first failure; doubles
	MaxBackoff  time.Duration

	Tombstones time.Duration // how long a tombstone is remembered
	// Departure is after how long an incarnation that is dead and bears nothing
	// leaves the vectors, and for how long after that it is ignored in those heard.
	Departure time.Duration
	View      registry.ViewConfig
	ClockSkew time.Duration // a wall clock further from its peers' median doesn't count
	MaxAhead  time.Duration // a carried version further ahead is refused

	BatchBytes int // of one delta or chunk, estimated; well below NATS' payload limit
	Window     int // chunks of an answer under way
	MaxAnswers int // answers under way at once
	MaxWaiting int // entries in the inbox
	MaxMembers int
	// MaxIncarnations bounds the vector: above, who is dead and bears nothing leaves
	// before its time. Of those who have left, as many are remembered.
	MaxIncarnations int
}

// DefaultConfig returns the defaults for a production cluster of one write node.
func DefaultConfig() Config {
	return Config{
		Beacon:           time.Second,
		DeadAfter:        10 * time.Second,
		Size:             1,
		JoinTimeout:      10 * time.Second,
		MinorityTakeOver: time.Hour,
		Moment:           300 * time.Millisecond,
		PullTimeout:      3 * time.Second,
		PullBackoff:      250 * time.Millisecond,
		MaxBackoff:       10 * time.Second,
		Tombstones:       time.Hour,
		Departure:        7 * 24 * time.Hour,
		View:             registry.ViewConfig{Grace: 3 * time.Second, BehindGrace: time.Minute},
		ClockSkew:        time.Minute,
		MaxAhead:         24 * time.Hour,
		BatchBytes:       256 << 10,
		Window:           8,
		MaxAnswers:       16,
		MaxWaiting:       100_000,
		MaxMembers:       4096,
		MaxIncarnations:  1024,
	}
}

// Validate reports what can't work.
func (c Config) Validate() error {
	for _, f := range []struct {
		name  string
		value int64
	}{
		{"beacon", int64(c.Beacon)}, {"dead-after", int64(c.DeadAfter)}, {"cluster-size", int64(c.Size)},
		{"join-timeout", int64(c.JoinTimeout)}, {"moment", int64(c.Moment)}, {"pull-timeout", int64(c.PullTimeout)},
		{"pull-backoff", int64(c.PullBackoff)}, {"tombstones", int64(c.Tombstones)}, {"batch-bytes", int64(c.BatchBytes)},
		{"window", int64(c.Window)}, {"max-answers", int64(c.MaxAnswers)}, {"max-waiting", int64(c.MaxWaiting)},
		{"max-members", int64(c.MaxMembers)}, {"departure", int64(c.Departure)}, {"max-incarnations", int64(c.MaxIncarnations)},
	} {
		if f.value <= 0 {
			return errors.New("cluster: " + f.name + " must be greater than zero")
		}
	}
	if c.DeadAfter < 3*c.Beacon {
		return errors.New("cluster: dead-after must be at least three beacons, or a lost one counts as a death")
	}
	return nil
}
