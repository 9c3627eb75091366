// Package owner decides what a write node makes of its clients' words: what it
// authors, what it acknowledges, which leases it grants, and what it does when
// another node has authored something for a key that a client of this one holds.
//
// It drives a [cluster.Replica], which holds the registry, and a [lease.Table],
// and does nothing else: no I/O, no clock, no goroutine, no lock. One goroutine
// owns an [Owner], its replica and its table, and after each batch of inputs
// gives [Owner.Settle] what the replica wants done.
//
//	words of clients ──▶ Owner ──▶ Replica.Put, Entomb ──▶ deltas for the peers
//	                      │ ▲
//	                lease │ │ transitions, dead peers (Settle)
//	                      ▼ │
//	                   Table, Replica
//
// # Registrations
//
// A registration is this node's hold on one key: a lease, the entry that it
// authored, and the connection that renews it, if any. There is one exactly for
// every living entry that this incarnation owns, once Settle has run.
//
// A registration is own or adopted. It is own when the client spoke to this
// node; then this node also drew the time of the entry, so no two nodes ever
// hold the same word of a client as their own. It is adopted when it was taken
// over from a dead incarnation; a word of its client, even one that says nothing
// new, makes it own and draws a time. This is why two nodes never outbid each
// other for one word: the one that adopted it gives way.
//
// # Lost registrations
//
// A connection whose client lives may lose a registration: another node holds a
// later word, or the lease ended while the connection was silent. The owner
// remembers that for as long as the connection is open, and has the client asked
// to say it again at its next heartbeat.
package owner
