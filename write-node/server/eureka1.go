package server

import (
	"context"
	"errors"
	"fmt"

	"heureka/cluster"
	"heureka/eureka1"
	"heureka/eureka1/rules"
	"heureka/model"
	"heureka/registry"
	"heureka/write-node/api"
	"heureka/write-node/owner"
)

// eurekaNode is the node as the handler of Eureka 1 requests sees it.
type eurekaNode struct{ *Server }

func (s *Server) newEureka1() *eureka1.Handler {
	self := eureka1.Self{Name: s.self.Name, HTTP: s.advertised(), Cluster: s.config.Cluster}
	node := eurekaNode{s}
	return eureka1.NewHandler(s.config.Eureka1, self, node, s.loop.eureka1, node, nil, "heureka_write_", s.registry, s.log)
}

func (n eurekaNode) State() eureka1.State {
	return eureka1.State{Ready: n.state.Load().ready, Leaving: n.isDraining()}
}

func (n eurekaNode) Peers() []eureka1.Peer {
	var peers []eureka1.Peer
	for _, m := range n.state.Load().members {
		peers = append(peers, eureka1.Peer{HTTP: m.HTTP, Write: m.Role == cluster.Write, Ready: m.Ready})
	}
	return peers
}

// Do has f called by the loop, unless the node takes no clients.
func (n eurekaNode) Do(ctx context.Context, looks bool, f func(rules.Registry)) (done model.Dot, err error) {
	if refused := n.refusal.Load(); refused != nil {
		return model.Dot{}, refused
	}
	var dot model.Dot
	err = n.command(ctx, looks, func(o *owner.Owner, now model.Moment) {
		before := o.Replica().Authored()
		f(eurekaRegistry{o, now})
		if dot = o.Replica().Authored(); dot == before {
			dot = model.Dot{}
		}
	})
	if err != nil {
		return model.Dot{}, err // the loop may be writing dot
	}
	return dot, nil
}

// Look has f called by the loop.
func (n eurekaNode) Look(ctx context.Context, f func(*registry.View)) error {
	return n.command(ctx, true, func(o *owner.Owner, _ model.Moment) { f(o.Replica().View()) })
}

// command has f called by the loop, and waits until what it did has been published,
// unless it only looks.
func (n eurekaNode) command(ctx context.Context, looks bool, f func(*owner.Owner, model.Moment)) error {
	done := make(chan struct{})
	err := n.loop.Do(ctx, api.Command{Apply: f, Done: func() { close(done) }, Looks: looks})
	if err != nil {
		return fmt.Errorf("the request ended before its turn came: %w", err)
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("the request ended before its answer was there: %w", ctx.Err())
	}
}

// eurekaRegistry is the owner as the rules of Eureka 1 see it, at one moment.
type eurekaRegistry struct {
	owner *owner.Owner
	now   model.Moment
}

func (r eurekaRegistry) Get(key model.Key) (*model.Instance, model.Version, error) {
	inst, version, err := r.owner.Get(key)
	return inst, version, ruling(err)
}

func (r eurekaRegistry) Changed(key model.Key) (int64, model.Version, error) {
	inst, version, err := r.owner.Shown(key)
	return inst.LastChangedMs(), version, ruling(err)
}

func (r eurekaRegistry) Said(key model.Key) *model.Instance {
	if e := r.owner.Replica().Map().Get(key); e.Live() {
		return e.Instance.Unpack()
	}
	return nil
}

func (r eurekaRegistry) Put(inst *model.Instance) error {
	_, err := r.owner.PutPlain(inst, r.now)
	return ruling(err)
}

func (r eurekaRegistry) Renew(key model.Key) error { return ruling(r.owner.RenewPlain(key, r.now)) }

func (r eurekaRegistry) Amend(key model.Key, change func(*model.Instance)) error {
	_, err := r.owner.Amend(key, change, r.now)
	return ruling(err)
}

func (r eurekaRegistry) Remove(key model.Key) error { return ruling(r.owner.DeletePlain(key, r.now)) }

func (r eurekaRegistry) Override(key model.Key, status model.Status) error {
	_, err := r.owner.Override(key, status, r.now)
	return ruling(err)
}

func (r eurekaRegistry) ClearOverride(key model.Key) error {
	return ruling(r.owner.ClearOverride(key, r.now))
}

// ruling says what an owner says in the words of the rules.
func ruling(err error) error {
	switch {
	case errors.Is(err, owner.ErrNotFound):
		return rules.ErrNotFound
	case errors.Is(err, owner.ErrBehind), errors.Is(err, owner.ErrForwards):
		return fmt.Errorf("%w: %w", rules.ErrElsewhere, err)
	default:
		return err
	}
}
