package replication

import (
	"errors"
	"fmt"
	"net"
	"regexp"
	"time"
)

// Config says how a node reaches NATS.
type Config struct {
	Cluster string // separates clusters on one NATS; a part of every subject

	// URLs of NATS servers, nats://host:port. None: embed one.
	URLs        []string
	Credentials string // file with NATS user credentials, for URLs

	// The embedded server: where it listens for clients and for the other write
	// nodes' servers, as host:port, and where those listen. Port 0 picks one. A
	// peer's host name may have several addresses; its own address is left out.
	Listen string
	Routes string
	Peers  []string

	Ping    time.Duration // between pings; a link is dead after two unanswered
	Silence time.Duration // leave a server through which no beacon comes for so long

	Incoming     int // messages waiting for the node's loop
	PendingBytes int // bytes waiting in a subscription before NATS drops
}

// DefaultConfig returns the defaults.
func DefaultConfig() Config {
	return Config{
		Cluster:      "heureka",
		Listen:       "127.0.0.1:7201",
		Routes:       "127.0.0.1:7301",
		Ping:         2 * time.Second,
		Silence:      3 * time.Second,
		Incoming:     1024,
		PendingBytes: 64 << 20,
	}
}

// Embedded reports whether the node runs a server of its own.
func (c Config) Embedded() bool { return len(c.URLs) == 0 }

var clusterName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// Validate reports what can't work.
func (c Config) Validate() error {
	if !clusterName.MatchString(c.Cluster) {
		return fmt.Errorf("cluster name %q must be 1 to 64 letters, digits, - or _", c.Cluster)
	}
	if c.Ping <= 0 || c.Silence <= 0 || c.Incoming <= 0 || c.PendingBytes <= 0 {
		return errors.New("replication: times and limits must be greater than zero")
	}
	if !c.Embedded() {
		return nil
	}
	for name, address := range map[string]string{"nats-listen": c.Listen, "routes-listen": c.Routes} {
		if _, _, err := net.SplitHostPort(address); err != nil {
			return fmt.Errorf("%s: %q isn't host:port", name, address)
		}
	}
	for _, peer := range c.Peers {
		if _, _, err := net.SplitHostPort(peer); err != nil {
			return fmt.Errorf("peers: %q isn't host:port", peer)
		}
	}
	return nil
}
