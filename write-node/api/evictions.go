package api

import (
	"net/http"
	"strconv"
	"time"

	"heureka/model"
	"heureka/wire"
	"heureka/write-node/lease"
	"heureka/write-node/owner"
)

const (
	shownQueued = 100   // queued instances of a class that are listed, if no limit is asked for
	maxQueued   = 1_000 // and at most
)

// evictions is the body of the answers about evictions.
type evictions struct {
	Node    string                   `json:"node"`
	Heard   int                      `json:"heard"`  // clients of this node
	Silent  int                      `json:"silent"` // likewise, who fell silent without closing their connection
	Classes map[string]evictionClass `json:"classes"`
	// Released is how many instances an order to release them has let go.
	Released *int `json:"released,omitempty"`
}

// evictionClass is what is told of own or of adopted leases.
type evictionClass struct {
	Held      int              `json:"held"`   // running and queued
	Queued    int              `json:"queued"` // all of them, also those that aren't listed
	Releasing int              `json:"releasing"`
	OldestMs  int64            `json:"oldestMs"` // how long the first queued one has waited
	Quota     int              `json:"quota"`    // evictions in one window
	Left      int              `json:"left"`     // of them, now
	Holds     map[string]int64 `json:"holds"`    // why no more may leave now, and for how many ms at most
	Queue     []queued         `json:"queue,omitempty"`
}

type queued struct {
	App     string `json:"app"`
	ID      string `json:"id"`
	SinceMs int64  `json:"sinceMs"` // how long ago its lease ended
}

func (a *API) serveEvictions(w http.ResponseWriter, r *http.Request) {
	var body evictions
	err := error(nil)
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		a.metrics.plain.WithLabelValues("evictions").Inc()
		body, err = a.showEvictions(r)
	case http.MethodPost:
		a.metrics.plain.WithLabelValues("order").Inc()
		body, err = a.orderEvictions(w, r)
	default:
		a.refuseMethod(w, r, http.MethodGet, http.MethodPost)
		return
	}
	if err != nil {
		a.refuse(w, err)
		return
	}
	answer(w, body)
}

func (a *API) showEvictions(r *http.Request) (body evictions, err error) {
	limit := shownQueued
	if text := r.URL.Query().Get("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 0 || limit > maxQueued {
			return body, wire.NewError(wire.CodeInvalidOrder, "limit is %.20q, and must be a number from 0 to %d", text, maxQueued)
		}
	}
	return a.runEvictions(r, true, func(o *owner.Owner, now model.Moment) (evictions, error) {
		return a.evictions(o, now.Mono, limit), nil
	})
}

// runEvictions has f applied and returns what it did. A request that ends before
// leaves alone what f may still be writing.
func (a *API) runEvictions(r *http.Request, looks bool, f func(*owner.Owner, model.Moment) (evictions, error)) (evictions, error) {
	var body evictions
	err := a.run(r, looks, func(o *owner.Owner, now model.Moment) (err error) {
		body, err = f(o, now)
		return err
	})
	if err != nil {
		return evictions{}, err
	}
	return body, nil
}

// evictions runs where the owner is.
func (a *API) evictions(o *owner.Owner, now time.Duration, limit int) evictions {
	body := evictions{Node: a.cfg.Node, Classes: make(map[string]evictionClass)}
	body.Heard, body.Silent = o.Leases().Clients()
	for c := range lease.Classes {
		body.Classes[c.String()] = classOf(o.Leases(), c, now, limit)
	}
	return body
}

func classOf(t *lease.Table, c lease.Class, now time.Duration, limit int) evictionClass {
	s := t.Stats(now, c)
	out := evictionClass{
		Held: s.Held, Queued: s.Queued, Releasing: s.Releasing, OldestMs: s.Oldest.Milliseconds(),
		Quota: s.Quota, Left: s.Left, Holds: s.Holds.Milliseconds(),
	}
	for key, ended := range t.Queued(c) {
		if len(out.Queue) >= limit {
			break
		}
		out.Queue = append(out.Queue, queued{key.App, key.ID, (now - ended).Milliseconds()})
	}
	return out
}
