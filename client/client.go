package client

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"

	"heureka/client/line"
	"heureka/wire"
)

// Conditions of a Client and what it holds.
var (
	// ErrClosed: the Client, or the subscription, was closed.
	ErrClosed = errors.New("client: closed")
	// ErrNoNodes: the configuration names no node for what was asked.
	ErrNoNodes = errors.New("client: no node is configured for this")
	// ErrUnregistered: the registration was ended by Unregister.
	ErrUnregistered = errors.New("client: unregistered")
	// ErrNoInterests: a subscription needs at least one interest.
	ErrNoInterests = errors.New("client: no interests")
)

// Client registers instances and subscribes to others. All methods may be called
// from any goroutine.
type Client struct {
	cfg       Config
	dialer    dialer
	ownHTTP   bool
	now       func() time.Duration
	readNodes []string
	registrar *registrar // nil without write nodes
	stop      context.CancelFunc
	running   sync.WaitGroup

	mu            sync.Mutex
	closed        bool
	subscriptions map[*Subscription]struct{}
}

// New returns a client. It connects to nothing before the first Register or
// Subscribe. Close it when it isn't used any more.
func New(cfg Config) (*Client, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	cfg = cfg.withDefaults()
	writeNodes, err := endpoints(cfg.WriteNodes, wire.PathRegistrations)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	readNodes, err := endpoints(cfg.ReadNodes, wire.PathSubscriptions)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	start := time.Now()
	c := &Client{
		cfg:           cfg,
		dialer:        dialer{http: cfg.HTTPClient, cfg: cfg},
		now:           func() time.Duration { return time.Since(start) },
		readNodes:     readNodes,
		subscriptions: make(map[*Subscription]struct{}),
	}
	if c.dialer.http == nil {
		c.ownHTTP = true
		c.dialer.http = &http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment}}
	}
	ctx, stop := context.WithCancel(context.Background())
	c.stop = stop
	if len(writeNodes) > 0 {
		c.registrar = newRegistrar(cfg.roster(uuid.NewString()))
		c.registrar.conversation = c.converse(c.registrar, writeNodes, "registrations")
		c.running.Go(func() { c.registrar.run(ctx) })
	}
	return c, nil
}

// converse returns a conversation that begins at a random node of the list.
func (c *Client) converse(m machine, nodes []string, channel string) *conversation {
	return &conversation{
		machine: m,
		dialer:  c.dialer,
		route:   line.NewRoute(c.cfg.backoff(), nodes, rand.Uint64()),
		now:     c.now,
		poke:    make(chan struct{}, 1),
		log:     c.cfg.Log.With(slog.String("channel", channel)),
	}
}

// Close ends all connections and returns when every goroutine of the client has
// ended. What is registered stays so until its lease ends: Unregister first to
// leave at once. Subscriptions end with ErrClosed. A second Close does nothing.
func (c *Client) Close() {
	c.mu.Lock()
	c.closed = true
	subscriptions := c.subscriptions
	c.subscriptions = nil
	c.mu.Unlock()

	c.stop()
	for s := range subscriptions {
		s.end(ErrClosed)
	}
	c.running.Wait()
	if c.ownHTTP {
		c.dialer.http.CloseIdleConnections()
	}
}
