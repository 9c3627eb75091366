// Package model holds the words of Heureka: what is registered ([Instance] and
// its parts), what identifies it ([Key]), who said it and when ([Incarnation],
// [Dot], [Version], [Vector]) and what a node's view tells of it ([Change]).
//
// It is layer 0: values and pure functions over them, no I/O, no clock, no
// randomness. Every other package imports it; it imports none of ours.
//
// Values are immutable once they are handed over: an *Instance that a registry
// holds is shared by the map, the view, the fan-out and every session, on any
// goroutine. Whoever wants another value makes a [Instance.Clone], or applies a
// [Patch], which does that.
package model
