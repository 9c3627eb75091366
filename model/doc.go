// Package model holds the words of Heureka: what is registered ([Instance] and
// its parts), what identifies it ([Key]), who said it and when ([Incarnation],
// [Dot], [Version], [Vector]) and what a node's view tells of it ([Change]).
//
// It is layer 0: values and pure functions over them, no I/O, no clock, no
// randomness. Every other package imports it; it imports none of ours.
//
// Values are immutable once they are handed over. What a registry holds of an
// instance is [Packed]: one string, shared by the map, the view and the fan-out.
// Whoever wants another value of an *Instance makes a [Instance.Clone], or applies a
// [Patch], which does that.
package model
