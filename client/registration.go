package client

import (
	"context"
	"fmt"

	"heureka/model"
)

// Register registers an instance and returns once a node has acknowledged it.
// From then on the client keeps it registered, through the death of any node,
// until Unregister or Close. The instance is copied.
//
// It returns an error if the nodes can't accept the instance (a *wire.Error that
// says why), if its key is registered through this client already, or if ctx ends
// first; then the instance is withdrawn again.
func (c *Client) Register(ctx context.Context, inst *model.Instance) (*Registration, error) {
	if c.registrar == nil {
		return nil, fmt.Errorf("%w: WriteNodes", ErrNoNodes)
	}
	inst = inst.Clone().Canonical()
	if inst.App == "" || inst.ID == "" {
		return nil, fmt.Errorf("client: an instance needs App and ID, this has %q and %q", inst.App, inst.ID)
	}
	h, w, err := c.registrar.register(inst)
	if err != nil {
		return nil, err
	}
	if err := h.await(ctx, w, "register"); err != nil {
		c.registrar.unregister(h) // if it ended by itself, there is nothing to withdraw
		return nil, err
	}
	return h, nil
}

// Registration is an instance that the client keeps registered. All methods may
// be called from any goroutine.
type Registration struct {
	registrar *registrar
	key       model.Key
	turn      chan struct{} // held by the Update that is going on
	done      chan struct{} // closed when the registration is over

	// Guarded by the registrar's lock.
	last    *model.Instance // what it says, or is about to
	err     error           // why it is over
	leaving *wish           // of Unregister
	wishes  map[uint64]*wish
}

// wish is something that the application waits for. Its error is set before done
// is closed.
type wish struct {
	id   uint64
	done chan struct{}
	err  error
}

// Key returns the instance's key.
func (h *Registration) Key() model.Key { return h.key }

// Instance returns a copy of what the registration says: with the newest change
// that wasn't refused.
func (h *Registration) Instance() *model.Instance {
	h.registrar.mu.Lock()
	defer h.registrar.mu.Unlock()
	return h.last.Clone()
}

// Update changes the instance and returns once a node has acknowledged it. Change
// gets a copy, and must leave App and ID alone. Only the fields that differ
// travel. Updates of one registration are made one after the other.
//
// If a node refuses the change (a *wire.Error says why), the registration says
// what it said before. If ctx ends first, the change may still take effect.
func (h *Registration) Update(ctx context.Context, change func(*model.Instance)) error {
	return h.update(ctx, func(inst *model.Instance) *model.Instance {
		change(inst)
		return inst
	})
}

// Replace is Update with a whole instance, which is copied. App and ID must be
// those of the registration.
func (h *Registration) Replace(ctx context.Context, inst *model.Instance) error {
	return h.update(ctx, func(*model.Instance) *model.Instance { return inst.Clone() })
}

func (h *Registration) update(ctx context.Context, change func(*model.Instance) *model.Instance) error {
	select {
	case h.turn <- struct{}{}:
		defer func() { <-h.turn }()
	case <-ctx.Done():
		return fmt.Errorf("client: update %s: %w", h.key, ctx.Err())
	}
	w, err := h.registrar.update(h, change)
	if err != nil {
		return err
	}
	return h.await(ctx, w, "update")
}

// Unregister ends the registration and returns once a node has acknowledged it:
// the instance is gone for everybody then. If ctx ends first, the client goes on
// telling the nodes as long as it lives; the registration is over in any case.
func (h *Registration) Unregister(ctx context.Context) error {
	w, err := h.registrar.unregister(h)
	if err != nil {
		return err
	}
	return h.await(ctx, w, "unregister")
}

// Done returns a channel that is closed when the registration is over: it was
// unregistered, no node accepts it any more, or the client was closed.
func (h *Registration) Done() <-chan struct{} { return h.done }

// Err returns nil while the registration lives, then why it is over:
// ErrUnregistered, ErrClosed, or the *wire.Error of the node that refused it.
func (h *Registration) Err() error {
	h.registrar.mu.Lock()
	defer h.registrar.mu.Unlock()
	return h.err
}

// RegistrationStatus tells how a registration stands.
type RegistrationStatus struct {
	// Registered says that a node of the present connection holds it. While it is
	// false, the one before keeps it until its lease ends.
	Registered bool
	// Node is the name of the node that the client is connected to, if any.
	Node string
	// Version is the one that a node acknowledged last. It is opaque.
	Version string
	// Cause is why there is no connection; nil while there is one.
	Cause error
}

// Status returns how the registration stands.
func (h *Registration) Status() RegistrationStatus {
	r := h.registrar
	r.mu.Lock()
	defer r.mu.Unlock()
	out := RegistrationStatus{Cause: r.cause}
	if h.ended() != nil {
		return out
	}
	if s, ok := r.roster.Status(h.key); ok {
		out.Registered, out.Node, out.Version = s.Held, s.Node, s.Version
	}
	return out
}

// await returns when the wish is settled, or ctx has ended.
func (h *Registration) await(ctx context.Context, w *wish, verb string) error {
	select {
	case <-w.done:
	case <-ctx.Done():
		if cause := h.registrar.forget(h, w); cause != nil {
			return fmt.Errorf("client: %s %s: %w (no connection: %w)", verb, h.key, ctx.Err(), cause)
		}
		return fmt.Errorf("client: %s %s: %w", verb, h.key, ctx.Err())
	}
	if w.err != nil {
		return fmt.Errorf("client: %s %s: %w", verb, h.key, w.err)
	}
	return nil
}

// forget lets go of a wish that nobody waits for any more, and returns why there
// is no connection. Unregister's is kept: another call may wait for it.
func (r *registrar) forget(h *Registration, w *wish) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if w != h.leaving {
		delete(h.wishes, w.id)
	}
	return r.cause
}

// The methods below want the registrar's lock held.

func (h *Registration) wish(id uint64) *wish {
	w := &wish{id: id, done: make(chan struct{})}
	h.wishes[id] = w
	return w
}

// settle answers every wish up to that one.
func (h *Registration) settle(upTo uint64, err error) {
	for id, w := range h.wishes {
		if id <= upTo {
			h.answer(w, err)
		}
	}
}

func (h *Registration) answer(w *wish, err error) {
	w.err = err
	close(w.done)
	delete(h.wishes, w.id)
}

// conclude ends the handle of what the roster has let go of: refused for good, or
// unregistered as wished, and then no other wish came true.
func (h *Registration) conclude(err error) {
	if h.leaving != nil {
		h.answer(h.leaving, nil)
		err = ErrUnregistered
	}
	h.finish(err)
}

// finish tells everybody who waits that the registration is over.
func (h *Registration) finish(err error) {
	for _, w := range h.wishes {
		h.answer(w, err)
	}
	h.err = err
	close(h.done)
}

// ended returns why no more can be wished for, nil if it can.
func (h *Registration) ended() error {
	if h.leaving != nil {
		return ErrUnregistered
	}
	return h.err
}
