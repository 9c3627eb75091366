package pages

// Body is a document ready to be sent: its parts, one after the other. It is
// immutable and safe for concurrent use.
type Body struct {
	Parts  [][]byte
	Length int // of all parts together
}

func (b *Body) add(part []byte) {
	if len(part) > 0 {
		b.Parts = append(b.Parts, part)
		b.Length += len(part)
	}
}
