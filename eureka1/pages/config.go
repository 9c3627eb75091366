package pages

import (
	"fmt"
	"time"
)

// Config bounds what a delta holds and says how documents are cut.
type Config struct {
	// Window is how long a change stays in the delta. Eureka's clients poll every
	// 30 s, and one that slept longer than this may miss a change.
	Window time.Duration
	// Sweep is how often changes leave the delta: each stays until the first whole
	// multiple of Sweep at or after its Window has passed. Those that leave together
	// cost one encoding of a leaf that they share. 0 lets each leave by itself.
	Sweep time.Duration
	// MaxChanged is the most instances in the delta; when there are more, the oldest
	// changes leave before their time.
	MaxChanged int
	// SegmentBytes is the size to which documents are cut, in bytes of full JSON.
	SegmentBytes int
}

// DefaultConfig returns what Eureka does, and the bounds of a node in production.
func DefaultConfig() Config {
	return Config{Window: 3 * time.Minute, Sweep: 5 * time.Second, MaxChanged: 100_000, SegmentBytes: 64 << 10}
}

// Validate reports the first setting that can't be worked with.
func (c Config) Validate() error {
	switch {
	case c.Window <= 0:
		return fmt.Errorf("pages: Window is %v, more than nothing is needed", c.Window)
	case c.Sweep < 0:
		return fmt.Errorf("pages: Sweep is %v, it can't be negative", c.Sweep)
	case c.MaxChanged < 1:
		return fmt.Errorf("pages: MaxChanged is %d, at least 1 is needed", c.MaxChanged)
	case c.SegmentBytes < 1:
		return fmt.Errorf("pages: SegmentBytes is %d, at least 1 is needed", c.SegmentBytes)
	}
	return nil
}

// leaves returns when a change of that time leaves the delta.
func (c Config) leaves(at time.Duration) time.Duration {
	end := at + c.Window
	if c.Sweep > 0 && end%c.Sweep != 0 {
		end += c.Sweep - end%c.Sweep
	}
	return end
}
