package main

// The kinds of servers, by which drivers know how to speak to them.
const (
	kindHeureka = "heureka"
	kindBare    = "bare"    // a bare socket write of the same bytes
	kindNATS    = "nats"    // core NATS
	kindNATSGo  = "nats.go" // core NATS, heard through its client library, as its users do
	kindKV      = "kv"      // NATS KV in memory, watched through its client library

	kindSocket    = "socket"    // a connection that says nothing
	kindWebsocket = "websocket" // likewise, after the handshake
)

// nameOf returns what a table calls a kind.
func nameOf(kind string) string {
	switch kind {
	case kindBare:
		return "bare write"
	case kindNATS:
		return "core NATS"
	case kindNATSGo:
		return "core NATS by nats.go"
	case kindKV:
		return "NATS KV"
	default:
		return kind
	}
}

// What subscribers wish to hear of.
const (
	wantApp      = "app"      // one application
	wantFull     = "full"     // everything
	wantValues   = "values"   // some vips
	wantPatterns = "patterns" // the same, each by a pattern of its own
)

// bucket is the name of the peer's key-value store.
const bucket = "bench"

// subject returns where core NATS publishes changes of an application.
func subject(app string) string { return "bench." + app }

// keyOf returns the key in NATS KV of an instance.
func keyOf(p population, k int) string {
	key := p.key(k)
	return key.App + "." + key.ID
}
