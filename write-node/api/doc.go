// Package api is the write node's service port: the websocket channel over
// which clients register, and plain HTTP for people with curl. It reads, writes
// and counts; what words mean is decided by package owner, on the goroutine
// behind [State].
//
// A session has two goroutines and hands everything on in order:
//
//	          frame                 batch                  batch
//	client ────────▶ reader ────────────────▶ State ───────────────▶ writer ───▶ client
//	                   ▲    decode            apply      answers       │   frames
//	                   └───────────────── slots ◀─────────────────────┘
//
// The reader takes a slot for each batch of messages, and the writer gives it
// back when the answers have left. So State never waits for a client, what waits
// for a client is bounded, and a client that takes no answers is no longer read.
// The answers of many batches leave in one frame.
//
// An [API] may be used by any number of goroutines.
package api
