// Package registry is the heart of Heureka: the map that merges, its vector and
// pulls, and the view with its changes. Both clusters run it.
//
// A [Map] is a delta-state CRDT: one entry per key, of which the greatest wins
// ([Entry.Compare]), and a vector that says how much of what each incarnation
// authored has been merged. Merging is a maximum per key, so any order, any
// repetition and any path gives the same map.
//
// The invariant everything rests on: a map is always exactly what its vector
// says. A [Delta] that would leave a gap is refused and waits in an [Inbox]; an
// [Answer] to a pull takes effect as a whole. So two maps with equal vectors
// have equal live entries, and their digests show it.
//
// A [View] follows the transitions of a map and tells what subscribers see of
// them. It shows less than the map does: no change of owner that leaves the
// content alone, and no removal that is likely to be taken back at once.
//
//	Delta ──▶ Inbox ──▶ Map.Apply ──▶ Transition ──▶ View.Apply ──▶ model.Change
//	Answer ─────────▶ Map.Adopt ──────────┘
//	word of a client ▶ Map.Author ────────┘
//
// Entries hold their instances packed ([model.Packed]), as they came and as they go
// on. A view holds nothing for a key for which it shows just what the map holds.
//
// The package is pure: no I/O, no clock (time is an argument), no goroutine. One
// goroutine owns a Map and its View; the entries in them are immutable and may be
// shared with any other.
package registry
