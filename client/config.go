package client

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"heureka/client/line"
	"heureka/client/mirror"
	"heureka/client/roster"
	"heureka/wire"
)

// Config says which nodes a Client talks to, and how. A zero field means its
// default; only nodes must be named.
type Config struct {
	// WriteNodes are the nodes to register with, ReadNodes those to subscribe at,
	// each "host:port", "http://host:port" or "ws://host:port", https and wss
	// likewise; a path before the API's own is kept. One that is down costs a
	// pause, so several are better than one; a load balancer's address is fine.
	// Either list may be empty if that side isn't used.
	WriteNodes []string
	ReadNodes  []string

	// Name is what nodes log for this client: name and release. Default "heureka-go".
	Name string

	// DialTimeout bounds connecting, the websocket's upgrade included, and then
	// the node's answer to the hello. Default 5 s each.
	DialTimeout time.Duration
	// WriteTimeout is how long a node may refuse to take one frame before the
	// connection is given up. Default 10 s.
	WriteTimeout time.Duration
	// CloseTimeout is how long a websocket's goodbye may take. Default 1 s.
	CloseTimeout time.Duration

	// Heartbeat is the interval where a node names none. Default 10 s.
	Heartbeat time.Duration
	// SilentAfter is how many intervals without any word make a node dead. Default 3.
	// A write node is dead after three quarters of the shortest lease at the latest,
	// so that another one hears of the instance before that ends.
	SilentAfter int

	// BackoffBase and BackoffMax shape the pauses between attempts to connect:
	// evenly distributed between nothing and a ceiling, which is BackoffBase after
	// the first failure and doubles with each further one in a row up to
	// BackoffMax. Defaults 200 ms and 15 s. A node that refuses the handshake and says
	// when to come back (Retry-After) is believed up to BackoffMax.
	BackoffBase time.Duration
	BackoffMax  time.Duration
	// ReconnectSpread is the ceiling of the pause before the first attempt after a
	// connection was lost, where that is longer: others lost the same node in the
	// same moment. Default 1 s.
	ReconnectSpread time.Duration

	// RefusalPause is how long to wait before saying again what a node refused
	// for now. Default 1 s.
	RefusalPause time.Duration

	// JSON speaks heureka.v1+json only, which people can read on the wire. By default
	// the client prefers heureka.v1+proto and speaks JSON with nodes that don't.
	JSON bool

	// ReadLimit bounds one frame from a node, in bytes; a larger one costs the
	// connection. Default 16 MiB.
	ReadLimit int64
	// FrameSize is how many bytes of messages to a node share one frame. Default 64 KiB.
	FrameSize int
	// MaxInFlight is how many messages about registrations may wait for their
	// answers at once. Default 256.
	MaxInFlight int

	// Fence is about how long a subscription hides that a node shows an older
	// version of an instance than the node before it did. Default 1 min.
	Fence time.Duration

	// HTTPClient makes the connections, for TLS settings and proxies. Its Timeout
	// must be 0. Default: one of the Client's own.
	HTTPClient *http.Client
	// Log gets connections won and lost. Default: nothing is logged.
	Log *slog.Logger
}

// DefaultConfig returns the defaults, without nodes.
func DefaultConfig() Config {
	return Config{
		Name:            "heureka-go",
		DialTimeout:     5 * time.Second,
		WriteTimeout:    10 * time.Second,
		CloseTimeout:    time.Second,
		Heartbeat:       10 * time.Second,
		SilentAfter:     3,
		BackoffBase:     200 * time.Millisecond,
		BackoffMax:      15 * time.Second,
		ReconnectSpread: time.Second,
		RefusalPause:    time.Second,
		ReadLimit:       16 << 20,
		FrameSize:       64 << 10,
		MaxInFlight:     256,
		Fence:           time.Minute,
		Log:             slog.New(slog.DiscardHandler),
	}
}

// Validate reports the first setting that can't be used.
func (c Config) Validate() error {
	if len(c.WriteNodes) == 0 && len(c.ReadNodes) == 0 {
		return errors.New("neither WriteNodes nor ReadNodes names a node")
	}
	for _, list := range []struct {
		name  string
		nodes []string
	}{{"WriteNodes", c.WriteNodes}, {"ReadNodes", c.ReadNodes}} {
		if _, err := endpoints(list.nodes, ""); err != nil {
			return fmt.Errorf("%s: %w", list.name, err)
		}
	}
	for _, number := range []struct {
		name  string
		value int64
	}{
		{"DialTimeout", int64(c.DialTimeout)},
		{"WriteTimeout", int64(c.WriteTimeout)},
		{"CloseTimeout", int64(c.CloseTimeout)},
		{"Heartbeat", int64(c.Heartbeat)},
		{"SilentAfter", int64(c.SilentAfter)},
		{"BackoffBase", int64(c.BackoffBase)},
		{"BackoffMax", int64(c.BackoffMax)},
		{"ReconnectSpread", int64(c.ReconnectSpread)},
		{"RefusalPause", int64(c.RefusalPause)},
		{"ReadLimit", c.ReadLimit},
		{"FrameSize", int64(c.FrameSize)},
		{"MaxInFlight", int64(c.MaxInFlight)},
		{"Fence", int64(c.Fence)},
	} {
		if number.value < 0 {
			return fmt.Errorf("%s must not be negative", number.name)
		}
	}
	if c.HTTPClient != nil && c.HTTPClient.Timeout != 0 {
		return errors.New("HTTPClient has a Timeout, which would end each connection")
	}
	if d := c.withDefaults(); d.BackoffBase > d.BackoffMax {
		return fmt.Errorf("BackoffBase %v is longer than BackoffMax %v", d.BackoffBase, d.BackoffMax)
	}
	return nil
}

// withDefaults fills what is zero.
func (c Config) withDefaults() Config {
	d := DefaultConfig()
	c.Name = cmp.Or(c.Name, d.Name)
	c.DialTimeout = cmp.Or(c.DialTimeout, d.DialTimeout)
	c.WriteTimeout = cmp.Or(c.WriteTimeout, d.WriteTimeout)
	c.CloseTimeout = cmp.Or(c.CloseTimeout, d.CloseTimeout)
	c.Heartbeat = cmp.Or(c.Heartbeat, d.Heartbeat)
	c.SilentAfter = cmp.Or(c.SilentAfter, d.SilentAfter)
	c.BackoffBase = cmp.Or(c.BackoffBase, d.BackoffBase)
	c.BackoffMax = cmp.Or(c.BackoffMax, d.BackoffMax)
	c.ReconnectSpread = cmp.Or(c.ReconnectSpread, d.ReconnectSpread)
	c.RefusalPause = cmp.Or(c.RefusalPause, d.RefusalPause)
	c.ReadLimit = cmp.Or(c.ReadLimit, d.ReadLimit)
	c.FrameSize = cmp.Or(c.FrameSize, d.FrameSize)
	c.MaxInFlight = cmp.Or(c.MaxInFlight, d.MaxInFlight)
	c.Fence = cmp.Or(c.Fence, d.Fence)
	c.Log = cmp.Or(c.Log, d.Log)
	return c
}

func (c Config) line() line.Config {
	cfg := line.DefaultConfig()
	cfg.Greeting = c.DialTimeout
	cfg.Heartbeat = c.Heartbeat
	cfg.SilentAfter = c.SilentAfter
	return cfg
}

func (c Config) roster(process string) roster.Config {
	return roster.Config{
		Config:      c.line(),
		Process:     process,
		Client:      c.Name,
		MaxInFlight: c.MaxInFlight,
		MaxFrame:    c.FrameSize,
		Pause:       c.RefusalPause,
		MaxEnded:    roster.DefaultConfig(process).MaxEnded,
	}
}

func (c Config) mirror(o SubscribeOptions) mirror.Config {
	return mirror.Config{Config: c.line(), Client: c.Name, Fence: c.Fence, Pace: o.Pace}
}

func (c Config) backoff() line.Backoff {
	return line.Backoff{Base: c.BackoffBase, Max: c.BackoffMax, Spread: c.ReconnectSpread}
}

// subprotocols returns what is offered to nodes, best first.
func (c Config) subprotocols() []string {
	if c.JSON {
		return []string{wire.SubprotocolJSON}
	}
	return []string{wire.SubprotocolProto, wire.SubprotocolJSON}
}
