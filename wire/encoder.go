package wire

import (
	"fmt"

	"heureka/cluster"
	"heureka/internal/proto"
)

// Encoder encodes one message or entry after the other in room of its own, so that
// it allocates nothing once it is warm. Its zero value is ready; it isn't safe for
// concurrent use.
type Encoder struct {
	packetEncoder
	content, packet []byte
}

// maxKept is the size from which an encoder's room isn't kept for the next message.
const maxKept = 1 << 20

// Packet returns the bytes of a message between nodes, valid until the next call.
func (e *Encoder) Packet(m cluster.Message) ([]byte, error) {
	e.forget()
	var at int
	b := e.content[:0]
	switch m := m.(type) {
	case *cluster.Beacon:
		b, at = proto.Open(b, 2)
		b = e.beacon(b, m)
	case *cluster.Delta:
		b, at = proto.Open(b, 3)
		b = e.delta(b, &m.Delta)
	case *cluster.PullRequest:
		b, at = proto.Open(b, 4)
		b = e.pull(b, m)
	case *cluster.PullMore:
		b, at = proto.Open(b, 5)
		b = e.more(b, m)
	case *cluster.Chunk:
		b, at = proto.Open(b, 6)
		b = e.chunk(b, m)
	case *cluster.Renewals:
		b, at = proto.Open(b, 7)
		b = e.keys(b, m.From, m.Number, m.Keys)
	case *cluster.Renewed:
		b, at = proto.Open(b, 8)
		b = e.keys(b, m.From, m.Number, m.Unknown)
	default:
		return nil, fmt.Errorf("wire: a %T can't be sent to a node", m)
	}
	e.content = proto.Close(b, at)
	packet := append(e.incarnations(e.packet[:0]), e.content...)
	e.packet = packet
	e.release()
	return packet, nil
}

// release lets room go that one large message took.
func (e *Encoder) release() {
	if cap(e.content) > maxKept {
		e.content = nil
	}
	if cap(e.packet) > maxKept {
		e.packet = nil
	}
}
