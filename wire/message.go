package wire

import (
	"heureka/interest"
	"heureka/model"
)

// The websocket subprotocols. A client that asks for none gets JSON.
const (
	SubprotocolJSON = "heureka.v1+json"
	// SubprotocolProto is reserved: heureka.v1+proto, the same messages as protobuf.
	SubprotocolProto = "heureka.v1+proto"
)

// ProtocolVersion is the version that both hellos carry.
const ProtocolVersion = 1

// The paths of the two channels, and of what operators ask for.
const (
	PathRegistrations = "/api/v1/registrations" // websocket, write nodes
	PathSubscriptions = "/api/v1/subscriptions" // websocket, read nodes
	PathEvictions     = "/api/v1/evictions"     // plain HTTP, write nodes
)

// Message is one message of either channel, in either direction. In the JSON
// form it is one line: an object whose "type" is Type().
type Message interface{ Type() string }

// Hello opens a connection: the client's first message.
type Hello struct {
	Version int `json:"version"` // ProtocolVersion
	// Process names the client's process: the same for all its connections,
	// fresh for each run. Connection numbers its connections, counting up. Of one
	// process, a lower connection's words are ignored. Only registrations need them.
	Process      string   `json:"process,omitempty"`
	Connection   uint64   `json:"connection,omitempty"`
	Client       string   `json:"client,omitempty"` // name and release, for logs
	Capabilities []string `json:"capabilities,omitempty"`
}

// Welcome is the node's answer to a Hello.
type Welcome struct {
	Version      int      `json:"version"`
	Node         string   `json:"node"` // the node's name, for people
	HeartbeatMs  int64    `json:"heartbeatMs"`
	LeaseMs      int64    `json:"leaseMs,omitempty"` // default lease of registrations
	MaxMessage   int      `json:"maxMessage"`        // bytes of one message from the client
	Capabilities []string `json:"capabilities,omitempty"`
}

// Register says an instance, all of it. It is answered by an Ack or an Error.
type Register struct {
	Seq      uint64          `json:"seq"`
	Instance *model.Instance `json:"instance"`
	// Acked is the version that the client was last acknowledged for this
	// instance, by any node; empty the first time.
	Acked string `json:"acked,omitempty"`
}

// Update says some fields of an instance that this connection registered.
type Update struct {
	Seq uint64      `json:"seq"`
	App string      `json:"app"`
	ID  string      `json:"id"`
	Set model.Patch `json:"set"`
}

// Unregister ends a registration of this connection, or the word whose version
// the client was last acknowledged, whichever connection that went through.
type Unregister struct {
	Seq   uint64 `json:"seq"`
	App   string `json:"app"`
	ID    string `json:"id"`
	Acked string `json:"acked,omitempty"` // version last acknowledged to this client, by any node
}

// Heartbeat keeps a connection and all leases on it alive; the node answers an
// Ack on the registration channel. On the subscription channel the node sends
// it when nothing else was to be said for one heartbeat interval.
type Heartbeat struct {
	Seq uint64 `json:"seq,omitempty"` // from a registering client
	*Check
	// Stale says that the node is cut off and what it tells may be old.
	Stale bool `json:"stale,omitempty"`
	// Token is what to resume from here on any node; opaque. On the subscription
	// channel only.
	Token string `json:"token,omitempty"`
}

// Ack tells that the message with that number has been applied.
type Ack struct {
	Seq     uint64 `json:"seq"`
	Version string `json:"version,omitempty"` // opaque; carried in the next Register
}

// Again asks the client to register an instance again: what the node holds of
// it is not this connection's any more.
type Again struct {
	App string `json:"app"`
	ID  string `json:"id"`
}

// GoAway tells the client that the node will close the connection: reconnect
// elsewhere after AfterMs.
type GoAway struct {
	AfterMs int64 `json:"afterMs"`
}

// Subscribe replaces the set of interests of a connection. It is answered by a
// Synced with the same number once the subscriber holds everything, or an Error.
type Subscribe struct {
	Seq       uint64              `json:"seq"`
	Interests []interest.Interest `json:"interests"`
	// Token says what the subscriber holds of these very interests: it was told so
	// by any node, in a Synced or a Heartbeat. It then hears what it missed since.
	Token string `json:"token,omitempty"`
	// PaceMs is the shortest time between two frames that the subscriber wants once it
	// has got its Synced, in milliseconds; 0: none.
	PaceMs int64 `json:"paceMs,omitempty"`
}

// Snapshot begins a snapshot that replaces everything the subscriber holds: what
// does not come as a Put before the next Synced is not registered any more.
type Snapshot struct {
	Seq uint64 `json:"seq"` // of the Subscribe that it answers
	// Refused says why the Subscribe's token doesn't count; empty if there was none,
	// or a snapshot is the shorter thing to say.
	Refused string `json:"refused,omitempty"`
}

// Resumed begins what a subscriber missed since its token: what it holds stays,
// but for the Puts and Removes up to the next Synced.
type Resumed struct {
	Seq uint64 `json:"seq"` // of the Subscribe that it answers
}

// Put tells that an instance is there or has changed.
type Put struct {
	Version  string          `json:"version"`
	Hash     string          `json:"hash"` // content hash, 16 hexadecimal digits
	Instance *model.Instance `json:"instance"`
}

// Remove tells that an instance is gone, or has left the interest. A receiver
// ignores it for a key that it doesn't hold.
type Remove struct {
	App string `json:"app"`
	ID  string `json:"id"`
}

// Check is what a subscriber must hold at this point of the stream.
type Check struct {
	Count  int    `json:"count"`
	Digest string `json:"digest"` // sum modulo 2^64 of the content hashes held, 16 hexadecimal digits
}

// Synced tells that everything up to now has been said.
type Synced struct {
	Seq uint64 `json:"seq"` // of the newest Subscribe that it answers
	Check
	Stale bool   `json:"stale,omitempty"`
	Token string `json:"token,omitempty"` // as in Heartbeat
}

// Type returns the message's name in the "type" field.
func (*Hello) Type() string      { return "hello" }
func (*Welcome) Type() string    { return "welcome" }
func (*Register) Type() string   { return "register" }
func (*Update) Type() string     { return "update" }
func (*Unregister) Type() string { return "unregister" }
func (*Heartbeat) Type() string  { return "heartbeat" }
func (*Ack) Type() string        { return "ack" }
func (*Again) Type() string      { return "again" }
func (*GoAway) Type() string     { return "goaway" }
func (*Error) Type() string      { return "error" }
func (*Subscribe) Type() string  { return "subscribe" }
func (*Snapshot) Type() string   { return "snapshot" }
func (*Resumed) Type() string    { return "resumed" }
func (*Put) Type() string        { return "put" }
func (*Remove) Type() string     { return "remove" }
func (*Synced) Type() string     { return "synced" }

// Key returns the key of the instance that the message is about.
func (m *Update) Key() model.Key { return model.NewKey(m.App, m.ID) }

// Key returns the key of the instance that the message is about.
func (m *Unregister) Key() model.Key { return model.NewKey(m.App, m.ID) }

// Key returns the key of the instance that the message is about.
func (m *Again) Key() model.Key { return model.NewKey(m.App, m.ID) }

// Key returns the key of the instance that the message is about.
func (m *Remove) Key() model.Key { return model.NewKey(m.App, m.ID) }
