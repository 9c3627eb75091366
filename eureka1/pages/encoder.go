package pages

// Heading is what stands around the applications of a document.
type Heading struct {
	Version  uint64 // versions__delta: 1 for the whole registry, as Eureka has it
	HashCode string // apps__hashcode
}

// Encoder writes the parts of a document in one dialect, such as compact XML. Each
// method appends its text to dst and returns that. An encoder must not change, and
// must give the same text for the same arguments.
//
// Two applications of two instances and one become
//
//	Head Opening Row , Row Closing , Opening Row Closing Tail
//
// where the comma is the separator.
type Encoder interface {
	AppendHead(dst []byte, heading Heading) []byte
	AppendTail(dst []byte, heading Heading) []byte
	AppendOpening(dst []byte, app string) []byte
	AppendRow(dst []byte, row *Row) []byte
	AppendClosing(dst []byte, app string) []byte
	// Separator stands between applications, and between the instances of one. It
	// may be empty.
	Separator() string
	// Compact reports whether rows take half of what they take as full JSON, or less.
	Compact() bool
}
