package session

import (
	"fmt"
	"time"

	"heureka/interest"
	"heureka/wire"
)

// Config holds what all sessions of a node have in common.
type Config struct {
	Node      string        // name of the node, for the Welcome
	Heartbeat time.Duration // what the Welcome announces; the hub's owner keeps it

	HelloTimeout time.Duration // from the handshake to the Hello
	Patience     time.Duration // a peer that has taken no byte for so long is given up
	CloseTimeout time.Duration // for the last words and the closing handshake
	// Pace is the shortest time between two Subscribes. A peer that is faster is
	// read more slowly: each may cost the node a new group.
	Pace time.Duration

	// SendBuffer is the bytes that the kernel is asked to keep for a peer that
	// doesn't read; some systems keep twice as many.
	SendBuffer int
	MaxMessage int             // bytes of one message from the peer
	Interests  interest.Limits // of one Subscribe
	Origins    []string        // hosts whose pages may connect from a browser, beside the node's own

	// OnError, if set, is told of each error that a peer is told, and of each
	// that ended a session. It is called from many goroutines.
	OnError func(code wire.Code)
}

// DefaultConfig returns the limits of a node in production.
func DefaultConfig() Config {
	return Config{
		Heartbeat:    10 * time.Second,
		HelloTimeout: 10 * time.Second,
		Patience:     5 * time.Minute,
		CloseTimeout: 5 * time.Second,
		Pace:         20 * time.Millisecond,
		SendBuffer:   64 << 10,
		MaxMessage:   256 << 10,
		Interests:    interest.DefaultLimits(),
	}
}

// Validate reports the first setting that can't be worked with.
func (c Config) Validate() error {
	for name, d := range map[string]time.Duration{
		"Heartbeat": c.Heartbeat, "HelloTimeout": c.HelloTimeout, "Patience": c.Patience, "CloseTimeout": c.CloseTimeout,
	} {
		if d <= 0 {
			return fmt.Errorf("session: %s is %v, it must be above zero", name, d)
		}
	}
	if c.Pace < 0 {
		return fmt.Errorf("session: Pace is %v, it can't be below zero", c.Pace)
	}
	if c.SendBuffer < 4096 {
		return fmt.Errorf("session: SendBuffer is %d, at least 4096 bytes are needed", c.SendBuffer)
	}
	if c.MaxMessage < 256 {
		return fmt.Errorf("session: MaxMessage is %d, at least 256 bytes are needed", c.MaxMessage)
	}
	return nil
}

func (c Config) report(code wire.Code) {
	if c.OnError != nil {
		c.OnError(code)
	}
}
