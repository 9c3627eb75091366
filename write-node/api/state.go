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
	// Do has a command applied, after all that were accepted before it; one that only
	// looks may go before these. It returns when the command has been accepted; an error
	// is the context's.
	Do(ctx context.Context, c Command) error
	// Refusal says why the node takes no clients now; nil if it does.
	Refusal() *wire.Error
}

// Command is something to be done where the owner is: on its goroutine, or one that
// only looks on the caller's, while the owner's waits.
type Command struct {
	// Apply changes the owner or looks at it.
	Apply func(o *owner.Owner, now model.Moment)
	// Done is called on the same goroutine as Apply, and in the order in which they are, when
	// what Apply did has been published, and stored unless that takes too long: now
	// it may be acknowledged. It must not block.
	Done func()
	// Looks says that Apply changes nothing that anybody else would be told of at once,
	// as a renewal doesn't: Done needn't wait for anything.
	Looks bool
}
