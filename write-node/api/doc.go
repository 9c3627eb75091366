// Package api is the write node's service port: the websocket channel over
// which clients register, and plain HTTP for people with curl. It reads, writes
// and counts; what words mean is decided by package owner, on the goroutine
// behind [State].
//
// A session has one goroutine, which reads, and hands everything on in order:
//
//	          frame                 batch                 answers
//	client ────────▶ reader ────────────────▶ State ───────────────▶ client
//	                   ▲    decode            apply  │     one write that doesn't wait
//	                   │                             └─▶ writer ───▶ client
//	                   └───────────────── slots ◀──── what isn't taken at once
//
// The reader takes a slot for each batch of messages, and whoever wrote the answers
// gives it back when they have left. What the socket doesn't take at once, and what
// closes the connection, is said by a writer, a goroutine that ends when nothing
// waits any more. So State never waits for a client, what waits for a client is
// bounded, and a client that takes no answers is no longer read. The answers that
// wait leave in as few frames as they can.
//
// Frames are written past the websocket library, which reads, checks and writes the
// close frames; docs/adr/0020 and 0012 say why. The session answers pings, the
// library is told not to, and behind a close frame nothing is written.
//
// An [API] may be used by any number of goroutines.
package api
