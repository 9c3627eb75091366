// Package kept makes connections that clients keep cheaper for net/http, which sets some
// ten deadlines for each request, five of them with timers. Why, and what it brings,
// docs/adr/0027 says.
//
// A deadline is only noted. While somebody waits in the socket, that has the same one or
// an earlier one; when an earlier one ends a call, the call goes on. So a deadline that
// moves on with each request costs a timer once in its length. All are kept to as exactly
// as the socket does it, those too that are set while a call waits.
//
//	set   ──▶ noted ──▶ the socket's, if somebody waits and it is earlier
//	read  ──▶ the socket's, if it is none or later ──▶ the socket ──▶ timeout ─┐
//	              ▲                                                            │
//	              └────────────── what is noted hasn't passed ─────────────────┘
//
// Who sets both deadlines at once, as net/http does when it hands a connection over, or
// takes the socket out ([Conn.Unwrap]), has them set at the socket at once from then on.
//
// Deadlines are compared by the monotonic clock, so they are made of time.Now; others go
// by the wall clock until the socket has them.
//
// [DontLook] spares a request that is answered soon net/http's look for a client that has gone.
//
// [Listener] is for internal/ops. A [Conn] may be used by any number of goroutines, like
// every net.Conn.
package kept
