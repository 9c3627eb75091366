// Package resume decides what a subscriber hears that comes back with a token:
// what it missed, or everything again, and why. Pure: no I/O, no clock.
//
// A token is a position in the registry, the vector of all that had been merged
// and shown where it was written, so any read node can go on from it: what the
// subscriber missed is what lies beyond. Where more had been shown, it names that too.
// And it names the cluster and the interests that it is for. An [Issuer] writes tokens,
// [Parse] reads them, and a [Desk] receives those who bring one: they go on at once, or
// wait a moment where this node is behind the one that they come from, or the token is
// refused aloud.
package resume
