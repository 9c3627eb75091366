package sample

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"heureka/model"
)

// readTimeout bounds how long a request to a sample may take to arrive.
const readTimeout = 5 * time.Second

// front is the HTTP side of a sample: it says who it is, and how it is.
type front struct {
	server *http.Server
	app    string
	id     string

	mu     sync.Mutex
	status model.Status
}

func newFront(app, id string) *front {
	f := &front{app: app, id: id, status: model.StatusUp}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { f.answer(w, http.StatusOK) })
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		if f.now() == model.StatusUp {
			f.answer(w, http.StatusOK)
		} else {
			f.answer(w, http.StatusServiceUnavailable)
		}
	})
	f.server = &http.Server{Handler: mux, ReadTimeout: readTimeout}
	return f
}

func (f *front) answer(w http.ResponseWriter, code int) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]string{"app": f.app, "id": f.id, "status": string(f.now())})
}

func (f *front) now() model.Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.status
}

// turn changes between in and out of service, and returns the new status.
func (f *front) turn() model.Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.status == model.StatusUp {
		f.status = model.StatusOutOfService
	} else {
		f.status = model.StatusUp
	}
	return f.status
}
