package cluster

import (
	"time"

	"heureka/model"
	"heureka/registry"
)

// Role tells write nodes, which own registrations, from read nodes.
type Role string

// The roles.
const (
	Write Role = "write"
	Read  Role = "read"
)

// Message is what nodes say to each other: *Beacon, *Delta, *PullRequest,
// *PullMore or *Chunk between replicas, *Renewals or *Renewed between write nodes.
// Messages are immutable once sent.
type Message interface{ sender() model.Incarnation }

// Outgoing is a message and whom it is for: the zero incarnation means all.
type Outgoing struct {
	To      model.Incarnation
	Message Message
}

// Beacon is what every node says of itself, regularly, to all.
type Beacon struct {
	From model.Incarnation
	Role Role
	Tick uint64 // counts the beacons of this incarnation
	HTTP string // address of the service port, for people and clients

	Vector model.Vector
	// Heard holds the highest tick heard of each living write node, by any path.
	Heard map[model.Incarnation]uint64
	// Quiet holds for how long dead incarnations have borne no entry.
	Quiet  map[model.Incarnation]time.Duration
	Live   int    // live entries
	Digest uint64 // of them, at Vector
	// Unconfirmed is how many living instances the sender holds whose clients
	// haven't spoken to it: taken over, restored, or about to be.
	Unconfirmed int
	// Serving says that the sender is a read node that takes subscribers, ready and
	// not about to stop, and that it has so many Sessions now. A release that
	// doesn't tell never says it.
	Serving  bool
	Sessions int

	Ready   bool
	Leaving bool  // the last beacon: the sender stops now
	Wall    int64 // the sender's wall clock, µs since 1970
}

// Delta carries what its incarnation authored.
type Delta struct{ registry.Delta }

// PullRequest asks one node for everything beyond a vector.
type PullRequest struct {
	From   model.Incarnation
	Number uint64 // counts the asker's requests
	Vector model.Vector
	Whole  bool // asks for the whole map
}

// PullMore tells the answering node how far the asker has come.
type PullMore struct {
	From   model.Incarnation
	Answer uint64
	Next   int // number of the first chunk that hasn't arrived
}

// Chunk is a part of the answer to a pull.
type Chunk struct {
	From    model.Incarnation
	Request uint64 // number of the request it answers
	// Answer is the answering node's number for this answer, never used twice:
	// chunks of two answers to one request don't mix.
	Answer uint64
	Number int  // 0, 1, 2 and so on
	Last   bool // no chunk follows
	Busy   bool // the node answers too many already: ask another

	Whole   bool
	Vector  model.Vector // of the snapshot; in the last chunk
	Horizon model.Vector // of a whole answer; in the last chunk
	Entries []*registry.Entry
}

// MaxKeys is how many keys a *Renewals or a *Renewed may name. So many of the
// longest fit into one message of NATS.
const MaxKeys = 200

// Renewals says that the clients of some keys live. It goes to the incarnation
// that owns them, from one that their clients spoke to instead. A replica ignores
// it; what becomes of it is for the owner of the leases to say.
type Renewals struct {
	From   model.Incarnation
	Number uint64 // counts the batches of the sender; one sent again keeps its number
	Keys   []model.Key
}

// Renewed acknowledges a batch of renewals.
type Renewed struct {
	From    model.Incarnation
	Number  uint64      // of the batch
	Unknown []model.Key // what of it the sender doesn't own
}

func (m *Beacon) sender() model.Incarnation      { return m.From }
func (m *Delta) sender() model.Incarnation       { return m.Incarnation }
func (m *PullRequest) sender() model.Incarnation { return m.From }
func (m *PullMore) sender() model.Incarnation    { return m.From }
func (m *Chunk) sender() model.Incarnation       { return m.From }
func (m *Renewals) sender() model.Incarnation    { return m.From }
func (m *Renewed) sender() model.Incarnation     { return m.From }
