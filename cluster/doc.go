// Package cluster decides what a node does about its peers: who is heard, who is
// dead, who takes over, when to pull and from whom, and when the node is ready.
//
// A [Replica] is the pure core that write and read nodes share: the registry's
// map and view, the inbox for deltas that came too early, the members, the pull
// under way and the answers it gives to others' pulls. Inputs go in through
// [Replica.Receive], [Replica.Tick], [Replica.Put] and [Replica.Entomb]; what is
// to be done comes out of [Replica.Drain] as a value:
//
//	Beacon, Delta, Chunk, … ─▶ Receive ┐
//	time ────────────────────▶ Tick    ├─▶ Replica ─▶ Drain ─▶ Effects{Messages, Transitions, Forgotten, Changes, TakeOver}
//	word of a client ────────▶ Put     ┘
//
// What a Replica expects of whoever carries its messages: at most once, in any
// order, to all ([Outgoing.To] zero) or to one incarnation. Nothing it does
// relies on a message arriving.
//
// The package is pure: time and randomness are arguments, there is no I/O and no
// goroutine. One goroutine owns a Replica.
package cluster
