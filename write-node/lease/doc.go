// Package lease decides when what a write node owns has been silent for too
// long, and how fast it may then go.
//
// A [Lease] is granted for one key. Leases that are renewed by the same words
// share a [Holder]: every registration on one connection hangs on that
// connection's holder, so that a heartbeat costs the same for one registration
// as for a hundred thousand. A registration made by plain HTTP, or taken over
// from a node that died, has a holder to itself.
//
//	          Grant                 deadline passed             quota
//	(nothing) ─────► running in a term ────────► queued ──────────► evicted
//	                      ▲                        │
//	                      └────────── Heard ───────┘   costs nothing
//
// A lease that ends isn't evicted: it goes into a queue, from which a word of
// its holder takes it back as if nothing had been. [Table.Expire] lets it go
// when the quota allows: in each window one lease at least, and otherwise a
// share of the most that the node held within the last hour. So neither a
// network event nor the node's own isolation can empty a registry, and a small
// registry isn't stuck below a percentage. Leases of a node's own clients and
// leases that it took over are counted apart, and taking over spends the window
// of the latter: the clients of a dead node get time to come back first.
//
// What is queued for longer than Config.HeldMax waits for no new window to
// begin; it leaves at the pace of the quota. What keeps it longer is a [Reason],
// and each of these says when it ends: nothing is held for ever. Stats tell the
// reasons.
//
// A table also counts the holders of own leases, which are this node's clients.
// While Config.Silent of them or more have fallen silent and none is heard, the
// fault is more likely this node's, and nothing own is evicted for
// Config.SilentMax. A client that closes its connection, as a killed process
// does, isn't silent: it has left.
//
// An operator may hold a class, or release what is queued in it:
// [Table.TakeReleased] then lets that go at once, in portions, whatever else
// holds it.
//
// The package is pure: time is an argument that never runs backwards, there is
// no goroutine and no lock. One goroutine owns a table, its leases and its
// holders.
package lease
