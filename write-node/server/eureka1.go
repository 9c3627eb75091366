package server

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"heureka/cluster"
	"heureka/eureka1"
	"heureka/eureka1/rules"
	"heureka/model"
	"heureka/registry"
	"heureka/write-node/api"
	"heureka/write-node/owner"
)

// eurekaNode is the node as the handler of Eureka 1 requests sees it.
type eurekaNode struct {
	*Server
	errands *sync.Pool // of *errand
}

func (s *Server) newEureka1() *eureka1.Handler {
	self := eureka1.Self{Name: s.self.Name, HTTP: s.advertised(), Cluster: s.config.Cluster}
	node := eurekaNode{s, &sync.Pool{New: func() any { return newErrand() }}}
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

// Do has f called as Look does, unless the node takes no clients, or stood still.
func (n eurekaNode) Do(ctx context.Context, looks bool, f func(rules.Registry)) (done model.Dot, err error) {
	if refused := n.refusal.Load(); refused != nil {
		return model.Dot{}, refused
	}
	e := n.errands.Get().(*errand)
	e.words = f
	if err := n.send(ctx, e, looks); err != nil {
		return model.Dot{}, err // the loop may still have it
	}
	done, err, e.words = e.dot, e.err, nil
	n.errands.Put(e)
	return done, err
}

// Look has f called by the loop, or on this goroutine while that waits.
func (n eurekaNode) Look(ctx context.Context, f func(*registry.View)) error {
	e := newErrand()
	e.apply = func(o *owner.Owner, _ model.Moment) { f(o.Replica().View()) }
	return n.send(ctx, e, true)
}

// errand is what a request wants done, on its way to the loop and back. One that has
// come back is used again.
type errand struct {
	words    func(rules.Registry)
	registry eurekaRegistry
	dot      model.Dot     // the last that the words authored
	err      error         // why they weren't called
	back     chan struct{} // takes one

	apply func(*owner.Owner, model.Moment) // its methods, as values that are made once
	done  func()
}

func newErrand() *errand {
	e := &errand{back: make(chan struct{}, 1)}
	e.apply = e.run
	e.done = func() { e.back <- struct{}{} }
	return e
}

// run runs where the owner is. A node that stood still refuses a batch as a whole, not item
// by item: then its sender repeats it.
func (e *errand) run(o *owner.Owner, now model.Moment) {
	if e.dot, e.err = (model.Dot{}), nil; o.Wakes(now) {
		e.err = owner.ErrWaking
		return
	}
	before := o.Replica().Authored()
	e.registry = eurekaRegistry{o, now}
	e.words(&e.registry)
	if e.dot = o.Replica().Authored(); e.dot == before {
		e.dot = model.Dot{}
	}
}

// send has the loop run an errand, and waits until what it did has been published,
// unless it only looks.
func (n eurekaNode) send(ctx context.Context, e *errand, looks bool) error {
	err := n.loop.Do(ctx, api.Command{Apply: e.apply, Done: e.done, Looks: looks})
	if err != nil {
		return fmt.Errorf("the request ended before its turn came: %w", err)
	}
	select {
	case <-e.back:
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
