// Package fanout decides what each subscriber of a read node is told next: pure,
// no I/O, no clock, no goroutine. One goroutine owns a [Hub] and calls all of it.
//
//	change ──► catalog ──► interest index ──► group log ──► session cursor ──► frame
//	           (view)      (before, after)    (compacted)   (one number)      (shared bytes)
//	              └──────────────────────────► node's log ──────┘
//
// All sessions with the same set of interests form a group. A group has one
// compacted log: every member once, at the number of the change that it came
// with, and for a while those that left. A session is a cursor in its group's
// log: one number. Whatever lies between the cursor and the log's end goes out as
// one frame, and sessions at the same cursor get the very same bytes.
//
// So snapshot, stream and slowness are one act. A new session starts at cursor 0
// and walks the log in frames of bounded size. One whose socket is full, or that
// asked for a pace, has at most one frame on its way and nothing else anywhere: when
// its time comes, it finds in the log each instance once, with its latest value.
//
//	slots    3 a   7 b   9 ·   12 c   14 b left   20 a      · a hole: a was at 3 too
//	                     ▲ cursor 9: the next frame says c, b left, a
//
// The numbers are those of the view's changes, in every log. The node has one
// compacted log of the whole view, and a group without a log of its own walks that:
// the full one, and those that don't fit the bound of references. Which instances
// are members it knows by their values, or, where it has patterns, by a bit for each
// instance; count and digest follow the index. A log finds out by an instance's
// last number whether a place of it still counts, so no log has a map of its members.
//
// What a session is told holds these promises: nothing twice while it keeps its
// interests, nothing missed, instances in the order of their changes, an instance
// that leaves the interests as removed. A session that walks the node's log may hear
// removes for what it never held. A Synced follows each
// Subscribe when the session first stands at the log's end; it and a heartbeat once
// an interval carry the count and the digest of what the subscriber must hold there,
// and a token to resume from. Who resumes hears first what it missed, and then goes
// on at the place in the log where the Subscribe found it.
//
// What the package doesn't do: read or write sockets, validate interests (package
// interest does), decide what is in the view (package registry does), or read tokens.
package fanout
