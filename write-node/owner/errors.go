package owner

import "errors"

// What an owner answers instead of doing as it was told. Whatever an instance
// says that can't be accepted is a *model.InvalidError.
var (
	// ErrNotOpen: no connection with that id is open, or not any more: this node stood
	// still since.
	ErrNotOpen = errors.New("the connection is not open")
	// ErrNotRegistered: this connection doesn't hold a registration of that key,
	// or not any more. Registering again, whole, is right.
	ErrNotRegistered = errors.New("not registered on this connection")
	// ErrSuperseded: a later word than this one counts.
	ErrSuperseded = errors.New("superseded by a later word")
	// ErrTooManyRegistrations: the connection holds as many as one may.
	ErrTooManyRegistrations = errors.New("too many registrations on one connection")
	// ErrVersionAhead: the version that the client carries lies too far in the
	// future to be true.
	ErrVersionAhead = errors.New("the acknowledged version lies too far in the future")
	// ErrClock: the cluster's clock stands at the end of all time, which only a
	// corrupt entry can bring about, and no later word can be drawn.
	ErrClock = errors.New("the cluster's clock can't go on")
	// ErrHold: a hold of evictions must have an end, and not too late a one.
	ErrHold = errors.New("a hold must be longer than 0 and no longer than the node allows")
	// ErrForwards: too many renewals wait for other nodes already.
	ErrForwards = errors.New("too many renewals wait for the nodes that own them")
	// ErrBehind: nothing is registered under that key as far as this node knows,
	// which lacks something just now.
	ErrBehind = errors.New("not found, but this node hasn't heard everything yet")
	// ErrWaking: this node stood still until a moment ago, and can't tell what is
	// said now from what has waited meanwhile.
	ErrWaking = errors.New("this node stood still, and what it is told now may be old")
	// ErrNotFound: nothing is registered under that key.
	ErrNotFound = errors.New("no such instance is registered")
)
