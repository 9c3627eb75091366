package resume

import (
	"encoding/base64"
	"encoding/binary"
	"maps"
	"slices"

	"heureka/interest"
	"heureka/model"

	"github.com/cespare/xxhash/v2"
	"github.com/google/uuid"
)

// Token is what a subscriber brings along: what it holds.
type Token struct {
	cluster  uint32 // hash of its name
	set      uint64 // hash of the interests' canonical text
	position map[uuid.UUID]uint64
	// heard is how far the node was that wrote it, of the incarnations of which that is
	// further than the position: its view kept something back, and showed what came after.
	heard map[uuid.UUID]uint64
}

// As bytes a token is its form, the cluster, the interests, the marks and a sum of
// all that; as text base64 for URLs. Numbers are little-endian. A mark is an incarnation
// and a number; where there are two of an incarnation, the second is what was heard.
const (
	form     = 2
	headSize = 1 + 4 + 8
	markSize = 16 + 8
	sumSize  = 4
	// maxMarks is how many marks a token has at most, so that nobody can make the node
	// read more: twice cluster.Config.MaxIncarnations, as each may have two. The living
	// may exceed that; then there are tokens while little is kept back.
	maxMarks = 2048
)

var encoding = base64.RawURLEncoding.Strict()

// Parse reads what [Issuer.Token] wrote. It reports false for anything else.
func Parse(text string) (Token, bool) {
	if len(text) > encoding.EncodedLen(headSize+maxMarks*markSize+sumSize) {
		return Token{}, false
	}
	raw, err := encoding.DecodeString(text)
	if err != nil || len(raw) < headSize+sumSize || (len(raw)-headSize-sumSize)%markSize != 0 || raw[0] != form {
		return Token{}, false
	}
	body, sum := raw[:len(raw)-sumSize], raw[len(raw)-sumSize:]
	if binary.LittleEndian.Uint32(sum) != uint32(xxhash.Sum64(body)) {
		return Token{}, false
	}
	t := Token{
		cluster:  binary.LittleEndian.Uint32(body[1:]),
		set:      binary.LittleEndian.Uint64(body[5:]),
		position: make(map[uuid.UUID]uint64),
		heard:    make(map[uuid.UUID]uint64),
	}
	for marks := body[headSize:]; len(marks) > 0; marks = marks[markSize:] {
		id, seq := uuid.UUID(marks[:16]), binary.LittleEndian.Uint64(marks[16:])
		if _, second := t.position[id]; second {
			t.heard[id] = seq
		} else {
			t.position[id] = seq
		}
	}
	return t, true
}

// vector returns the token's position in terms of the incarnations that a node has
// heard of. It reports false if the token names another.
func (t Token) vector(heard model.Vector) (model.Vector, bool) {
	if len(t.position) > len(heard) {
		return nil, false
	}
	out := make(model.Vector, len(t.position))
	for inc := range heard {
		if seq, ok := t.position[inc.ID]; ok {
			out[inc] = seq
		}
	}
	return out, len(out) == len(t.position)
}

// reached reports whether a node has heard of all that the one that wrote the token had.
func (t Token) reached(node model.Vector) bool {
	if len(t.heard) == 0 {
		return true
	}
	for inc, seq := range node {
		if t.heard[inc.ID] > seq {
			return false
		}
	}
	return true
}

// Issuer writes the tokens of one node of a cluster. It belongs to one goroutine.
type Issuer struct {
	cluster uint32
	moved   bool
	marks   []byte // of the position, encoded; nil: none can be named
}

// NewIssuer returns the issuer for a cluster of that name.
func NewIssuer(cluster string) *Issuer { return &Issuer{cluster: hashCluster(cluster), moved: true} }

func hashCluster(name string) uint32 { return uint32(xxhash.Sum64String(name)) }

// Positioned is where an Issuer learns the node's position: a cluster.Replica.
type Positioned interface {
	Position() (model.Vector, bool)
	Vector() model.Vector // of the node's map, to be read only
}

// Moved tells that the node's position may have changed.
func (i *Issuer) Moved() { i.moved = true }

// Token returns what to resume from for who has just been told everything about
// the interests; "" where the node can't say it in a token now.
func (i *Issuer) Token(node Positioned, set interest.Set) string {
	if i.moved {
		i.moved = false
		i.marks = appendMarks(i.marks[:0], node)
	}
	if i.marks == nil {
		return ""
	}
	raw := make([]byte, 0, headSize+len(i.marks)+sumSize)
	raw = append(raw, form)
	raw = binary.LittleEndian.AppendUint32(raw, i.cluster)
	raw = binary.LittleEndian.AppendUint64(raw, xxhash.Sum64String(set.String()))
	raw = append(raw, i.marks...)
	raw = binary.LittleEndian.AppendUint32(raw, uint32(xxhash.Sum64(raw)))
	return encoding.EncodeToString(raw)
}

// appendMarks encodes the node's position; nil if it has none.
func appendMarks(dst []byte, node Positioned) []byte {
	position, ok := node.Position()
	if !ok {
		return nil
	}
	if dst == nil {
		dst = []byte{} // a position without marks is one, too
	}
	heard := node.Vector()
	for _, inc := range slices.SortedFunc(maps.Keys(position), model.Incarnation.Compare) {
		dst = appendMark(dst, inc, position[inc])
		if heard[inc] > position[inc] {
			dst = appendMark(dst, inc, heard[inc])
		}
	}
	if len(dst) > maxMarks*markSize {
		return nil
	}
	return dst
}

func appendMark(dst []byte, inc model.Incarnation, seq uint64) []byte {
	return binary.LittleEndian.AppendUint64(append(dst, inc.ID[:]...), seq)
}
