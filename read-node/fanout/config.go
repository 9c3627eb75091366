package fanout

import "fmt"

// Config bounds what a Hub holds and sends.
type Config struct {
	// MaxFrame is the most bytes of one frame; an instance whose line is longer
	// than that goes alone. It is also all that is ever held for one session.
	MaxFrame int
	// Departures is how many instances that left a group its log remembers at
	// least; a group remembers as many as it has members, where that is more. A
	// session that comes from before those gets a snapshot that replaces.
	Departures int
	// References is the most places in all group logs together that a new group
	// may bring them to: one that doesn't fit is refused with ErrFull. It bounds
	// new groups only. Those that are there take whatever the view changes to,
	// with holes and departures beside their members, and may pass it.
	References int
	// Patterns is the most distinct patterns of all groups together. Each value that
	// the view shows for the first time is matched against all of them. A new group
	// that would bring them beyond is refused with ErrFull.
	Patterns int
	// SharedBytes is how many bytes of frames are kept so that the next session
	// at the same cursor gets the same.
	SharedBytes int
}

// DefaultConfig returns the bounds of a node in production.
func DefaultConfig() Config {
	return Config{MaxFrame: 64 << 10, Departures: 256, References: 4_000_000, Patterns: 20_000, SharedBytes: 8 << 20}
}

// Validate reports the first bound that can't be worked with.
func (c Config) Validate() error {
	for _, bound := range []struct {
		name  string
		value int
		least int
	}{
		{"MaxFrame", c.MaxFrame, 256},
		{"Departures", c.Departures, 1},
		{"References", c.References, 1},
		{"Patterns", c.Patterns, 0},
		{"SharedBytes", c.SharedBytes, 0},
	} {
		if bound.value < bound.least {
			return fmt.Errorf("fanout: %s is %d, at least %d is needed", bound.name, bound.value, bound.least)
		}
	}
	return nil
}
