package fanout

import (
	"fmt"
	"time"

	"heureka/wire"
)

// Config bounds what a Hub holds and sends.
type Config struct {
	// MaxFrame is the most bytes of one frame, its header left out; a line that is
	// longer than that goes alone. It is also all that is ever encoded for one
	// session.
	MaxFrame int
	// Departures is how many instances that left a log remembers at least; it
	// remembers as many as it has members, where that is more. A session that comes
	// from before those gets a snapshot that replaces.
	Departures int
	// References is the most places in the logs of all groups, and keys that resuming
	// sessions have still to hear of, together: some 16 bytes each. Groups that don't
	// fit walk the node's one log, which isn't counted: it is the view.
	References int
	// Patterns is the most distinct patterns of all groups together. Each value that
	// the view shows for the first time is matched against all of them. A new group
	// that would bring them beyond is refused with ErrFull.
	Patterns int
	// SharedBytes is how many bytes of frames are kept so that the next session
	// at the same cursor gets the same.
	SharedBytes int
	// EncodedBytes is how many bytes of instances are kept as JSON. What was dropped is
	// encoded again when it is needed.
	EncodedBytes int
	// MaxPace is the longest time between two frames that a session may ask for. It
	// is to be below the heartbeat interval.
	MaxPace time.Duration
	// Headroom is how many bytes are left free in front of each frame for Seal,
	// which makes of such a piece of memory the bytes that are handed out. Without
	// Seal a frame is its lines and nothing else.
	Headroom int
	Seal     func(format wire.Format, room []byte) []byte
}

// DefaultConfig returns the bounds of a node in production.
func DefaultConfig() Config {
	return Config{
		MaxFrame: 64 << 10, Departures: 256, References: 4_000_000, Patterns: 20_000,
		SharedBytes: 8 << 20, EncodedBytes: 16 << 20, MaxPace: 5 * time.Second,
	}
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
		{"EncodedBytes", c.EncodedBytes, 0},
		{"MaxPace", int(c.MaxPace), 0},
		{"Headroom", c.Headroom, 0},
	} {
		if bound.value < bound.least {
			return fmt.Errorf("fanout: %s is %d, at least %d is needed", bound.name, bound.value, bound.least)
		}
	}
	if c.Headroom > 0 && c.Seal == nil {
		return fmt.Errorf("fanout: Headroom is %d, and there is no Seal", c.Headroom)
	}
	return nil
}
