package pages

// Document is one of the two that are kept.
type Document int

// The documents.
const (
	Apps  Document = iota // the whole registry
	Delta                 // what changed lately
)

// Documents is how many there are.
const Documents = 2

// Snapshot is both documents as they were at one moment, so that a client who was
// given one of them and then the other of the same or a later snapshot holds what
// the hash code says. It is immutable and safe for concurrent use.
type Snapshot struct {
	version  uint64
	hashCode string
	leaves   [Documents][len(cuts{})][]*leaf
}

// Version numbers the snapshots of one Pages, later ones higher.
func (s *Snapshot) Version() uint64 { return s.version }

// HashCode is the apps__hashcode of the whole registry.
func (s *Snapshot) HashCode() string { return s.hashCode }

// heading returns what stands around the applications of a document.
func (s *Snapshot) heading(d Document) Heading {
	h := Heading{Version: 1, HashCode: s.hashCode}
	if d == Delta {
		h.Version = s.version
	}
	return h
}
