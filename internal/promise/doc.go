// Package promise judges whether a running system keeps what Heureka promises,
// seen from outside: by what a subscriber received, what a client was
// acknowledged, how long a request took. There is one checker for each promise
// that an outside observer can judge, and unit, simulation, cluster and load
// tests all use the same ones. What they find is reported by the promise's name.
//
//	promise     judged by     fed with
//	Ordered     Session       every message of one subscription
//	Unique      Session       likewise
//	Filtered    Session       likewise
//	Gapless     Session       likewise: count and digest at the head of the stream
//	Resumable   Session       likewise, and what was held where the token was told
//	Fenced      Fence         the versions that one place shows, in its order
//	Convergent  Converge      what clients hold registered, what views hold, at rest
//	Preserved   Preserver     what one node holds of one class, each eviction, its queue
//	Kept        Keeper        registrations, what one observer is shown, and when
//	Available   Availability  requests to nodes that can be reached
//	Bounded     Bounds        sizes of frames, memory per session
//	Isolated    Isolation     how long deliveries took while somebody misbehaved
//
// The checkers are pure: no clock, no goroutine, no lock, no I/O. Time is an
// argument, measured from any fixed start. A checker and its [Report] belong to
// one goroutine at a time; reports of several are joined with [Report.Join].
// Nothing here knows how nodes are built, so a checker that fails tells about
// them and not about itself.
package promise
