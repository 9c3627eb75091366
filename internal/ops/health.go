package ops

import (
	"encoding/json"
	"net/http"
)

// The paths of the probes on the service port.
const (
	PathLive  = "/livez"
	PathReady = "/readyz"
)

// health is the body of a probe's answer.
type health struct {
	Status string `json:"status"`
	Reason string `json:"reason,omitempty"`
}

// Liveness answers 200 as long as the process can answer at all. It asks nothing
// of the rest of the node: a node that is cut off or not ready would gain
// nothing from being restarted.
func Liveness() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, health{Status: "live"})
	})
}

// Readiness answers 200 while check returns nil, otherwise 503 with the error's
// text as the reason. Check is called for each request, on the request's
// goroutine.
func Readiness(check func() error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err := check(); err != nil {
			answer(w, http.StatusServiceUnavailable, health{Status: "not ready", Reason: err.Error()})
			return
		}
		answer(w, http.StatusOK, health{Status: "ready"})
	})
}

// answer writes the body. A peer that has gone meanwhile is no concern of ours.
func answer(w http.ResponseWriter, status int, body health) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
