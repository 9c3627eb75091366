package bridge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"heureka/bridge/sides"
	"heureka/client"
	"heureka/internal/ops"
	"heureka/model"

	"github.com/prometheus/client_golang/prometheus"
)

// Bridge mirrors a Eureka 1 cluster into Heureka, and both ways if asked.
type Bridge struct {
	config  Config
	log     *slog.Logger
	client  *http.Client
	old     []*server
	heureka []*server
	start   time.Time
	sweep   time.Duration // sweepEvery; tests are quicker

	mu    sync.Mutex
	sides *sides.Sides
	known bool // Heureka's registry has been read
	paged bool // the old cluster's has
	at    int  // which of the old servers is read

	pokes    []chan struct{} // by target
	asks     chan struct{}
	batches  chan struct{} // holds one for each that is read
	origin   *http.CrossOriginProtection
	registry *prometheus.Registry
	metrics  *metrics
	http     net.Listener
	admin    net.Listener
}

// New returns a bridge that listens already, but does nothing before Run.
func New(config Config, log *slog.Logger) (*Bridge, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	b := &Bridge{
		config: config, log: log, start: time.Now(), sweep: sweepEvery,
		client: &http.Client{Timeout: config.Timeout, Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute,
		}},
		sides: sides.New(config.sides(), len(config.From)),
		asks:  make(chan struct{}, 1), batches: make(chan struct{}, config.MaxBatches),
		origin: http.NewCrossOriginProtection(), registry: ops.NewRegistry(),
	}
	b.old, b.heureka = b.servers(config.From, ""), b.servers(config.To, "/eureka")
	for range len(b.old) + 1 {
		b.pokes = append(b.pokes, make(chan struct{}, 1))
	}
	var err error
	if b.http, err = net.Listen("tcp", config.HTTP); err != nil {
		return nil, fmt.Errorf("http: %w", err)
	}
	if b.admin, err = net.Listen("tcp", config.Admin); err != nil {
		return nil, errors.Join(fmt.Errorf("admin: %w", err), b.http.Close())
	}
	b.metrics = newMetrics(b)
	b.registry.MustRegister(b.metrics, b.metrics.requests)
	return b, nil
}

// Addresses returns where the bridge listens.
func (b *Bridge) Addresses() ops.Addresses {
	return ops.Addresses{HTTP: b.http.Addr().String(), Admin: b.admin.Addr().String()}
}

// Run mirrors until the context ends, and returns when all that it started has ended.
// What it registered stays on both sides until its leases end. An error is what made
// it stop before. Run is called once.
func (b *Bridge) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	nodes, err := client.New(client.Config{
		ReadNodes: b.config.To, Name: "heureka bridge", BackoffMax: b.config.Backoff,
		BackoffBase: min(backoffBase, b.config.Backoff), Log: b.log,
	})
	if err != nil {
		return errors.Join(err, b.http.Close(), b.admin.Close())
	}
	defer nodes.Close()
	defer b.client.CloseIdleConnections()
	failed := make(chan error, 3)
	var parts sync.WaitGroup
	parts.Go(func() { failed <- ops.ServeHTTP(ctx, b.http, b.handler(), ops.DefaultHTTPConfig(), b.log) })
	parts.Go(func() { failed <- ops.ServeAdmin(ctx, b.admin, b.registry, b.log) })
	parts.Go(func() { failed <- b.follow(ctx, nodes) })
	parts.Go(func() { b.read(ctx) })
	parts.Go(func() { b.probe(ctx) })
	parts.Go(func() { b.ask(ctx) })
	parts.Go(func() { b.pass(ctx) })
	for t := range b.pokes {
		parts.Go(func() { b.tell(ctx, sides.Target(t)) })
	}
	b.log.Info("bridge started", "http", b.http.Addr().String(), "admin", b.admin.Addr().String(), "bothWays", b.config.BothWays)
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	stop()
	parts.Wait()
	b.log.Info("bridge stopped")
	return err
}

// now returns the time. It never is 0.
func (b *Bridge) now() model.Moment {
	return model.Moment{Mono: time.Since(b.start) + time.Second, Wall: time.Now().UnixMicro()}
}

// with has something done with both sides, and has told what follows from it.
func (b *Bridge) with(f func(*sides.Sides, model.Moment)) {
	b.mu.Lock()
	f(b.sides, b.now())
	b.mu.Unlock()
	for _, c := range append(b.pokes[:len(b.pokes):len(b.pokes)], b.asks) {
		select {
		case c <- struct{}{}:
		default: // it has something to look at already
		}
	}
}

// ready reports why the bridge isn't ready: it hasn't read both sides yet.
func (b *Bridge) ready() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case !b.paged:
		return errors.New("the old cluster hasn't been read yet")
	case !b.known:
		return errors.New("the registry of Heureka hasn't been read yet")
	default:
		return nil
	}
}
