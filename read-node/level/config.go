package level

import (
	"fmt"
	"time"
)

// Config says when and how fast a node sheds.
type Config struct {
	Share     float64 // of its sessions, per second, that a node sheds at most; 0: it never sheds
	Most      int     // sessions per second, likewise
	Tolerance float64 // share of the average by which a node may differ from it
	Least     int     // sessions by which it may differ in any case

	// Calm is how long the same readers must have been heard, with about the same
	// number of sessions together, before anything is shed. It is longer than a
	// reader that has died can still be taken for alive.
	Calm time.Duration
	// Pause follows a round that brought nothing. After the next such round in a
	// row it is twice as long, and so on up to MaxPause.
	Pause, MaxPause time.Duration
}

// DefaultConfig returns what suits a fleet whose beacons come every second.
func DefaultConfig() Config {
	return Config{
		Share: 0.01, Most: 25, Tolerance: 0.1, Least: 10,
		Calm: 5 * time.Second, Pause: time.Minute, MaxPause: 24 * time.Hour,
	}
}

// Validate reports the first setting that can't be worked with.
func (c Config) Validate() error {
	switch {
	case !(c.Share >= 0 && c.Share <= 1):
		return fmt.Errorf("level: Share is %v, it must be between 0 and 1", c.Share)
	case !(c.Tolerance >= 0 && c.Tolerance <= 1):
		return fmt.Errorf("level: Tolerance is %v, it must be between 0 and 1", c.Tolerance)
	case c.Most < 1 || c.Least < 1:
		return fmt.Errorf("level: Most is %d and Least %d, both must be above zero", c.Most, c.Least)
	case c.Calm <= 0 || c.Pause <= 0 || c.MaxPause < c.Pause:
		return fmt.Errorf("level: Calm is %v, Pause %v and MaxPause %v; they must be above zero, MaxPause the longest", c.Calm, c.Pause, c.MaxPause)
	}
	return nil
}
