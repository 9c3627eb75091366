package rules

import (
	"errors"
	"net/http"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// Metadata is the action that adds to an instance's metadata. The others are those
// of the dialect's items.
const Metadata = "Metadata"

// unknown is the action of what isn't one.
const unknown = ""

// Word is what a request, or one item of a batch, wants done.
type Word struct {
	Action      string
	Key         model.Key
	Instance    *model.Instance   // to be registered
	Overridden  model.Status      // by which its client, or a server, knows it overridden; "": not
	LastDirtyMs int64             // when its client last changed it, by that client's clock; 0: not said
	Status      model.Status      // to be put over the instance's own
	Metadata    map[string]string // to be added
	// Peer says that another Eureka server passes this on, which it had from a client
	// of its own.
	Peer bool

	refusal error // why it is refused without a look at the registry
}

// Answer is what is answered to a word.
type Answer struct {
	Code     int
	Instance *model.Instance // with 409 to a heartbeat: what is registered, which is newer
	Version  model.Version   // of that
	Text     string          // with 400: what is wrong
}

// Registration returns the word that registers an instance under the application of
// a path. It may be one to be refused, see [Word.Refusal]. In is the memory that the
// word's instance then has.
func Registration(app string, info *dialect.Info, peer bool, in *model.Instance) Word {
	w := Word{Action: dialect.Register, Peer: peer}
	if w.refusal = info.Check(app); w.refusal != nil {
		return w
	}
	info.Fill(in)
	w.Instance = in
	w.Key, w.LastDirtyMs = w.Instance.Key(), info.LastDirtyMs
	w.Peer = w.Peer || IsPeers(w.Instance) // a copy of what is shown so somewhere, whoever sends it
	if info.Overridden != model.StatusUnknown {
		w.Overridden = info.Overridden
	}
	return w
}

// OfItem returns the word of an item that another server passes on.
func OfItem(item *dialect.Item) Word {
	if item.Action == dialect.Register {
		if item.Info == nil {
			return Word{Action: item.Action, Peer: true, refusal: errors.New("there is no instance")}
		}
		return Registration(item.App, item.Info, true, new(model.Instance))
	}
	if item.Action == Metadata {
		return Word{Action: unknown, Peer: true} // in batches there is no such thing
	}
	w := Word{
		Action: item.Action, Key: model.NewKey(item.App, item.ID), Peer: true,
		LastDirtyMs: item.LastDirtyMs, Status: item.Status, Overridden: item.Overridden,
	}
	if w.Overridden == model.StatusUnknown {
		w.Overridden = ""
	}
	return w
}

// Refusal reports why a word is refused whatever is registered: what
// [dialect.Info.Check] found, or nil.
func (w *Word) Refusal() error { return w.refusal }

// refused answers by an error of the registry.
func refused(err error) Answer {
	var invalid *model.InvalidError
	switch {
	case err == nil:
		return Answer{Code: http.StatusOK}
	case errors.Is(err, ErrNotFound):
		return Answer{Code: http.StatusNotFound}
	case errors.Is(err, ErrElsewhere):
		return Answer{Code: http.StatusServiceUnavailable}
	case errors.As(err, &invalid):
		return Answer{Code: http.StatusBadRequest, Text: invalid.Error()}
	default:
		return Answer{Code: http.StatusInternalServerError}
	}
}
