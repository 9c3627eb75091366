package server

import (
	"encoding/json"
	"net/http"

	"heureka/cluster"
	"heureka/internal/ops"
	"heureka/wire"
	"heureka/write-node/lease"
)

// status is the body of GET /api/v1/status.
type status struct {
	Node     string       `json:"node"`
	ID       string       `json:"id"` // of this run: with the node's name, the incarnation
	Role     cluster.Role `json:"role"`
	Ready    bool         `json:"ready"`
	Behind   bool         `json:"behind"` // something that was heard of is missing
	Draining bool         `json:"draining"`

	Live       int               `json:"live"` // instances in the map
	Tombstones int               `json:"tombstones"`
	Digest     string            `json:"digest"` // of the map: equal on nodes that hold the same
	Vector     map[string]uint64 `json:"vector"` // by incarnation

	// Unconfirmed is how many of the instances that this node owns, or is about to,
	// were restored or taken over and have clients that haven't spoken to it.
	Unconfirmed int         `json:"unconfirmed"`
	Store       storeStatus `json:"store"`

	Connections int                   `json:"connections"`
	Clients     clients               `json:"clients"`
	Leases      map[string]leaseClass `json:"leases"` // by class
	// Queue lists the first leases that have ended and wait for their eviction.
	Queue     []queuedLease `json:"queue"`
	Members   []member      `json:"members"`
	Namesakes int           `json:"namesakes"` // other write nodes that bear this one's name
}

// storeStatus is what the status tells of the store.
type storeStatus struct {
	State string `json:"state"` // ok; slow or failing: acknowledgements don't wait for it; none
	Dirty int    `json:"dirty"` // entries that aren't stored as they are now
	Bytes int64  `json:"bytes"` // of the file
	Error string `json:"error,omitempty"`
}

func (k keeping) status() storeStatus {
	s := storeStatus{State: k.state(), Dirty: k.Dirty, Bytes: k.bytes}
	if k.err != nil {
		s.Error = k.err.Error()
	}
	return s
}

// leaseClass is what the status tells of own or of adopted leases.
type leaseClass struct {
	Held     int   `json:"held"`
	Queued   int   `json:"queued"`
	OldestMs int64 `json:"oldestMs"` // how long the first queued one has waited
	Quota    int   `json:"quota"`    // evictions in one window
	Left     int   `json:"left"`     // of them, now
	HoldMs   int64 `json:"holdMs"`   // how long none will be evicted at all

	Holds     map[string]int64 `json:"holds"`     // why no more may leave now, and for how many ms at most
	Releasing int              `json:"releasing"` // queued, and released by an operator
	Evicted   uint64           `json:"evicted"`   // by the quota, since the node began
	Released  uint64           `json:"released"`  // by operators, since the node began
}

// clients are those that hold own leases: connections, and instances kept by
// plain HTTP.
type clients struct {
	Heard  int `json:"heard"`
	Silent int `json:"silent"` // all leases have ended, and they didn't close their connection
}

// handler serves the service port.
func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	s.api.Handle(mux)
	mux.Handle("GET "+ops.PathLive, ops.Liveness())
	mux.Handle("GET "+ops.PathReady, ops.Readiness(s.check))
	mux.HandleFunc("GET /api/v1/status", s.serveStatus)
	return s.eureka1.Before(s.api.SameOrigin(mux))
}

// serveStatus answers GET /api/v1/status, also while the node isn't ready.
func (s *Server) serveStatus(w http.ResponseWriter, _ *http.Request) {
	st := s.state.Load()
	body := status{
		Node: s.self.Name, ID: s.self.ID.String(), Role: cluster.Write,
		Ready: st.ready, Behind: st.behind, Draining: s.isDraining(),
		Live: st.entries, Tombstones: st.tombstones, Digest: wire.FormatHash(st.digest),
		Vector:      make(map[string]uint64),
		Unconfirmed: st.unconfirmed,
		Store:       st.store.status(),
		Connections: s.api.Connections(),
		Clients:     clients{st.heard, st.silent},
		Leases:      make(map[string]leaseClass),
		Queue:       st.queued,
		Members:     st.members,
		Namesakes:   st.namesakes,
	}
	for inc, seq := range st.vector {
		body.Vector[inc.String()] = seq
	}
	for c, l := range st.leases {
		body.Leases[lease.Class(c).String()] = leaseClass{
			Held: l.Held, Queued: l.Queued, OldestMs: l.Oldest.Milliseconds(),
			Quota: l.Quota, Left: l.Left, HoldMs: l.Hold.Milliseconds(),
			Holds: l.Holds.Milliseconds(), Releasing: l.Releasing, Evicted: st.counts.Evicted[c], Released: st.counts.Released[c],
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(body) // a peer that has gone needs no answer
}
