// Package wire turns the project's words into bytes and back: the messages of
// the two websocket channels, the table of errors, and the messages between
// nodes.
//
// Websocket messages (message.go, errors.go) have two forms. Both concatenate, so
// that several make one frame. JSON (json.go) is one object on a line:
//
//	{"type":"put","version":"…","hash":"…","instance":{…}}\n
//	{"type":"remove","app":"ORDERS","id":"o-1"}\n
//
// The binary form (proto_frame.go, proto_message.go, proto_patch.go) is a protocol
// buffer, one field of a frame for each message:
//
//	1: envelope                                 1: envelope
//	└─ 14: put                                  └─ 15: remove
//	   └─ 2: version  3: hash  4: instance         └─ 2: app  3: id
//
// docs/protocol.md and docs/heureka.proto specify them for writers of clients.
//
// Messages between nodes (nats.go, nats_decode.go, proto.go) are protocol buffers
// too, and so are the entries that a write node keeps on disk (stored.go), so that
// nodes of two releases understand each other. Instances come and go packed
// (model.Packed), and are only copied:
//
//	1: incarnation  1: incarnation  …  one of 2: beacon, 3: delta, 4: request, 5: more, 6: chunk
//	                                       └─ refers to incarnations by index
//
// The package is pure. What it decodes shares no memory with the bytes; what it
// encodes may be sent by any goroutine.
package wire
