// Package simtest runs whole clusters in one goroutine and in virtual time: the
// real replicas of write and read nodes, their messages encoded and decoded as
// on the wire, over a network that drops, delays, doubles, reorders and parts,
// with nodes that crash and come back as new incarnations and clocks that lie.
//
// A run is decided by its seed alone. [Run] returns what went wrong, by the name
// of the promise that was broken:
//
//   - Gapless: at every moment each map is what its vector says, compared with
//     the twin that recomputes it from all that was ever authored;
//   - Fenced and Ordered: the changes of each view are numbered without a gap,
//     fit what was shown before, and never go back to an older version;
//   - Available: in any partition each running write node accepts a word;
//   - Convergent: when input stops and the network is whole, all maps and views
//     are equal, and no entry is left with an owner that is gone.
//
// Clients, leases and subscribers join the simulation with the work on faults.
package simtest
