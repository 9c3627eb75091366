package server

import (
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"

	"heureka/internal/ops"
	"heureka/read-node/session"
	"heureka/wire"
)

// headerStale says whether an answer may be old, because the node hears no write
// node.
const headerStale = "Heureka-Stale"

// handler serves the service port.
func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+ops.PathLive, ops.Liveness())
	mux.Handle("GET "+ops.PathReady, ops.Readiness(s.check))
	mux.HandleFunc(wire.PathSubscriptions, s.serveSubscription)
	mux.HandleFunc("GET /api/v1/status", s.serveStatus)
	mux.HandleFunc("GET /api/v1/apps", s.query(s.serveApps))
	mux.HandleFunc("GET /api/v1/apps/{app}/instances", s.query(s.serveApp))
	mux.HandleFunc("GET /api/v1/apps/{app}/instances/{id}", s.query(s.serveInstance))
	mux.HandleFunc("GET /api/v1/instances", s.query(s.serveInstances))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		session.WriteError(w, wire.NewError(wire.CodeNotFound, "nothing answers %.20s %.200q here: try /api/v1/apps or /api/v1/status", r.Method, r.URL.Path))
	})
	return s.eureka1.Before(mux)
}

// serveSubscription makes a session of a websocket. Who can't be served is told
// so before the handshake: that costs least.
func (s *Server) serveSubscription(w http.ResponseWriter, r *http.Request) {
	if !s.state.Load().ready {
		s.refuse(w, notReady())
		return
	}
	id, refusal := s.sessions.admit()
	if refusal != nil {
		s.refuse(w, refusal)
		return
	}
	if !s.acceptor.Serve(w, r, id) {
		s.sessions.leave(id)
	}
}

// query wraps a plain HTTP query: it is refused while the view isn't complete or
// too many are being answered, and its answer says whether it may be old.
func (s *Server) query(serve func(http.ResponseWriter, *http.Request) *wire.Error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		state := s.state.Load()
		if !state.ready {
			s.refuse(w, notReady())
			return
		}
		select {
		case s.queries <- struct{}{}:
			defer func() { <-s.queries }()
		default:
			s.refuse(w, wire.NewError(wire.CodeOverloaded, "%d queries are being answered, no more are allowed", cap(s.queries)))
			return
		}
		s.metrics.queries.Inc()
		header := w.Header()
		header.Set("Content-Type", "application/json")
		header.Set("Cache-Control", "no-store")
		header.Set(headerStale, strconv.FormatBool(state.stale))
		if err := serve(w, r); err != nil {
			s.refuse(w, err)
		}
	}
}

// refuse answers by an error. Who finds the node full is told when to come back, each
// at another time.
func (s *Server) refuse(w http.ResponseWriter, err *wire.Error) {
	s.metrics.count(err.Code)
	if err.Code == wire.CodeOverloaded {
		seconds := math.Ceil(rand.N(s.config.RetryAfter).Seconds())
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(seconds))))
	}
	session.WriteError(w, err)
}

func notReady() *wire.Error {
	return wire.NewError(wire.CodeNotReady, "the view isn't complete yet")
}
