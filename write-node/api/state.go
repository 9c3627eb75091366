package api

import (
	"context"

	"heureka/model"
	"heureka/wire"
	"heureka/write-node/owner"
)

// State is the goroutine that owns the registrations. It outlives the API: what
// it has accepted it applies.
type State interface {
	// Do has a command applied, after all that were accepted before it. It
	// returns when the command has been accepted; an error is the context's.
	Do(ctx context.Context, c Command) error
	// Refusal says why the node takes no clients now; nil if it does.
	Refusal() *wire.Error
}

// Command is something to be done on the owner's goroutine.
type Command struct {
	// Apply changes the owner or looks at it.
	Apply func(o *owner.Owner, now model.Moment)
	// Done is called, on the same goroutine and in the order of the commands, when
	// what Apply did has been published, and stored unless that takes too long: now
	// it may be acknowledged. It must not block.
	Done func()
	// Looks says that Apply changes nothing: Done needn't wait for anything.
	Looks bool
}
