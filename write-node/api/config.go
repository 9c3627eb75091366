package api

import (
	"fmt"
	"time"
)

// silentHeartbeats is how many heartbeats a client may leave out before its
// connection is closed.
const silentHeartbeats = 3

// Silence is after how long without a word a connection is closed.
func (c Config) Silence() time.Duration { return silentHeartbeats * c.Heartbeat }

// Config holds what a node tells its clients, and the times and limits of one
// connection.
type Config struct {
	Node      string        // the node's name, for people
	Heartbeat time.Duration // asked of clients
	Lease     time.Duration // of an instance that asks for none

	Hello        time.Duration // for the first message to come
	WriteTimeout time.Duration // a peer that takes no byte for so long is given up
	Goodbye      time.Duration // for connections that are closed at the end of a drain

	Connections int // registration channels open at once
	MaxMessage  int // bytes of one websocket message, or of one HTTP body, from a client
	MaxFrame    int // bytes of one websocket message to a client, exceeded by one message at most
	Batch       int // messages of one connection that are applied together
	Batches     int // of one connection, whose answers haven't left
}

// DefaultConfig returns the defaults for production.
func DefaultConfig() Config {
	return Config{
		Heartbeat:    10 * time.Second,
		Lease:        30 * time.Second,
		Hello:        10 * time.Second,
		WriteTimeout: 5 * time.Minute,
		Goodbye:      2 * time.Second,
		Connections:  20_000,
		MaxMessage:   256 << 10,
		MaxFrame:     64 << 10,
		Batch:        256,
		Batches:      8,
	}
}

// Validate reports the first setting that can't work.
func (c Config) Validate() error {
	for _, f := range []struct {
		name  string
		value int64
	}{
		{"heartbeat", int64(c.Heartbeat)}, {"lease", int64(c.Lease)}, {"hello timeout", int64(c.Hello)},
		{"write timeout", int64(c.WriteTimeout)}, {"goodbye", int64(c.Goodbye)},
		{"max connections", int64(c.Connections)}, {"max message", int64(c.MaxMessage)}, {"max frame", int64(c.MaxFrame)},
		{"batch", int64(c.Batch)}, {"batches", int64(c.Batches)},
	} {
		if f.value <= 0 {
			return fmt.Errorf("api: %s must be greater than zero", f.name)
		}
	}
	return nil
}
