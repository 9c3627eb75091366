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
// node, and adopted when it was taken over from a dead incarnation. A word of its
// client, even one that says nothing new, makes it own and draws a time. A renewal
// over plain HTTP is no word: it makes it own, too, but leaves it a copy, of a word
// whose time another node drew. Of the nodes that hold the same word of a client,
// one at most holds it as no copy, and copies give way: this is why two nodes never
// outbid each other.
//
// # Plain renewals
//
// A renewal over plain HTTP may reach any node, behind a balancer for instance.
// One that doesn't own the instance tells the owner, in batches, again and again
// until they are acknowledged. If nobody acknowledges it for as long as the client
// takes to renew once more, the node authors a copy of its own. Ownership doesn't
// follow the balancer.
//
// # Standing still
//
// An owner that hasn't done anything for longer than a client may be silent gives
// up all its connections before it does anything else, and for a moment takes no
// word from anybody: what is said to it then can't be told from what has waited.
//
// # Lost registrations
//
// A connection whose client lives may lose a registration: another node holds a
// later word, or the lease ended while the connection was silent. The owner
// remembers that for as long as the connection is open, and has the client asked
// to say it again at its next heartbeat.
package owner
