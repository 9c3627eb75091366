package pages

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
)

// piece is a text in deflate blocks that end on a byte boundary and refer to nothing
// outside them, so that pieces may follow each other in any order; and what the
// checksum of a whole is made of.
type piece struct {
	deflated []byte
	sum      uint32 // CRC-32 of the text
	shift    uint32 // of the text's length, see shift
	length   int    // of the text
}

// Deflater compresses the leaves of sheets. It takes about a megabyte, and is not
// safe for concurrent use.
type Deflater struct {
	writer *flate.Writer
	sink   bytes.Buffer
}

// NewDeflater returns a deflater of that level, as package compress/flate has them.
func NewDeflater(level int) (*Deflater, error) {
	d := new(Deflater)
	writer, err := flate.NewWriter(&d.sink, level)
	if err != nil {
		return nil, fmt.Errorf("pages: a deflater: %w", err)
	}
	d.writer = writer
	return d, nil
}

// deflate returns the blocks of a text, good until the next.
func (d *Deflater) deflate(text []byte) ([]byte, error) {
	d.sink.Reset()
	d.writer.Reset(&d.sink) // forgets the dictionary
	if _, err := d.writer.Write(text); err != nil {
		return nil, fmt.Errorf("pages: compress: %w", err)
	}
	if err := d.writer.Flush(); err != nil { // ends on a byte boundary
		return nil, fmt.Errorf("pages: end a segment: %w", err)
	}
	return d.sink.Bytes(), nil
}

func (d *Deflater) piece(text []byte) (piece, error) {
	deflated, err := d.deflate(text)
	if err != nil {
		return piece{}, err
	}
	return newPiece(slices.Clone(deflated), text), nil
}

func newPiece(deflated, text []byte) piece {
	return piece{deflated: deflated, sum: crc32.ChecksumIEEE(text), shift: shift(len(text)), length: len(text)}
}

// storedPiece returns a short text as it is, in blocks that say so. Compressing it
// would cost more than it saves.
func storedPiece(text []byte) piece {
	var out []byte
	for rest := text; len(rest) > 0; {
		n := min(len(rest), math.MaxUint16)
		out = append(out, 0) // not the last block; stored
		out = binary.LittleEndian.AppendUint16(out, uint16(n))
		out = binary.LittleEndian.AppendUint16(out, ^uint16(n))
		out = append(out, rest[:n]...)
		rest = rest[n:]
	}
	return newPiece(out, text)
}

// The frame of RFC 1952: deflate, no name, no time, unknown system; at the end an
// empty stored block that is the last, checksum and length.
const (
	gzipHeader = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
	lastBlock  = "\x01\x00\x00\xff\xff"
	gzipTail   = 8
)

// concat returns one piece of several.
func concat(pieces []piece) piece {
	size := 0
	for i := range pieces {
		size += len(pieces[i].deflated)
	}
	whole := piece{deflated: make([]byte, 0, size), shift: one}
	for i := range pieces {
		whole.deflated = append(whole.deflated, pieces[i].deflated...)
		whole.follow(&pieces[i])
	}
	return whole
}

// follow makes what is known of a text that of it and the next.
func (p *piece) follow(next *piece) {
	p.sum = combine(p.sum, next.sum, next.shift)
	p.shift = multiply(p.shift, next.shift)
	p.length += next.length
}

// member returns the pieces, of which there is one at least, as one gzip member.
func member(pieces []piece) (body Body) {
	whole := piece{shift: one}
	body.add([]byte(gzipHeader))
	for i := range pieces {
		whole.follow(&pieces[i])
		body.add(pieces[i].deflated)
	}
	body.add(appendTail(nil, whole.sum, uint32(whole.length)))
	return body
}

func appendTail(out []byte, sum, length uint32) []byte {
	out = append(out, lastBlock...)
	out = binary.LittleEndian.AppendUint32(out, sum)
	return binary.LittleEndian.AppendUint32(out, length)
}

// Member is a gzip member of a text that comes in portions, each compressed by itself, so
// that no deflater is held between them. Its zero value is ready for use.
type Member struct {
	begun       bool
	sum, length uint32 // of the text, as they stand at the end
}

// Append appends the next portion to dst, compressed.
func (m *Member) Append(dst, portion []byte, by *Deflater) ([]byte, error) {
	deflated, err := by.deflate(portion)
	if err != nil {
		return dst, err
	}
	if !m.begun {
		m.begun, dst = true, append(dst, gzipHeader...)
	}
	m.sum = crc32.Update(m.sum, crc32.IEEETable, portion)
	m.length += uint32(len(portion))
	return append(dst, deflated...), nil
}

// End appends what stands at the end, behind one portion at least.
func (m *Member) End(dst []byte) []byte { return appendTail(dst, m.sum, m.length) }
