package wire

import (
	"errors"
	"slices"
	"time"

	"heureka/cluster"
	"heureka/internal/proto"
	"heureka/model"
	"heureka/registry"

	"google.golang.org/protobuf/encoding/protowire"
)

// Messages between nodes, as protocol buffers would have them. Incarnations
// recur, so a message lists them once and refers to them by index + 1.
//
//	message Packet {
//	  repeated Incarnation incarnations = 1;  // first
//	  oneof content { Beacon beacon = 2; Delta delta = 3; PullRequest pull = 4; PullMore more = 5; Chunk chunk = 6;
//	                  Renewals renewals = 7; Renewed renewed = 8; }
//	}
//	message Incarnation { string name = 1; bytes id = 2; }
//	message Seq { uint32 incarnation = 1; uint64 seq = 2; }       // an element of a vector
//	message Entry {
//	  string app = 1; string id = 2; fixed64 time = 3; uint32 turn = 4; uint32 version_incarnation = 5;
//	  uint64 seq = 6; uint32 owner = 7; bool removed = 8; fixed64 hash = 9; Instance instance = 10;
//	  fixed64 process = 11; uint64 connection = 12;               // of the speaker
//	  bool override = 13; string status = 14;                     // of an override
//	}
//	message Beacon {
//	  uint32 from = 1; string role = 2; uint64 tick = 3; string http = 4; repeated Seq vector = 5; repeated Seq heard = 6;
//	  uint64 live = 7; fixed64 digest = 8; bool ready = 9; bool leaving = 10; uint64 wall = 11;
//	  repeated Seq quiet = 12;                                    // seq: for how many seconds
//	  uint64 unconfirmed = 13;
//	  bool serving = 14; uint64 sessions = 15;                    // of a read node
//	}
//	message Delta { uint32 incarnation = 1; uint64 from = 2; uint64 to = 3; repeated Entry entries = 4; }
//	message PullRequest { uint32 from = 1; uint64 number = 2; repeated Seq vector = 3; bool whole = 4; }
//	message PullMore { uint32 from = 1; uint64 answer = 2; uint64 next = 3; }
//	message Chunk {
//	  uint32 from = 1; uint64 request = 2; uint64 answer = 3; uint64 number = 4; bool last = 5; bool busy = 6;
//	  bool whole = 7; repeated Seq vector = 8; repeated Seq horizon = 9; repeated Entry entries = 10;
//	}
//	message Key { string app = 1; string id = 2; }
//	message Renewals { uint32 from = 1; uint64 number = 2; repeated Key keys = 3; }
//	message Renewed { uint32 from = 1; uint64 number = 2; repeated Key unknown = 3; }

// ErrPacket is returned for bytes that are no message between nodes.
var ErrPacket = errors.New("wire: not a message between nodes")

// EncodePacket returns the bytes of a message between nodes; many follow each other
// better through an [Encoder].
func EncodePacket(m cluster.Message) ([]byte, error) { return new(Encoder).Packet(m) }

// packetEncoder collects the incarnations that the content refers to.
type packetEncoder struct {
	table []model.Incarnation
	index map[model.Incarnation]uint64 // +1; once there are many
}

// forget begins another message.
func (e *packetEncoder) forget() {
	e.table = e.table[:0]
	clear(e.index)
}

// fewIncarnations are looked through faster than looked up: most messages have one.
const fewIncarnations = 8

func (e *packetEncoder) ref(inc model.Incarnation) uint64 {
	if inc.IsZero() {
		return 0
	}
	if len(e.table) <= fewIncarnations {
		if i := slices.Index(e.table, inc); i >= 0 {
			return uint64(i) + 1
		}
	} else if i, ok := e.index[inc]; ok {
		return i
	}
	e.table = append(e.table, inc)
	if len(e.table) > fewIncarnations {
		e.remember()
	}
	return uint64(len(e.table))
}

// remember brings the index up to the table.
func (e *packetEncoder) remember() {
	if e.index == nil {
		e.index = make(map[model.Incarnation]uint64, 4*fewIncarnations)
	}
	for i := len(e.index); i < len(e.table); i++ {
		e.index[e.table[i]] = uint64(i) + 1
	}
}

// incarnations appends those that were referred to.
func (e *packetEncoder) incarnations(b []byte) []byte {
	for i := range e.table {
		var at int
		b, at = proto.Open(b, 1)
		b = proto.AppendText(b, 1, e.table[i].Name)
		b = proto.Close(proto.AppendBytes(b, 2, e.table[i].ID[:]), at)
	}
	return b
}

func (e *packetEncoder) vector(b []byte, field protowire.Number, v map[model.Incarnation]uint64) []byte {
	for inc, seq := range v {
		var at int
		b, at = proto.Open(b, field)
		b = proto.AppendNumber(b, 1, e.ref(inc))
		b = proto.Close(proto.AppendNumber(b, 2, seq), at)
	}
	return b
}

func (e *packetEncoder) entry(b []byte, field protowire.Number, x *registry.Entry) []byte {
	b, whole := proto.Open(b, field)
	b = proto.AppendText(b, 1, x.Key.App)
	b = proto.AppendText(b, 2, x.Key.ID)
	b = proto.AppendFixed(b, 3, uint64(x.Version.Time))
	b = proto.AppendNumber(b, 4, uint64(x.Version.Turn))
	b = proto.AppendNumber(b, 5, e.ref(x.Version.Incarnation))
	b = proto.AppendNumber(b, 6, x.Dot.Seq)
	b = proto.AppendNumber(b, 7, e.ref(x.Dot.Incarnation))
	b = proto.AppendFlag(b, 8, x.Removed)
	b = proto.AppendFixed(b, 9, x.Hash)
	if !x.Instance.IsZero() {
		b = protowire.AppendTag(b, 10, protowire.BytesType)
		b = protowire.AppendVarint(b, uint64(x.Instance.Len()))
		b = x.Instance.AppendTo(b)
	}
	b = proto.AppendFixed(b, 11, x.Speaker.Process)
	b = proto.AppendNumber(b, 12, x.Speaker.Connection)
	b = proto.AppendFlag(b, 13, x.Override)
	b = proto.AppendText(b, 14, string(x.Status))
	return proto.Close(b, whole)
}

func (e *packetEncoder) beacon(b []byte, m *cluster.Beacon) []byte {
	b = proto.AppendNumber(b, 1, e.ref(m.From))
	b = proto.AppendText(b, 2, string(m.Role))
	b = proto.AppendNumber(b, 3, m.Tick)
	b = proto.AppendText(b, 4, m.HTTP)
	b = e.vector(b, 5, m.Vector)
	b = e.vector(b, 6, m.Heard)
	b = proto.AppendNumber(b, 7, uint64(m.Live))
	b = proto.AppendFixed(b, 8, m.Digest)
	b = proto.AppendFlag(b, 9, m.Ready)
	b = proto.AppendFlag(b, 10, m.Leaving)
	b = proto.AppendNumber(b, 11, uint64(m.Wall))
	b = e.vector(b, 12, seconds(m.Quiet))
	b = proto.AppendNumber(b, 13, uint64(m.Unconfirmed))
	b = proto.AppendFlag(b, 14, m.Serving)
	return proto.AppendNumber(b, 15, uint64(m.Sessions))
}

// seconds returns ages as a vector has numbers.
func seconds(ages map[model.Incarnation]time.Duration) map[model.Incarnation]uint64 {
	out := make(map[model.Incarnation]uint64, len(ages))
	for inc, age := range ages {
		out[inc] = uint64(max(age, 0) / time.Second)
	}
	return out
}

func (e *packetEncoder) delta(b []byte, d *registry.Delta) []byte {
	b = proto.AppendNumber(b, 1, e.ref(d.Incarnation))
	b = proto.AppendNumber(b, 2, d.From)
	b = proto.AppendNumber(b, 3, d.To)
	for _, x := range d.Entries {
		b = e.entry(b, 4, x)
	}
	return b
}

func (e *packetEncoder) pull(b []byte, m *cluster.PullRequest) []byte {
	b = proto.AppendNumber(b, 1, e.ref(m.From))
	b = proto.AppendNumber(b, 2, m.Number)
	b = e.vector(b, 3, m.Vector)
	return proto.AppendFlag(b, 4, m.Whole)
}

func (e *packetEncoder) more(b []byte, m *cluster.PullMore) []byte {
	b = proto.AppendNumber(b, 1, e.ref(m.From))
	b = proto.AppendNumber(b, 2, m.Answer)
	return proto.AppendNumber(b, 3, uint64(m.Next))
}

func (e *packetEncoder) chunk(b []byte, m *cluster.Chunk) []byte {
	b = proto.AppendNumber(b, 1, e.ref(m.From))
	b = proto.AppendNumber(b, 2, m.Request)
	b = proto.AppendNumber(b, 3, m.Answer)
	b = proto.AppendNumber(b, 4, uint64(m.Number))
	b = proto.AppendFlag(b, 5, m.Last)
	b = proto.AppendFlag(b, 6, m.Busy)
	b = proto.AppendFlag(b, 7, m.Whole)
	b = e.vector(b, 8, m.Vector)
	b = e.vector(b, 9, m.Horizon)
	for _, x := range m.Entries {
		b = e.entry(b, 10, x)
	}
	return b
}

// keys writes Renewals or Renewed, which look alike.
func (e *packetEncoder) keys(b []byte, from model.Incarnation, number uint64, keys []model.Key) []byte {
	b = proto.AppendNumber(b, 1, e.ref(from))
	b = proto.AppendNumber(b, 2, number)
	for _, key := range keys {
		b = proto.AppendMessage(b, 3, func(b []byte) []byte {
			b = proto.AppendText(b, 1, key.App)
			return proto.AppendText(b, 2, key.ID)
		})
	}
	return b
}
