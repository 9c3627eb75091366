package server

import (
	"net/http"
	"time"

	"heureka/cluster"
	"heureka/wire"
)

// status is the body of GET /api/v1/status.
type status struct {
	Node     string       `json:"node"`
	ID       string       `json:"id"` // of this run
	Role     cluster.Role `json:"role"`
	Ready    bool         `json:"ready"`
	Stale    bool         `json:"stale"`  // no write node is heard
	Behind   bool         `json:"behind"` // something that was heard of is missing
	Draining bool         `json:"draining"`

	Instances int    `json:"instances"` // in the view
	Live      int    `json:"live"`      // in the map
	Digest    string `json:"digest"`    // of the map: equal on nodes that hold the same
	Changes   uint64 `json:"changes"`   // of the view since the node started
	// Unconfirmed is how many instances write nodes restored or took over, or are
	// about to, whose clients haven't spoken to them.
	Unconfirmed int `json:"unconfirmed"`

	Sessions   int      `json:"sessions"`
	Opening    int      `json:"opening"` // of these, who haven't been told everything yet
	Fleet      fleet    `json:"fleet"`
	Groups     int      `json:"groups"`
	References int      `json:"references"`
	Members    []member `json:"members"`
}

// serveStatus answers GET /api/v1/status, also while the node isn't ready.
func (s *Server) serveStatus(w http.ResponseWriter, _ *http.Request) {
	st := s.state.Load()
	in, opening, _ := s.sessions.tally()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, status{
		Node: s.self.Name, ID: s.self.ID.String(), Role: cluster.Read,
		Ready: st.ready, Stale: st.stale, Behind: st.behind, Draining: s.sessions.check() != nil,
		Instances: st.hub.Instances, Live: st.entries, Digest: wire.FormatHash(st.digest), Changes: st.number,
		Sessions: in, Opening: opening, Fleet: s.fleetOf(st, in), Groups: st.hub.Groups, References: st.hub.References,
		Members: st.members, Unconfirmed: st.unconfirmed,
	})
}

// membersOf lists the nodes that are heard.
func membersOf(r *cluster.Replica, now time.Duration) []member {
	out := []member{}
	for _, m := range r.Members(now) {
		if m.Beacon == nil {
			continue
		}
		out = append(out, member{
			Name: m.Incarnation.Name, ID: m.Incarnation.ID.String(), Role: m.Role, HTTP: m.Beacon.HTTP,
			Ready: m.Beacon.Ready, Live: m.Beacon.Live, Digest: wire.FormatHash(m.Beacon.Digest),
			Unconfirmed: m.Beacon.Unconfirmed,
		})
	}
	return out
}
