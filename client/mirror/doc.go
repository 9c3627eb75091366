// Package mirror is the state machine of a subscription: what the node says the
// subscriber holds, what the application sees of it, and which events it has
// still to be told. It decides; package client does the I/O.
//
// Inputs are the connection (Connect, Receive, Lost), the application's interests
// (SetInterests) and time (Tick at the moment that Due names). After any of them
// Drain returns what to do: frames to write, interests that are settled, the
// decision to give the connection up. Next hands out the events.
//
//	node ─ Snapshot Resumed Put Remove Synced … ─▶ Mirror ─┬─ Get, All: the view
//	                                                       └─ Next: events, compacted per key
//
// What holds:
//
//   - The view never empties because a connection ends. The snapshot of the next
//     one is laid over it: puts take effect as they come, and what was not put
//     when the snapshot ends is removed then. What stayed equal shows nothing.
//   - The newest token of a Synced or Heartbeat is kept, with the interests that it
//     was told for, and said in the beginning of the next connection: what was
//     missed comes then, between a Resumed and a Synced. Once others are asked for, none
//     is kept before they are answered. A token that a node refuses,
//     or over which a connection ends without another reason, isn't said again.
//   - An event says what changed between what the application was told of a key
//     and what is there now. Events that wait are one per key, so an application
//     that is slow costs memory in proportion to its view and misses only
//     intermediate values.
//   - Synced events come after everything that led up to them.
//   - Count and digest of each Synced and Heartbeat are compared with what is
//     held. A difference subscribes again, without a token; one that stays costs the
//     node the connection. Both are counted.
//   - A put with an older version than what is shown, from a node that is behind
//     the one before it, is noted but not shown; unless the node still says so
//     after the time Fence.
//
// Pure: time is an argument (monotonic, from any fixed moment), nothing is
// random, nothing blocks. One owner at a time; not safe for concurrent use.
package mirror
