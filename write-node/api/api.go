package api

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"heureka/wire"
	"heureka/write-node/owner"
)

// API serves the clients of one write node.
type API struct {
	cfg     Config
	state   State
	metrics *Metrics
	log     *slog.Logger

	trials    sync.Pool // of *trial
	exchanges sync.Pool // of *exchange

	base  context.Context // of all sessions
	abort context.CancelCauseFunc

	mu       sync.Mutex
	lastID   owner.ConnID
	sessions map[*session]struct{}
	draining bool
	running  sync.WaitGroup // sessions; none is added once draining is set
}

// errAborted is why sessions end when the node doesn't wait any longer.
var errAborted = errors.New("aborted")

// New returns an API that takes clients for state.
func New(cfg Config, state State, metrics *Metrics, log *slog.Logger) *API {
	a := &API{cfg: cfg, state: state, metrics: metrics, log: log, sessions: make(map[*session]struct{})}
	a.trials.New, a.exchanges.New = newTrial, newExchange
	a.base, a.abort = context.WithCancelCause(context.Background())
	return a
}

// Handle adds the API's paths to a mux.
func (a *API) Handle(mux *http.ServeMux) {
	mux.HandleFunc(wire.PathRegistrations, a.serveRegistrations)
	mux.HandleFunc("/api/v1/apps/{app}/instances/{id}", a.serveInstance)
	mux.HandleFunc("/api/v1/apps/{app}/instances/{id}/renew", a.serveRenew)
	mux.HandleFunc("/api/v1/apps/{app}/instances/{id}/override", a.serveOverride)
	mux.HandleFunc(wire.PathEvictions, a.serveEvictions)
	mux.HandleFunc("/", a.serveNothing)
}

// SameOrigin refuses what a web page of another origin has a visitor's browser send:
// an order that releases evictions is a request like those of any form.
func (a *API) SameOrigin(handler http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		a.refuseWith(w, wire.NewError(wire.CodeMalformed, "a web page of another origin can't say this"), http.StatusForbidden)
	}))
	return protection.Handler(handler)
}

// Connections returns how many registration channels are open.
func (a *API) Connections() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.sessions)
}

// Drain takes no more sessions, asks each one to go elsewhere after a time of
// its own within the spread, and waits until they have left or the context ends.
// Then it closes those that are left, and returns when all have ended.
func (a *API) Drain(ctx context.Context, spread time.Duration) {
	a.each(func(s *session) {
		s.tell(&wire.GoAway{AfterMs: rand.N(max(spread, time.Millisecond)).Milliseconds()})
	})
	ended := make(chan struct{})
	go func() {
		a.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return
	case <-ctx.Done():
	}
	a.each(func(s *session) { s.tell(wire.NewError(wire.CodeDraining, "this node stops")) })
	timer := time.AfterFunc(a.cfg.Goodbye, func() { a.abort(errAborted) })
	<-ended
	timer.Stop()
}

// Abort ends all sessions at once, without a word to their clients, takes no
// more, and returns when all have ended.
func (a *API) Abort() {
	a.each(func(*session) {})
	a.abort(errAborted)
	a.running.Wait()
}

// each calls f for every session. No other is added from now on.
func (a *API) each(f func(*session)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.draining = true
	for s := range a.sessions {
		f(s)
	}
}

// admit makes room for a session, or says why there is none.
func (a *API) admit() (*session, *wire.Error) {
	if refused := a.state.Refusal(); refused != nil {
		return nil, refused
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.draining:
		return nil, wire.NewError(wire.CodeDraining, "this node stops")
	case len(a.sessions) >= a.cfg.Connections:
		return nil, wire.NewError(wire.CodeOverloaded, "%d connections are open, no more are allowed", len(a.sessions))
	}
	a.lastID++
	s := newSession(a, a.lastID)
	a.sessions[s] = struct{}{}
	a.running.Add(1)
	a.metrics.connections.Inc()
	return s, nil
}

func (a *API) dismiss(s *session) {
	s.cancel(nil)
	a.mu.Lock()
	delete(a.sessions, s)
	a.mu.Unlock()
	a.metrics.connections.Dec()
	a.running.Done()
}
