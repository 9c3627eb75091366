// Package journal decides what of a write node's map is to be written to its
// store, when, and how long an acknowledgement waits for that.
//
// A [Journal] knows which keys have changed since they were last handed over, and
// whether a batch is under way. There is one at a time: while it is written, what
// changes meanwhile gathers, each key once, so that a slow or failing disk costs a
// set of keys and nothing more. A [Batch] is cut from the map when it is handed
// over. So what is stored is at every moment exactly a state that the map once
// had, and says so by its vector.
//
//	Mark ──▶ dirty ──Next──▶ under way ──Written──▶ stored
//	           ▲                 │
//	           └──────Failed─────┘  again after a pause
//
// An acknowledgement waits until what it acknowledges is stored: [Journal.Ticket]
// says for which batch, [Journal.Released] which are done. It doesn't wait for a
// store that has failed or that takes longer than Config.Patience, until a batch
// has been written in time again: the node is available first.
//
// The package is pure: time is an argument, there is no goroutine. One goroutine
// owns a Journal; a Batch is immutable and may be written by another.
package journal
