package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"time"

	"heureka/model"
	"heureka/wire"
	"heureka/write-node/lease"
	"heureka/write-node/owner"
)

// order is what an operator wants done about evictions.
type order struct {
	Do    string `json:"do"`    // hold, resume, release
	Class choice `json:"class"` // own, adopted; left out: both
	App   choice `json:"app"`   // of a release; left out: all
	ForMs int64  `json:"forMs"` // of a hold
}

// choice is a text that may be left out. An empty one, or null, isn't left out: it
// is what a script says whose variable isn't set, and doesn't mean everything.
type choice struct {
	made bool
	text string
}

// UnmarshalJSON is only called if there is something.
func (c *choice) UnmarshalJSON(b []byte) error {
	c.made = true
	return json.Unmarshal(b, &c.text)
}

func (a *API) orderEvictions(w http.ResponseWriter, r *http.Request) (body evictions, err error) {
	do, refused := a.readOrder(w, r)
	if refused != nil {
		return body, refused
	}
	body, err = a.runEvictions(r, false, func(o *owner.Owner, now model.Moment) (evictions, error) {
		released, err := do.obey(o, now)
		after := a.evictions(o, now.Mono, 0)
		if do.Do == "release" {
			after.Released = &released
		}
		return after, err
	})
	if err == nil {
		a.log.Info("evictions: an operator's order", "do", do.Do, "class", do.Class.text, "app", do.App.text, "forMs", do.ForMs, "remote", r.RemoteAddr)
	}
	return body, err
}

// readOrder reads a body that says an order. Whatever isn't understood is
// refused: a release whose app is misspelt would be one of everything.
func (a *API) readOrder(w http.ResponseWriter, r *http.Request) (do order, refused *wire.Error) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(a.cfg.MaxMessage)))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return do, wire.NewError(wire.CodeTooLarge, "a body may have %d bytes", large.Limit)
	case err != nil:
		return do, wire.NewError(wire.CodeMalformed, "the body ended early")
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&do); err != nil {
		return do, wire.NewError(wire.CodeInvalidOrder, "the body is no order: %s", reason(err))
	}
	if _, err := decoder.Token(); err != io.EOF {
		return do, wire.NewError(wire.CodeInvalidOrder, "the body is more than one order")
	}
	return do, do.check()
}

// check reports what of an order makes no sense.
func (do order) check() *wire.Error {
	switch {
	case do.Do != "hold" && do.Do != "resume" && do.Do != "release":
		return wire.NewError(wire.CodeInvalidOrder, "do is %.20q, and must be hold, resume or release", do.Do)
	case len(do.classes()) == 0:
		return wire.NewError(wire.CodeInvalidOrder, "class is %.20q, and must be own or adopted, or left out for both", do.Class.text)
	case do.App.made && do.App.text == "":
		return wire.NewError(wire.CodeInvalidOrder, "app is empty, and must be an application, or left out for all")
	case do.App.made && do.Do != "release":
		return wire.NewError(wire.CodeInvalidOrder, "app is for a release only")
	case do.ForMs != 0 && do.Do != "hold":
		return wire.NewError(wire.CodeInvalidOrder, "forMs is for a hold only")
	}
	return nil
}

func (do order) classes() (out []lease.Class) {
	for c := range lease.Classes {
		if !do.Class.made || do.Class.text == c.String() {
			out = append(out, c)
		}
	}
	return out
}

// obey runs on the owner's goroutine.
func (do order) obey(o *owner.Owner, now model.Moment) (released int, err error) {
	for _, c := range do.classes() {
		n := 0
		switch do.Do {
		case "hold":
			err = o.HoldEvictions(c, ms(do.ForMs), now)
		case "resume":
			err = o.ResumeEvictions(c, now)
		case "release":
			n, err = o.ReleaseEvictions(c, do.App.text, now)
		}
		if err != nil {
			return 0, err
		}
		released += n
	}
	return released, nil
}

// ms is a number of milliseconds; one beyond what a time can be is the nearest.
func ms(n int64) time.Duration {
	const most = int64(math.MaxInt64) / int64(time.Millisecond)
	return time.Duration(max(-most, min(n, most))) * time.Millisecond
}
