package server

import (
	"context"
	"sync"
	"time"

	"heureka/internal/ops"
	"heureka/model"
	"heureka/wire"
	"heureka/write-node/api"
	"heureka/write-node/owner"
)

// Run serves until the context ends, then stops gracefully: it takes no more
// clients, asks those that are there to go elsewhere, waits for them as long as
// the configuration says, and leaves the cluster, which takes over what is left.
// It returns when all that it started has ended, but for a disk that hangs. An error
// is what made it stop before. Run is called once.
func (s *Server) Run(ctx context.Context) error {
	serving, stopServing := context.WithCancelCause(context.Background())
	defer stopServing(nil)
	failed := make(chan error, 2)
	var listening, looping sync.WaitGroup
	listening.Go(func() { failed <- ops.ServeHTTP(serving, s.http, s.handler(), s.config.web(), s.log) })
	listening.Go(func() { failed <- ops.ServeAdmin(serving, s.admin, s.registry, s.log) })
	looping.Go(func() { s.loop.run(s.link) })
	if k := s.loop.keeper; k != nil {
		go k.write() // closeStore waits for it
	} else {
		s.log.Info("no --data (HEUREKA_DATA): the registry isn't kept over restarts, this node starts from its peers")
	}
	if s.unreachable() {
		s.log.Warn("others are told an address of all interfaces, by which they only reach themselves: read nodes can't pass Eureka 1 clients' requests on to this node; set --advertise (HEUREKA_ADVERTISE)",
			"advertised", s.advertised())
	}
	a := s.Addresses()
	s.log.Info("write node started", "incarnation", s.self.ID.String(),
		"http", a.HTTP, "admin", a.Admin, "nats", a.NATS, "routes", a.Routes)

	var err error
	select {
	case <-ctx.Done():
		s.drain()
	case err = <-failed:
	case <-s.killed:
	}
	abort := err != nil || ops.Closed(s.killed)
	if abort {
		stopServing(ops.ErrAbort)
	} else {
		stopServing(nil)
	}
	// Those who send commands end before the loop does.
	s.api.Abort()
	listening.Wait()
	if !abort {
		s.leave()
	}
	s.loop.flush, s.loop.by = !abort, time.Now().Add(s.storeTimeout)
	close(s.loop.stop)
	looping.Wait()
	s.closeStore()
	s.link.Close()
	s.log.Info("write node stopped")
	return err
}

// drain sees the clients out.
func (s *Server) drain() {
	s.log.Info("write node drains", "connections", s.api.Connections())
	s.refusal.Store(wire.NewError(wire.CodeDraining, "this node stops"))
	ctx, cancel := context.WithTimeout(context.Background(), s.config.DrainTimeout)
	defer cancel()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		s.api.Drain(ctx, s.config.DrainSpread)
	}()
	select {
	case <-gone:
	case <-s.killed:
		s.api.Abort()
		<-gone
	}
}

// leave tells the cluster that this node stops.
func (s *Server) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), leaveTimeout)
	defer cancel()
	left := make(chan struct{})
	err := s.loop.Do(ctx, api.Command{
		Apply: func(o *owner.Owner, now model.Moment) { o.Replica().Leave(now) },
		Done:  func() { close(left) },
	})
	if err == nil {
		select {
		case <-left:
		case <-ctx.Done(): // the beacon is sent, and only its acknowledgement waits for the disk
		}
		err = s.link.Flush(ctx)
	}
	if err != nil {
		s.log.Debug("the last beacon may not have left", "err", err)
	}
}
