package client

import (
	"context"
	"fmt"
	"sync"
	"time"

	"heureka/client/line"
	"heureka/client/roster"
	"heureka/model"
	"heureka/wire"
)

// registrar is the roster of a Client behind a lock, and the application's
// handles on what is in it.
type registrar struct {
	conversation *conversation

	mu        sync.Mutex // guards everything below, and the Registrations' state
	roster    *roster.Roster
	handles   map[uint64]*Registration // by the roster's id
	frames    [][]byte                 // not written yet
	departure *line.Departure
	cause     error // of the last failure to connect or stay connected; nil while connected
	closed    bool
}

func newRegistrar(cfg roster.Config) *registrar {
	return &registrar{roster: roster.New(cfg), handles: make(map[uint64]*Registration)}
}

// run keeps the registrations alive until ctx ends.
func (r *registrar) run(ctx context.Context) {
	r.conversation.run(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for _, h := range r.handles {
		h.finish(ErrClosed)
	}
}

// register makes a handle and its first wish.
func (r *registrar) register(inst *model.Instance) (*Registration, *wish, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, nil, ErrClosed
	}
	id, err := r.roster.Register(inst)
	if err != nil {
		return nil, nil, fmt.Errorf("client: %w", err)
	}
	h := &Registration{
		registrar: r,
		key:       inst.Key(),
		turn:      make(chan struct{}, 1),
		done:      make(chan struct{}),
		last:      inst,
		wishes:    make(map[uint64]*wish),
	}
	r.handles[id] = h
	w := h.wish(id)
	r.drain()
	return h, w, nil
}

// update wants a living registration to say what change makes of it.
func (r *registrar) update(h *Registration, change func(*model.Instance) *model.Instance) (*wish, error) {
	r.mu.Lock()
	ended, want := h.ended(), h.last
	r.mu.Unlock()
	if ended != nil {
		return nil, ended
	}
	inst := change(want.Clone()) // the application's code, so without the lock; h.turn holds off others
	if inst == nil || inst.Canonical().Key() != h.key {
		return nil, fmt.Errorf("client: update %s: the key of a registration can't change", h.key)
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	if err := h.ended(); err != nil {
		return nil, err
	}
	id, err := r.roster.Update(inst)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	h.last = inst
	w := h.wish(id)
	r.drain()
	return w, nil
}

// unregister wants a registration gone. The handle lives on only to hear of it.
func (r *registrar) unregister(h *Registration) (*wish, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if h.leaving != nil {
		return h.leaving, nil
	}
	if err := h.ended(); err != nil {
		return nil, err
	}
	id, err := r.roster.Unregister(h.key)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	h.leaving = h.wish(id)
	r.drain()
	return h.leaving, nil
}

// drain takes over what the roster wants done. The caller holds the lock.
func (r *registrar) drain() {
	effects := r.roster.Drain()
	r.frames = append(r.frames, effects.Frames...)
	if effects.Departure != nil {
		r.departure = effects.Departure
	}
	for _, s := range effects.Settled {
		h := r.handles[s.ID]
		if h == nil {
			continue
		}
		if s.Ended {
			delete(r.handles, s.ID)
			h.conclude(s.Err)
			continue
		}
		h.settle(s.Wish, s.Err)
		if h.leaving == nil {
			h.last = r.roster.Want(h.key) // what it was before, if the wish was refused
		}
	}
	r.conversation.poked()
}

func (r *registrar) wanted() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.roster.Len() > 0
}

func (r *registrar) connect(now time.Duration, format wire.Format) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cause = nil
	r.roster.Connect(now, format)
	r.drain()
}

func (r *registrar) receive(now time.Duration, messages []wire.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range messages {
		r.roster.Receive(now, m)
	}
	r.drain()
}

func (r *registrar) tick(now time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.roster.Tick(now)
	r.drain()
}

func (r *registrar) due() (time.Duration, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.roster.Due()
}

func (r *registrar) lost(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cause = err
	r.roster.Lost()
	r.drain()
	r.frames, r.departure = nil, nil
}

func (r *registrar) take() ([][]byte, *line.Departure) {
	r.mu.Lock()
	defer r.mu.Unlock()
	frames, departure := r.frames, r.departure
	r.frames, r.departure = nil, nil
	return frames, departure
}
