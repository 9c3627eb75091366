package owner

import (
	"errors"
	"time"

	"heureka/model"
	"heureka/write-node/lease"
)

// Config holds an owner's times and limits.
type Config struct {
	Lease         time.Duration // of an instance that asks for none
	Eviction      lease.Config
	BehindMax     time.Duration // how long a node that is behind, or cut off, keeps what it took over
	HoldMax       time.Duration // the longest hold that an operator may ask for
	Registrations int           // on one connection
	Silence       time.Duration // a client that says nothing for so long is given up, and a node that does nothing gives up all
	Waking        time.Duration // how long it then obeys nobody: for what has waited to be read
	AskEvery      time.Duration // between two times that a connection is asked to say again what it lost
	Forwards      int           // renewals that wait for the acknowledgement of another node
	ForwardEvery  time.Duration // between two times that they are sent, at most
	Limits        model.Limits  // of one instance
}

// DefaultConfig returns the defaults for production.
func DefaultConfig() Config {
	return Config{
		Lease:         30 * time.Second,
		Eviction:      lease.DefaultConfig(),
		BehindMax:     time.Hour,
		HoldMax:       24 * time.Hour,
		Registrations: 10_000,
		Silence:       30 * time.Second,
		Waking:        time.Second,
		AskEvery:      time.Second,
		Forwards:      100_000,
		ForwardEvery:  time.Second,
		Limits:        model.DefaultLimits(),
	}
}

// Validate reports the first setting that can't work.
func (c Config) Validate() error {
	switch {
	case c.Lease <= 0:
		return errors.New("owner: the lease must be longer than 0")
	case c.BehindMax < 0:
		return errors.New("owner: the longest hold while behind must not be negative")
	case c.HoldMax <= 0:
		return errors.New("owner: the longest hold by an operator must be longer than 0")
	case c.Silence <= 0 || c.Waking < 0:
		return errors.New("owner: the silence after which a client is given up must be longer than 0, and waking not negative")
	case c.Registrations <= 0:
		return errors.New("owner: a connection must be allowed at least one registration")
	case c.Forwards <= 0 || c.ForwardEvery <= 0:
		return errors.New("owner: renewals must be allowed to wait, and for longer than 0 until they are sent again")
	}
	return c.Eviction.Validate()
}
