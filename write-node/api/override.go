package api

import (
	"net/http"
	"slices"
	"strings"

	"heureka/model"
	"heureka/wire"
	"heureka/write-node/owner"
)

// serveOverride sets and ends an operator's override of an instance's status.
func (a *API) serveOverride(w http.ResponseWriter, r *http.Request) {
	key := model.NewKey(r.PathValue("app"), r.PathValue("id"))
	switch r.Method {
	case http.MethodPut:
		a.override(w, r, key)
	case http.MethodDelete:
		a.clearOverride(w, r, key)
	default:
		a.refuseMethod(w, r, http.MethodPut, http.MethodDelete)
	}
}

func (a *API) override(w http.ResponseWriter, r *http.Request, key model.Key) {
	a.metrics.plain.WithLabelValues("override").Inc()
	status, refused := a.readOverride(w, r)
	if refused != nil {
		a.refuse(w, refused)
		return
	}
	var version model.Version
	err := a.do(r, func(o *owner.Owner, now model.Moment) (err error) {
		version, err = o.Override(key, status, now)
		return err
	})
	if err != nil {
		a.refuse(w, err)
		return
	}
	a.log.Info("override: an operator's order", "key", key.String(), "status", string(status), "remote", r.RemoteAddr)
	answer(w, versionAnswer{version.String()})
}

func (a *API) clearOverride(w http.ResponseWriter, r *http.Request, key model.Key) {
	a.metrics.plain.WithLabelValues("clear_override").Inc()
	if err := a.do(r, func(o *owner.Owner, now model.Moment) error { return o.ClearOverride(key, now) }); err != nil {
		a.refuse(w, err)
		return
	}
	a.log.Info("override: an operator's order", "key", key.String(), "status", "", "remote", r.RemoteAddr)
	w.WriteHeader(http.StatusNoContent)
}

// readOverride reads the body {"status":"OUT_OF_SERVICE"}. A status that doesn't
// exist is refused and not taken for UNKNOWN, as a client's would be: who overrides
// means it.
func (a *API) readOverride(w http.ResponseWriter, r *http.Request) (model.Status, *wire.Error) {
	var body struct {
		Status string `json:"status"`
	}
	if err := a.readBody(w, r, "override", &body); err != nil {
		return "", err
	}
	if !slices.Contains(model.Statuses(), model.Status(body.Status)) {
		return "", wire.NewError(wire.CodeInvalidInstance, "status %.40q must be one of %s", body.Status, statuses())
	}
	return model.Status(body.Status), nil
}

// statuses lists all of them, for people.
func statuses() string {
	var names []string
	for _, s := range model.Statuses() {
		names = append(names, string(s))
	}
	return strings.Join(names, ", ")
}
