package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"heureka/model"
	"heureka/wire"
	"heureka/write-node/owner"
)

func (a *API) serveInstance(w http.ResponseWriter, r *http.Request) {
	key := model.NewKey(r.PathValue("app"), r.PathValue("id"))
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		a.get(w, r, key)
	case http.MethodPut:
		a.put(w, r, key)
	case http.MethodDelete:
		a.delete(w, r, key)
	default:
		a.refuseMethod(w, r, http.MethodGet, http.MethodPut, http.MethodDelete)
	}
}

func (a *API) serveRenew(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		a.refuseMethod(w, r, http.MethodPost)
		return
	}
	a.metrics.plain.WithLabelValues("renew").Inc()
	key := model.NewKey(r.PathValue("app"), r.PathValue("id"))
	err := a.run(r, true, func(o *owner.Owner, now model.Moment) error { return o.RenewPlain(key, now) })
	if err != nil {
		a.refuse(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// serveNothing answers for every path that there isn't.
func (a *API) serveNothing(w http.ResponseWriter, r *http.Request) {
	a.refuse(w, wire.NewError(wire.CodeNotFound, "there is nothing at %.200q: try /api/v1/status", r.URL.Path))
}

// get answers with the instance as JSON; its version is the entity tag.
func (a *API) get(w http.ResponseWriter, r *http.Request, key model.Key) {
	a.metrics.plain.WithLabelValues("get").Inc()
	var inst *model.Instance
	var version model.Version
	err := a.run(r, true, func(o *owner.Owner, _ model.Moment) (err error) {
		inst, version, err = o.Get(key)
		return err
	})
	if err != nil {
		a.refuse(w, err)
		return
	}
	w.Header().Set("ETag", `"`+version.String()+`"`)
	answer(w, inst)
}

func (a *API) put(w http.ResponseWriter, r *http.Request, key model.Key) {
	a.metrics.plain.WithLabelValues("put").Inc()
	inst, refused := a.readInstance(w, r, key)
	if refused != nil {
		a.refuse(w, refused)
		return
	}
	var version model.Version
	err := a.do(r, func(o *owner.Owner, now model.Moment) (err error) {
		version, err = o.PutPlain(inst, now)
		return err
	})
	if err != nil {
		a.refuse(w, err)
		return
	}
	answer(w, versionAnswer{version.String()})
}

// versionAnswer is the body that acknowledges a word.
type versionAnswer struct {
	Version string `json:"version"`
}

func (a *API) delete(w http.ResponseWriter, r *http.Request, key model.Key) {
	a.metrics.plain.WithLabelValues("delete").Inc()
	if err := a.do(r, func(o *owner.Owner, now model.Moment) error { return o.DeletePlain(key, now) }); err != nil {
		a.refuse(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// readInstance reads a body that says an instance. Its key may be left out, as
// the path has it.
func (a *API) readInstance(w http.ResponseWriter, r *http.Request, key model.Key) (*model.Instance, *wire.Error) {
	inst := &model.Instance{}
	if err := a.readBody(w, r, "instance", inst); err != nil {
		return nil, err
	}
	if inst.App != "" && model.FoldApp(inst.App) != key.App {
		return nil, wire.NewError(wire.CodeInvalidInstance, "app is %.80q in the body and %.80q in the path", inst.App, key.App)
	}
	if inst.ID != "" && inst.ID != key.ID {
		return nil, wire.NewError(wire.CodeInvalidInstance, "id is %.80q in the body and %.80q in the path", inst.ID, key.ID)
	}
	inst.App, inst.ID = key.App, key.ID
	return inst, nil
}

// readBody reads a body of JSON. Thing says what it should be.
func (a *API) readBody(w http.ResponseWriter, r *http.Request, thing string, into any) *wire.Error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(a.cfg.MaxMessage)))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return wire.NewError(wire.CodeTooLarge, "a body may have %d bytes", large.Limit)
	case err != nil:
		return wire.NewError(wire.CodeMalformed, "the body ended early")
	}
	if err := json.Unmarshal(body, into); err != nil {
		return wire.NewError(wire.CodeMalformed, "the body is no %s: %s", thing, reason(err))
	}
	return nil
}

// reason says what is wrong with a piece of JSON without Go's type names.
func reason(err error) string {
	var typed *json.UnmarshalTypeError
	if !errors.As(err, &typed) {
		return err.Error()
	}
	if typed.Field == "" {
		return fmt.Sprintf("a JSON %s where an object belongs", typed.Value)
	}
	return fmt.Sprintf("field %q can't be a JSON %s", typed.Field, typed.Value)
}

// do has f applied and waits until what it did has been published.
func (a *API) do(r *http.Request, f func(*owner.Owner, model.Moment) error) error {
	return a.run(r, false, f)
}

func (a *API) run(r *http.Request, looks bool, f func(*owner.Owner, model.Moment) error) error {
	if refused := a.state.Refusal(); refused != nil {
		return refused
	}
	var err error
	done := make(chan struct{})
	queued := a.state.Do(r.Context(), Command{
		Apply: func(o *owner.Owner, now model.Moment) { err = f(o, now) },
		Done:  func() { close(done) },
		Looks: looks,
	})
	if queued != nil {
		return wire.NewError(wire.CodeOverloaded, "the request ended before its turn came")
	}
	select {
	case <-done:
		return err
	case <-r.Context().Done():
		return wire.NewError(wire.CodeOverloaded, "the request ended before its answer was there")
	}
}

// refuse answers with an error: one of the wire's, or what the owner says.
func (a *API) refuse(w http.ResponseWriter, err error) {
	var refused *wire.Error
	if !errors.As(err, &refused) {
		refused = Refusal(err)
	}
	a.refuseWith(w, refused, refused.Code.Kind().HTTP)
}

func (a *API) refuseMethod(w http.ResponseWriter, r *http.Request, allowed ...string) {
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	a.refuseWith(w, wire.NewError(wire.CodeMalformed, "%.20s isn't for this path", r.Method), http.StatusMethodNotAllowed)
}

func (a *API) refuseWith(w http.ResponseWriter, refused *wire.Error, status int) {
	a.metrics.count(refused)
	body, _ := wire.AppendJSON(nil, refused) // plain texts and numbers, which always have a JSON form
	header(w)
	w.WriteHeader(status)
	_, _ = w.Write(body) // a peer that has gone needs no answer
}

// answer writes a body as indented JSON: it is people who read these.
func answer(w http.ResponseWriter, body any) {
	header(w)
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(body)
}

func header(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
}
