package client

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"heureka/client/line"
	"heureka/client/mirror"
	"heureka/interest"
	"heureka/model"
)

// Event is one step of what a subscription shows.
type Event = mirror.Event

// EventType tells what an Event is about.
type EventType = mirror.EventType

// The types of event.
const (
	Added    = mirror.Added
	Modified = mirror.Modified
	Removed  = mirror.Removed
	Synced   = mirror.Synced
)

// Subscribe subscribes to every instance that matches any of the interests. It
// returns at once and connects in the background; Synced waits for the first
// complete view. The subscription lives until Close, until ctx ends, or until the
// nodes refuse the interests for good.
func (c *Client) Subscribe(ctx context.Context, interests ...interest.Interest) (*Subscription, error) {
	return c.SubscribeWith(ctx, SubscribeOptions{}, interests...)
}

// SubscribeOptions shape one subscription. A zero field means its default.
type SubscribeOptions struct {
	// Pace is the shortest time between two frames that nodes are asked for, in whole
	// milliseconds: changes of one instance within it come as one. A first snapshot
	// comes without. Default: none, each change comes at once.
	Pace time.Duration
}

// SubscribeWith is Subscribe with options.
func (c *Client) SubscribeWith(ctx context.Context, o SubscribeOptions, interests ...interest.Interest) (*Subscription, error) {
	if o.Pace < 0 {
		return nil, errors.New("client: a pace must not be negative")
	}
	if len(c.readNodes) == 0 {
		return nil, fmt.Errorf("%w: ReadNodes", ErrNoNodes)
	}
	if len(interests) == 0 {
		return nil, ErrNoInterests
	}
	ctx, stop := context.WithCancel(ctx)
	s := &Subscription{
		stop:   stop,
		done:   make(chan struct{}),
		mirror: mirror.New(c.cfg.mirror(o), interests),
	}
	s.conversation = c.converse(s, c.readNodes, "subscription")

	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		stop()
		return nil, ErrClosed
	}
	c.subscriptions[s] = struct{}{}
	c.running.Go(func() {
		s.run(ctx)
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.subscriptions, s)
	})
	return s, nil
}

// Subscription is a live view of the instances that match its interests. All
// methods may be called from any goroutine; each event goes to one caller of Next.
//
// Instances that it hands out are shared and must not be changed: Clone them.
type Subscription struct {
	conversation *conversation
	stop         context.CancelFunc
	done         chan struct{} // closed when its goroutine has ended

	mu        sync.Mutex // guards everything below
	mirror    *mirror.Mirror
	frames    [][]byte // not written yet
	departure *line.Departure
	asked     []*wish       // SetInterests that wait
	changed   chan struct{} // closed at the next change; nil if nobody waits
	cause     error         // of the last failure to connect or stay connected; nil while connected
	err       error         // why it is over
}

// Next returns the next event and waits for one if there is none. Events of one
// instance come in order; of several that wait, the application gets one, from
// what it was told last to what is there now. After the subscription's end the
// remaining events come, and then its error (see Err).
func (s *Subscription) Next(ctx context.Context) (Event, error) {
	for {
		event, ok, changed, err := s.next()
		if ok {
			return event, nil
		}
		if err != nil {
			return Event{}, err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Event{}, ctx.Err()
		}
	}
}

// Synced returns once the view has been complete for the first time.
func (s *Subscription) Synced(ctx context.Context) error {
	for {
		synced, changed, err := s.synced()
		if synced {
			return nil
		}
		if err != nil {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("client: not synced: %w", s.because(ctx.Err()))
		}
	}
}

// Snapshot returns what is there now, ordered by application and id. It holds
// the last known while there is no connection. It doesn't take events: those
// that led here still come from Next.
func (s *Subscription) Snapshot() []*model.Instance {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mirror.All()
}

// Get returns an instance that is there now, nil if it isn't.
func (s *Subscription) Get(key model.Key) *model.Instance {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mirror.Get(key)
}

// Revision changes whenever what Snapshot returns does.
func (s *Subscription) Revision() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mirror.Revision()
}

// SetInterests replaces the interests and returns once the view is complete for
// the new ones. What matches both is untouched, what only the old ones matched
// comes as removed, what only the new ones match as added. If a node refuses them
// (a *wire.Error says why) those before hold. If ctx ends first, they stay
// wanted. Of calls that overlap the last one counts.
func (s *Subscription) SetInterests(ctx context.Context, interests ...interest.Interest) error {
	if len(interests) == 0 {
		return ErrNoInterests
	}
	w, err := s.ask(slices.Clone(interests))
	if err != nil {
		return err
	}
	select {
	case <-w.done:
	case <-ctx.Done():
		s.forget(w)
		return fmt.Errorf("client: set interests: %w", s.because(ctx.Err()))
	}
	if w.err != nil {
		return fmt.Errorf("client: set interests: %w", w.err)
	}
	return nil
}

// SubscriptionStatus tells how a subscription stands.
type SubscriptionStatus struct {
	// Synced says that the view has been complete at least once; Connected that
	// the present connection has told everything at least once.
	Synced, Connected bool
	// Stale says that the view may be old: it isn't connected, or the node is
	// itself cut off.
	Stale bool
	// Node is the name of the node, if there is one.
	Node string
	// Count is the number of instances, Pending that of the events to take.
	Count, Pending int
	// Repairs counts how often what the client held differed from what the node
	// said it should: each was repaired by asking again, here or elsewhere.
	Repairs uint64
	// Resumes counts connections on which only what was missed had to be told,
	// Refusals those whose node said that it couldn't: it told everything.
	Resumes, Refusals uint64
	// Cause is why there is no connection; nil while there is one.
	Cause error
}

// Status returns how the subscription stands.
func (s *Subscription) Status() SubscriptionStatus {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.mirror.Status()
	return SubscriptionStatus{
		Synced:    st.Synced,
		Connected: st.Level,
		Stale:     st.Stale,
		Node:      st.Node,
		Count:     st.Count,
		Pending:   st.Pending,
		Repairs:   st.Repairs,
		Resumes:   st.Resumes,
		Refusals:  st.Refusals,
		Cause:     s.cause,
	}
}

// Err returns nil while the subscription lives, then why it is over: ErrClosed,
// the error of Subscribe's context, or the *wire.Error of the node that refused
// the interests.
func (s *Subscription) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Close ends the subscription and returns when its goroutine has ended. The view
// stays readable.
func (s *Subscription) Close() {
	s.end(ErrClosed)
	<-s.done
}
