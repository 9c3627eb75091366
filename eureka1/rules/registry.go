package rules

import (
	"errors"

	"heureka/model"
)

// What a registry answers instead of doing as it was told. Whatever an instance says
// that can't be accepted is a *model.InvalidError; anything else is a fault of its own.
var (
	// ErrNotFound: nothing is registered under that key.
	ErrNotFound = errors.New("no such instance is registered")
	// ErrElsewhere: this node can't do it just now, another one may.
	ErrElsewhere = errors.New("not here and now")
)

// Registry is the registry as a write node may change it.
type Registry interface {
	// Get returns an instance as it is shown, with its version; ErrNotFound if there
	// is none.
	Get(key model.Key) (*model.Instance, model.Version, error)
	// Changed returns an instance's LastChangedMs and the version under which it is
	// shown, without the rest: every heartbeat asks for it.
	Changed(key model.Key) (lastChangedMs int64, version model.Version, err error)
	// Said returns what the client of an instance said last, nil if there is none.
	Said(key model.Key) *model.Instance
	// Put registers an instance. It may change the instance, and keeps nothing of it.
	Put(in *model.Instance) error
	Renew(key model.Key) error
	// Amend changes what the client of an instance said last.
	Amend(key model.Key, change func(*model.Instance)) error
	Remove(key model.Key) error
	Override(key model.Key, status model.Status) error
	ClearOverride(key model.Key) error
}
