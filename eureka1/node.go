package eureka1

import (
	"context"

	"heureka/eureka1/rules"
	"heureka/model"
	"heureka/registry"
)

// Node is the node that serves, as the handlers see it. It may be used by any number
// of goroutines.
type Node interface {
	// State tells how the node is, as of a moment ago.
	State() State
	// Peers lists the other nodes that it hears.
	Peers() []Peer
	// Look has f called by the loop, or while that waits, with what the node shows, which
	// is only to be looked at. It returns when f has returned. An error says that f wasn't
	// called, or not in time: it may then be called later.
	Look(ctx context.Context, f func(*registry.View)) error
}

// State is what a handler wants to know before it answers.
type State struct {
	Ready bool // the node has had the whole registry
	Stale bool // what it shows may be old
	// Leaving says that the node is about to stop.
	Leaving bool
	// Waking says that a read node stood still until a moment ago: what it is told now
	// may have waited meanwhile.
	Waking bool
}

// Peer is another node.
type Peer struct {
	HTTP  string // host:port of its service port
	Write bool
	Ready bool
}

// Writer is the part of a write node that changes the registry.
type Writer interface {
	// Do has f called where the registry is owned, and returns when what it did has
	// been published, and stored unless that takes too long. Looks says that there is
	// nothing to wait for. It tells the last of what f has authored, the zero dot if that
	// is nothing. An error says that the node can't, or didn't in time; f may then be
	// called later, or never.
	Do(ctx context.Context, looks bool, f func(rules.Registry)) (model.Dot, error)
}

// Reader is the part of a read node that hears what write nodes do.
type Reader interface {
	// Merged returns when requests are answered by what a dot names, if its author
	// hasn't replaced it since. An error says that they aren't yet.
	Merged(context.Context, model.Dot) error
}

// Self is what a node's own document tells of it.
type Self struct {
	Name    string
	HTTP    string // host:port of its service port
	Cluster string
}
