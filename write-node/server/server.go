package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"heureka/cluster"
	"heureka/eureka1"
	"heureka/internal/ops"
	"heureka/model"
	"heureka/replication"
	"heureka/wire"
	"heureka/write-node/api"
	"heureka/write-node/owner"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
)

// leaveTimeout is for the last beacon to reach NATS.
const leaveTimeout = time.Second

// storeTimeout is for the disk to take, at the end, what isn't stored yet. With the
// requests and the last beacon it fits into what is left of Kubernetes' grace.
const storeTimeout = 5 * time.Second

// Server is one write node.
type Server struct {
	config   Config
	self     model.Incarnation
	log      *slog.Logger
	registry *prometheus.Registry

	http  net.Listener
	admin net.Listener
	link  *replication.Link

	loop     *loop
	api      *api.API
	eureka1  *eureka1.Handler      // nil: it isn't served
	state    atomic.Pointer[state] // as of the last tick
	reminder ops.Reminder          // of the loop: why the node isn't ready

	slowAgain    time.Duration // of the loop: a slow store isn't told of before
	storeTimeout time.Duration

	joining *wire.Error
	refusal atomic.Pointer[wire.Error] // why no clients are taken; nil if they are
	ready   chan struct{}
	killed  chan struct{}
	killing sync.Once
}

// New returns a write node that listens already, so that its addresses are known,
// but serves only when Run is called. Run also ends what New has begun.
func New(config Config, log *slog.Logger) (*Server, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	id, err := uuid.NewRandom()
	if err != nil {
		return nil, fmt.Errorf("server: an id for this run: %w", err)
	}
	s := &Server{
		config:   config,
		self:     model.Incarnation{Name: config.Name, ID: id},
		log:      log.With("node", config.Name),
		registry: ops.NewRegistry(),
		joining:  wire.NewError(wire.CodeNotReady, "this node hasn't got the whole registry yet"),
		ready:    make(chan struct{}),
		killed:   make(chan struct{}),
		reminder: ops.Reminder{Every: remindEvery},

		storeTimeout: storeTimeout,
	}
	if config.alone() {
		s.log.Warn("--peers (HEUREKA_PEERS) names none of the other write nodes: this one waits until they come to it, and may go on alone",
			"cluster-size", config.ClusterSize, "join-timeout", config.JoinTimeout.String())
	}
	if s.http, err = net.Listen("tcp", config.HTTP); err != nil {
		return nil, fmt.Errorf("http: %w", err)
	}
	if s.admin, err = net.Listen("tcp", config.Admin); err != nil {
		return nil, errors.Join(fmt.Errorf("admin: %w", err), s.http.Close())
	}
	if s.link, err = replication.Open(context.Background(), config.link(), s.self, s.log); err != nil {
		return nil, errors.Join(err, s.http.Close(), s.admin.Close())
	}
	s.state.Store(&state{})
	s.refusal.Store(s.joining)
	s.loop = s.newLoop()
	s.loop.eureka1 = eureka1.NewFeed(config.Eureka1)
	if err = s.openStore(); err != nil {
		s.link.Close()
		return nil, errors.Join(err, s.http.Close(), s.admin.Close())
	}
	s.api = api.New(config.api(), gate{s.loop, s}, api.NewMetrics(s.registry), s.log)
	s.eureka1 = s.newEureka1()
	s.registry.MustRegister(newMetrics(s))
	return s, nil
}

func (s *Server) newLoop() *loop {
	random := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	replica := cluster.New(s.config.replica(), s.self, cluster.Write, s.advertised(), random)
	return &loop{
		owner:     owner.New(s.config.owner(), replica),
		commands:  make(chan api.Command, s.config.MaxCommands),
		stop:      make(chan struct{}),
		stopped:   make(chan struct{}),
		start:     time.Now(),
		published: s.publish,
		gathering: newGathering(),
		log:       s.log,
	}
}

// advertised returns the address of the service port as others reach it.
func (s *Server) advertised() string {
	return cmp.Or(s.config.Advertise, s.http.Addr().String())
}

// unreachable reports whether that is the address of all interfaces, which is nobody's:
// who dials it reaches itself.
func (s *Server) unreachable() bool {
	at, err := netip.ParseAddrPort(s.advertised())
	return err == nil && at.Addr().IsUnspecified()
}

// gate is the loop as the API sees it.
type gate struct {
	*loop
	server *Server
}

// Refusal says why the node takes no clients now; nil if it does.
func (g gate) Refusal() *wire.Error { return g.server.refusal.Load() }

// Addresses returns where the server listens.
func (s *Server) Addresses() ops.Addresses {
	return ops.Addresses{
		HTTP: s.http.Addr().String(), Admin: s.admin.Addr().String(),
		NATS: s.link.NATSAddress(), Routes: s.link.RoutesAddress(),
	}
}

// Ready is closed when the node has the whole registry and takes clients.
func (s *Server) Ready() <-chan struct{} { return s.ready }

// Kill makes Run return as soon as it can, without a word to anyone: what a crash
// looks like from outside. It is for tests.
func (s *Server) Kill() { s.killing.Do(func() { close(s.killed) }) }

// check reports why the node shouldn't be sent clients.
func (s *Server) check() error {
	if refused := s.refusal.Load(); refused != nil {
		return errors.New(refused.Message)
	}
	return nil
}

func (s *Server) isDraining() bool {
	refused := s.refusal.Load()
	return refused != nil && refused.Code == wire.CodeDraining
}
