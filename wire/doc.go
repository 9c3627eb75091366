// Package wire turns the project's words into bytes and back: the messages of
// the two websocket channels, the table of errors, and the messages between
// nodes.
//
// Websocket messages (message.go, errors.go, json.go) are JSON, one object on a
// line, so that several concatenate into one frame:
//
//	{"type":"put","version":"…","hash":"…","instance":{…}}\n
//	{"type":"remove","app":"ORDERS","id":"o-1"}\n
//
// docs/protocol.md specifies them for writers of clients.
//
// Messages between nodes (nats.go, nats_decode.go, proto*.go) are protocol
// buffers, and so are the entries that a write node keeps on disk (stored.go), so
// that nodes of two releases understand each other:
//
//	1: incarnation  1: incarnation  …  one of 2: beacon, 3: delta, 4: request, 5: more, 6: chunk
//	                                       └─ refers to incarnations by index
//
// The package is pure. What it decodes shares no memory with the bytes; what it
// encodes may be sent by any goroutine.
package wire
