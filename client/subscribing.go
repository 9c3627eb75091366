package client

import (
	"context"
	"fmt"
	"slices"
	"time"

	"heureka/client/line"
	"heureka/interest"
	"heureka/wire"
)

// run keeps the subscription connected until it is over.
func (s *Subscription) run(ctx context.Context) {
	defer close(s.done)
	defer s.stop()
	s.conversation.run(ctx)
	s.end(ctx.Err())
}

// end concludes the subscription; only the first reason counts.
func (s *Subscription) end(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conclude(err)
}

// conclude is end for who holds the lock.
func (s *Subscription) conclude(err error) {
	if s.err != nil {
		return
	}
	s.err = err
	s.stop() // the conversation says goodbye
	for _, w := range s.asked {
		w.err = err
		close(w.done)
	}
	s.asked = nil
	s.announce()
}

// next takes an event. If there is none, changed is closed when there may be.
func (s *Subscription) next() (event Event, ok bool, changed <-chan struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if event, ok = s.mirror.Next(); ok {
		return event, true, nil, nil
	}
	return Event{}, false, s.change(), s.err
}

// synced reports whether the view has been complete. If it hasn't, changed is
// closed when it may be.
func (s *Subscription) synced() (synced bool, changed <-chan struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mirror.Status().Synced, s.change(), s.err
}

// change returns the channel that the next change closes. The caller holds the lock.
func (s *Subscription) change() <-chan struct{} {
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
}

// announce wakes everybody who waits for a change. The caller holds the lock.
func (s *Subscription) announce() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// because adds why there is no connection to an error.
func (s *Subscription) because(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cause == nil {
		return err
	}
	return fmt.Errorf("%w (no connection: %w)", err, s.cause)
}

// ask wants other interests.
func (s *Subscription) ask(interests []interest.Interest) (*wish, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	w := &wish{id: s.mirror.SetInterests(interests), done: make(chan struct{})}
	s.asked = append(s.asked, w)
	s.drain()
	return w, nil
}

// forget lets go of interests that nobody waits for any more.
func (s *Subscription) forget(w *wish) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = slices.DeleteFunc(s.asked, func(other *wish) bool { return other == w })
}

// drain takes over what the mirror wants done. The caller holds the lock.
func (s *Subscription) drain() {
	effects := s.mirror.Drain()
	s.frames = append(s.frames, effects.Frames...)
	if effects.Departure != nil {
		s.departure = effects.Departure
	}
	if effects.Refused != "" {
		s.conversation.log.Info("not resumed", "reason", effects.Refused)
	}
	for _, settled := range effects.Settled {
		s.asked = slices.DeleteFunc(s.asked, func(w *wish) bool {
			if w.id < settled.First || w.id > settled.Last {
				return false
			}
			w.err = settled.Err
			close(w.done)
			return true
		})
	}
	if effects.Failed != nil {
		s.conclude(fmt.Errorf("client: subscribe: %w", effects.Failed))
	}
	s.announce()
	s.conversation.poked()
}

// The rest is what the conversation calls.

func (s *Subscription) wanted() bool { return true }

func (s *Subscription) connect(now time.Duration, format wire.Format) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cause = nil
	s.mirror.Connect(now, format)
	s.drain()
}

func (s *Subscription) receive(now time.Duration, messages []wire.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range messages {
		s.mirror.Receive(now, m)
	}
	s.drain()
}

func (s *Subscription) tick(now time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mirror.Tick(now)
	s.drain()
}

func (s *Subscription) due() (time.Duration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mirror.Due()
}

func (s *Subscription) lost(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cause = err
	s.mirror.Lost()
	s.drain()
	s.frames, s.departure = nil, nil
}

func (s *Subscription) take() ([][]byte, *line.Departure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	frames, departure := s.frames, s.departure
	s.frames, s.departure = nil, nil
	return frames, departure
}
