// Package server is a whole write node: it takes registrations over websockets
// and plain HTTP, owns them, and shares them with its peers through NATS.
//
// One goroutine, the loop, owns the registrations and the replica:
//
//	replication.Link ──▶ Incoming ─┐                  ┌─▶ Link.Send
//	sessions, requests ─▶ commands ┼─▶ loop: Owner ───┤
//	ticker ────────────▶ time ─────┘                  └─▶ Command.Done: acknowledge
//
// Who only looks, or renews, may have the owner on a goroutine of its own while the loop
// waits: there is a lock, which nobody but the loop waits for.
//
// The loop takes what has come, as much as one batch may be, then publishes what that
// led to, and only then has it acknowledged. Where more is about to come it waits for
// that, for a fraction of a millisecond at most; never for one client, and who has
// something for it waits for room in its queue.
//
// Clients are taken when the replica is ready: it has merged what its peers
// hold. [Server.Run] starts everything and returns when all of it has ended.
package server
