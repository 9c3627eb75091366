// Package interest says what a subscriber wants to hear of and finds out, for
// each change, whom it concerns.
//
// An [Interest] is one atom: application, vip, secure vip or instance id, equal
// to a value or like a pattern; or the full registry. A [Set] is the union of
// any number of them in canonical form: two subscribers that want the same have
// equal sets, in whatever order and how often they said it. An [Index] routes a
// change to those whose sets matched before or match after it:
//
//	before, after ──> full ───────────────────────────────┐
//	      each value ──> equals: one map look-up ─────────┤──> everyone concerned, once,
//	      each value ──> like: verdict, kept per value ───┘    with was and is
//
// It is pure: no I/O, no clock, no goroutine, no lock, and the same calls in the
// same order give the same visits in the same order. A Set is immutable and may
// be used by any goroutine; an Index belongs to one goroutine.
//
// It knows nothing of messages and codes: who takes interests from outside
// turns an [Error] into an answer by its [Fault].
package interest
