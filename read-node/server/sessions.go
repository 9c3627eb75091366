package server

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"heureka/interest"
	"heureka/read-node/fanout"
	"heureka/read-node/session"
	"heureka/wire"
)

// sessions lets subscribers in and sees them out. It stands between them and the
// loop, so that it knows who is there whatever the loop is doing.
type sessions struct {
	loop   *loop
	limits limits

	mu      sync.Mutex
	last    fanout.SessionID
	guests  guests // who is in: some of them on their way to open
	open    map[fanout.SessionID]*session.Session
	ending  bool        // the node is about to stop
	refusal *wire.Error // for everyone, once set
	killed  bool
	running sync.WaitGroup // none is added once refusal is set
}

// limits bounds who is let in.
type limits struct {
	sessions int
	opening  int           // of these, who haven't been told everything yet
	openFor  time.Duration // nobody counts among those for longer
}

func newSessions(loop *loop, limits limits) *sessions {
	return &sessions{
		loop: loop, limits: limits, guests: newGuests(limits.openFor, obeyWithin),
		open: make(map[fanout.SessionID]*session.Session),
	}
}

// admit lets one more in. It leaves when its session is closed, or, if it became
// none, by leave.
func (ss *sessions) admit() (fanout.SessionID, *wire.Error) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	now := time.Now()
	opening, _ := ss.guests.count(now)
	switch let := len(ss.guests.all); {
	case ss.refusal != nil:
		return 0, ss.refusal
	case let >= ss.limits.sessions:
		return 0, wire.NewError(wire.CodeOverloaded, "%d subscribers are connected, no more are allowed", let)
	case opening >= ss.limits.opening:
		return 0, wire.NewError(wire.CodeOverloaded, "%d subscribers are being told everything, no more at once are allowed", opening)
	}
	ss.last++
	ss.guests.add(ss.last, now)
	ss.running.Add(1)
	return ss.last, nil
}

// opened tells that a session has been told everything.
func (ss *sessions) opened(id fanout.SessionID) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ss.guests.opened(id)
}

func (ss *sessions) leave(id fanout.SessionID) {
	ss.mu.Lock()
	ss.guests.remove(id)
	ss.mu.Unlock()
	ss.running.Done()
}

// count returns how many are in.
func (ss *sessions) count() int {
	in, _, _ := ss.tally()
	return in
}

// tally returns how many are in, how many of them are opening, and how many are on
// their way out.
func (ss *sessions) tally() (in, opening, leaving int) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	opening, leaving = ss.guests.count(time.Now())
	return len(ss.guests.all), opening, leaving
}

// Open passes a session on to the loop. One that was let in before the node drained
// may come after all others were told so.
func (ss *sessions) Open(s *session.Session) {
	ss.mu.Lock()
	ss.open[s.ID] = s
	killed, refusal := ss.killed, ss.refusal
	ss.mu.Unlock()
	switch {
	case killed:
		s.Kill()
	case refusal != nil:
		s.Stop(refusal)
	}
	ss.loop.Open(s)
}

// Subscribe passes a Subscribe on to the loop.
func (ss *sessions) Subscribe(s *session.Session, m *wire.Subscribe, set interest.Set) {
	ss.loop.Subscribe(s, m, set)
}

// Written passes on that a frame has left that had not at once.
func (ss *sessions) Written(s *session.Session) { ss.loop.Written(s) }

// Close tells the loop that a session has ended, and lets it leave.
func (ss *sessions) Close(s *session.Session) {
	ss.mu.Lock()
	delete(ss.open, s.ID)
	ss.mu.Unlock()
	ss.loop.Close(s)
	ss.leave(s.ID)
}

// end says that the node is about to stop. Who comes is still let in.
func (ss *sessions) end() {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ss.ending = true
}

// drain lets no more in, asks everyone to go elsewhere within the spread, and
// waits until they have or the context ends. Then it closes those that are left
// and returns when all have gone.
func (ss *sessions) drain(ctx context.Context, spread time.Duration) {
	draining := stopping()
	ss.refuse(draining)
	ss.each(func(s *session.Session) { s.GoAway(rand.N(max(spread, time.Millisecond))) })
	gone := make(chan struct{})
	go func() {
		ss.running.Wait()
		close(gone)
	}()
	select {
	case <-gone:
	case <-ctx.Done():
		ss.each(func(s *session.Session) { s.Stop(draining) })
		<-gone
	}
}

// kill closes all sockets without a word and returns when everyone has gone.
func (ss *sessions) kill() {
	ss.refuse(stopping())
	ss.mu.Lock()
	ss.killed = true
	ss.mu.Unlock()
	ss.each((*session.Session).Kill)
	ss.running.Wait()
}

func (ss *sessions) refuse(err *wire.Error) {
	ss.mu.Lock()
	ss.refusal = err
	ss.mu.Unlock()
}

func (ss *sessions) each(f func(*session.Session)) {
	ss.mu.Lock()
	all := slices.Collect(maps.Values(ss.open))
	ss.mu.Unlock()
	for _, s := range all {
		f(s)
	}
}

// check reports why the node shouldn't get subscribers.
func (ss *sessions) check() error {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if ss.ending || ss.refusal != nil {
		return errors.New(stopping().Message)
	}
	return nil
}
