package lease

import (
	"errors"
	"time"
)

// Config holds the settings of a table.
type Config struct {
	Window  time.Duration // evictions are counted over this long
	Share   float64       // of the most held within History: how much may go in one window, 0 to 1
	History time.Duration // how far back the most held counts
	HeldMax time.Duration // how long a spent window may keep a queued lease

	// When so many clients of this node have fallen silent, none of which closed
	// its connection, and none is heard, then the fault is more likely the node's:
	// nothing of class Own is evicted for SilentMax after the last fell silent.
	Silent    int
	SilentMax time.Duration

	Portion int // leases of a release that leave in one call

	// When Expire wasn't called for longer than Pause, the process stood still, and
	// it is this node that was silent: nothing is evicted for the time of Resume,
	// in which clients are heard again.
	Pause  time.Duration
	Resume time.Duration
}

// DefaultConfig returns the settings that suit most clusters.
func DefaultConfig() Config {
	return Config{Window: time.Minute, Share: 0.15, History: time.Hour, HeldMax: 15 * time.Minute,
		Silent: 10, SilentMax: 24 * time.Hour, Portion: 1000,
		Pause: 3 * time.Second, Resume: 30 * time.Second}
}

// Validate reports the first setting that can't work.
func (c Config) Validate() error {
	switch {
	case c.Window <= 0:
		return errors.New("lease: the eviction window must be longer than 0")
	case c.Share < 0 || c.Share > 1:
		return errors.New("lease: the eviction share must be between 0 and 1")
	case c.History < c.Window:
		return errors.New("lease: the history must not be shorter than the eviction window")
	case c.HeldMax < 0:
		return errors.New("lease: the longest hold must not be negative")
	case c.Silent < 1 || c.SilentMax < 0:
		return errors.New("lease: the silent clients must be one at least, and the time for which they hold not negative")
	case c.Portion < 1:
		return errors.New("lease: a portion must be one lease at least")
	case c.Pause <= 0 || c.Resume < 0:
		return errors.New("lease: the pause must be longer than 0, and the time to resume not negative")
	}
	return nil
}
