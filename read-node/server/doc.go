// Package server is a whole read node: it follows the registry through NATS, and
// serves subscriptions and plain HTTP queries from its view.
//
// One goroutine, the loop, owns the replica and the fan-out:
//
//	replication.Link ──► Incoming ─┐
//	sessions, queries ─► commands ─┼─► loop: Replica, Hub ─┬─► Link.Send
//	ticker ────────────► time ─────┘                       └─► Session.Deliver
//
// It takes what has come, as much as one batch may be, and only then looks what is
// to be done: so under load changes share frames. It never waits for a subscriber;
// who asks it for something waits for room in its queue.
//
// [Server.Run] starts everything and returns when all of it has ended.
package server
