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
// Frames are written past the websocket library, and so are messages read that come in
// one frame and one piece, as nearly all do; docs/adr/0012, 0020 and 0025 say why. The
// library reads all else, checks it, and answers a client's close frame. The session
// answers pings, the library is told not to; and it closes by itself, since two may
// not read at once. Behind a close frame nothing is written.
//
// An [API] may be used by any number of goroutines.
package api
