package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"heureka/cluster"
	"heureka/eureka1"
	"heureka/interest"
	"heureka/internal/ops"
	"heureka/model"
	"heureka/read-node/fanout"
	"heureka/read-node/resume"
	"heureka/read-node/session"
	"heureka/replication"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
)

// leaveTimeout is for the last beacon to reach NATS.
const leaveTimeout = time.Second

// Server is one read node.
type Server struct {
	config   Config
	self     model.Incarnation
	log      *slog.Logger
	registry *prometheus.Registry
	metrics  *metrics

	http  net.Listener
	admin net.Listener

	loop     *loop
	sessions *sessions
	acceptor *session.Acceptor
	shedder  *shedder
	eureka1  *eureka1.Handler      // nil: it isn't served
	queries  chan struct{}         // holds one for each being answered
	state    atomic.Pointer[state] // as of the last tick
	reminder ops.Reminder          // of the loop: why the node isn't ready
	still    standstill
	ready    chan struct{}
	killed   chan struct{}
	killing  sync.Once
}

// New returns a read node that listens already, so that its addresses are known,
// but serves only when Run is called.
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
		queries:  make(chan struct{}, config.MaxQueries),
		reminder: ops.Reminder{Every: remindEvery},
		ready:    make(chan struct{}),
		killed:   make(chan struct{}),
		still:    standstill{least: max(silentHeartbeats*config.Heartbeat, leastStandstill)},
	}
	if s.http, err = net.Listen("tcp", config.HTTP); err != nil {
		return nil, fmt.Errorf("http: %w", err)
	}
	if s.admin, err = net.Listen("tcp", config.Admin); err != nil {
		return nil, errors.Join(fmt.Errorf("admin: %w", err), s.http.Close())
	}
	s.metrics = newMetrics(s)
	s.registry.MustRegister(s.metrics, s.metrics.errors, s.metrics.queries, s.metrics.propagation)
	s.state.Store(&state{})
	s.loop = s.newLoop()
	s.sessions = newSessions(s.loop, config.limits())
	common := config.session()
	common.OnError = s.metrics.count
	s.acceptor = session.NewAcceptor(common, s.sessions, s.log)
	s.shedder = newShedder(config, s.sessions, s.log)
	s.openEureka1()
	return s, nil
}

func (s *Server) newLoop() *loop {
	random := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	replica := cluster.New(s.config.replica(), s.self, cluster.Read, s.advertised(), random)
	issuer := resume.NewIssuer(s.config.Cluster)
	token := func(set interest.Set) string { return issuer.Token(replica, set) }
	return &loop{
		core: &core{
			replica:  replica,
			hub:      fanout.New(s.config.fanout(), s.config.interests(), token),
			desk:     resume.NewDesk(s.config.resume()),
			issuer:   issuer,
			sessions: make(map[fanout.SessionID]*session.Session),
			writers:  newWriters(s.config.Writers, s.config.MaxPortions),
			opening:  make(map[fanout.SessionID]struct{}),
			opened:   s.opened,
			metrics:  s.metrics,
			log:      s.log,
		},
		heartbeat: s.config.Heartbeat,
		commands:  make(chan command, s.config.MaxCommands),
		surveys:   make(chan struct{}, s.config.MaxSurveys),
		stop:      make(chan struct{}),
		stopped:   make(chan struct{}),
		start:     time.Now(),
		published: s.publish,
	}
}

// advertised returns the address of the service port as others reach it.
func (s *Server) advertised() string {
	return cmp.Or(s.config.Advertise, s.http.Addr().String())
}

// Addresses returns where the server listens.
func (s *Server) Addresses() ops.Addresses {
	return ops.Addresses{HTTP: s.http.Addr().String(), Admin: s.admin.Addr().String()}
}

// Ready is closed when the view is complete and subscribers are served.
func (s *Server) Ready() <-chan struct{} { return s.ready }

// Kill makes Run return as soon as it can, without a word to anyone: what a crash
// looks like from outside. It is for tests.
func (s *Server) Kill() { s.killing.Do(func() { close(s.killed) }) }

// Run serves until the context ends, then stops gracefully: it says that it isn't
// ready and serves on for as long as balancers need to hear of it, takes no more
// subscribers, asks those that are there to go elsewhere, waits for them as long
// as the configuration says, and leaves the cluster. It returns when all that it
// started has ended. An error is what made it stop before. Run is called once.
func (s *Server) Run(ctx context.Context) error {
	link, err := replication.Open(ctx, s.config.link(), s.self, s.log)
	if err != nil {
		return errors.Join(err, s.http.Close(), s.admin.Close())
	}
	s.metrics.link.Store(link)

	serving, stopServing := context.WithCancelCause(context.Background())
	defer stopServing(nil)
	failed := make(chan error, 2)
	var parts sync.WaitGroup
	parts.Go(func() { failed <- ops.ServeHTTP(serving, s.http, s.handler(), s.config.web(), s.log) })
	parts.Go(func() { failed <- ops.ServeAdmin(serving, s.admin, s.registry, s.log) })
	parts.Go(func() { s.loop.run(link) })
	parts.Go(func() { s.shedder.run(s.loop.stop, s.fleet) })
	s.log.Info("read node started", "http", s.http.Addr().String(), "admin", s.admin.Addr().String(), "incarnation", s.self.ID.String())

	err = nil
	select {
	case <-ctx.Done():
		s.drain()
	case err = <-failed:
	case <-s.killed:
	}
	abort := ops.Closed(s.killed) || err != nil
	if abort {
		stopServing(ops.ErrAbort)
	} else {
		stopServing(nil)
		s.leave(link)
	}
	s.sessions.kill()
	close(s.loop.stop)
	parts.Wait()
	s.eureka1.Close()
	link.Close()
	s.log.Info("read node stopped")
	return err
}

// drain sees the subscribers out. At first it only says, by not being ready, that
// it will: a balancer that asks now and then goes on sending newcomers meanwhile,
// and would send back to this node, which has fewer and fewer, whoever leaves it.
func (s *Server) drain() {
	s.log.Info("read node drains", "sessions", s.sessions.count(), "after", s.config.DrainDelay)
	s.sessions.end()
	delay := time.NewTimer(s.config.DrainDelay)
	defer delay.Stop()
	select {
	case <-delay.C:
	case <-s.killed:
		return // Run sees to the rest
	}
	ctx, cancel := context.WithTimeout(context.Background(), s.config.DrainTimeout)
	defer cancel()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		s.sessions.drain(ctx, s.config.DrainSpread)
	}()
	select {
	case <-gone:
	case <-s.killed:
		s.sessions.kill()
		<-gone
	}
}

// leave tells the cluster that this node stops.
func (s *Server) leave(link *replication.Link) {
	s.loop.ask(nil, func(c *core) {
		now := s.loop.now()
		c.replica.Leave(now)
		c.follow(now, link.Send)
	})
	ctx, cancel := context.WithTimeout(context.Background(), leaveTimeout)
	defer cancel()
	if err := link.Flush(ctx); err != nil {
		s.log.Debug("the last beacon may not have left", "err", err)
	}
}
