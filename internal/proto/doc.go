// Package proto writes and reads the fields of protocol buffers by hand, on
// protowire: what every binary form of this module is made of.
//
// The appending functions leave a field that has its zero value out, as protocol
// buffers do, so that equal values are equal bytes. A [Reader] walks the fields of
// a message that is a string: what it yields shares that string, and costs nothing.
//
// The package is pure; a Reader is a value of its user's own.
package proto
