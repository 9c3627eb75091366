// Package line holds what both channels of a client decide in the same way
// about the connection under them, as pure state machines: when a node counts
// as dead, when a heartbeat is due, when to obey a go-away ([Line]), and which
// node to try next and after what pause ([Route]).
//
// Time is an argument everywhere: a monotonic reading, counted from any fixed
// moment. So is randomness. The packages roster and mirror each hold a Line;
// package client holds the Routes and the sockets. Nothing here is safe for
// concurrent use; each value has one owner.
package line
