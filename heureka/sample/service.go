package sample

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"heureka/client"
	"heureka/model"
)

// service is one of the samples.
type service struct {
	app, id, vip string
	moody        bool // changes its status now and then
}

// services returns the samples.
func services() []service {
	return []service{
		{app: "ORDERS", id: "orders-1", vip: "orders"},
		{app: "ORDERS", id: "orders-2", vip: "orders"},
		{app: "PAYMENTS", id: "payments-1", vip: "payments", moody: true},
		{app: "PAYMENTS", id: "payments-2", vip: "payments"},
		{app: "CATALOG", id: "catalog-1", vip: "catalog,search"},
	}
}

// leaveTimeout is how long a sample waits until its unregistering is
// acknowledged.
const leaveTimeout = 2 * time.Second

// run serves and stays registered until ctx ends.
func (s service) run(ctx context.Context, cfg Config) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("sample %s: %w", s.id, err)
	}
	front := newFront(s.app, s.id)
	served := make(chan struct{})
	go func() {
		defer close(served)
		if err := front.server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			cfg.Log.Error("sample service serves no more", "instance", s.id, "error", err)
		}
	}()
	defer func() {
		front.server.Close()
		<-served
	}()
	if err := s.live(ctx, cfg, front, ln.Addr().(*net.TCPAddr)); err != nil && ctx.Err() == nil {
		return fmt.Errorf("sample %s: %w", s.id, err)
	}
	return nil
}

// live registers, changes its status if it is moody, and unregisters when ctx
// ends.
func (s service) live(ctx context.Context, cfg Config, front *front, at *net.TCPAddr) error {
	nodes, err := client.New(client.Config{WriteNodes: cfg.WriteNodes, Log: cfg.Log})
	if err != nil {
		return err
	}
	defer nodes.Close()
	registration, err := nodes.Register(ctx, s.instance(at))
	if err != nil {
		return fmt.Errorf("register: %w", err)
	}
	if s.moody {
		err = s.change(ctx, cfg, front, registration)
	} else {
		<-ctx.Done()
	}
	leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTimeout)
	defer cancel()
	return errors.Join(err, registration.Unregister(leave))
}

// change goes out of service and comes back, until ctx ends.
func (s service) change(ctx context.Context, cfg Config, front *front, registration *client.Registration) error {
	ticker := time.NewTicker(cfg.Mood)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		status := front.turn()
		err := registration.Update(ctx, func(in *model.Instance) { in.Status = status })
		if err != nil && ctx.Err() == nil {
			return fmt.Errorf("say the status: %w", err)
		}
	}
}

// instance is what the sample registers.
func (s service) instance(at *net.TCPAddr) *model.Instance {
	home := fmt.Sprintf("http://%s/", at)
	return &model.Instance{
		App:            s.app,
		ID:             s.id,
		HostName:       "localhost",
		Address:        at.IP.String(),
		VIP:            s.vip,
		Status:         model.StatusUp,
		Ports:          []model.Port{{Name: "http", Number: uint16(at.Port)}},
		HomePageURL:    home,
		HealthCheckURL: home + "health",
		Metadata:       map[string]string{"sample": "true"},
	}
}
