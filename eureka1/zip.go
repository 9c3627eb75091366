package eureka1

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"sync"
)

// packer writes portions as one gzip member, each compressed by itself. What compresses
// takes the better part of a megabyte, and is lent only while it does: a client that is
// slow to take what has been written holds none.
type packer struct {
	to     io.Writer
	lent   *sync.Pool // of *flate.Writer
	out    bytes.Buffer
	sum    uint32
	length uint32
}

// The frame of RFC 1952: deflate, no name, no time, unknown system; at the end an empty
// stored block that is the last, checksum and length.
const (
	packedHead = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
	packedLast = "\x01\x00\x00\xff\xff"
)

func newPacker(to io.Writer, lent *sync.Pool) *packer {
	p := &packer{to: to, lent: lent}
	p.out.WriteString(packedHead)
	return p
}

// Write compresses and writes a portion.
func (p *packer) Write(portion []byte) (int, error) {
	if err := p.deflate(portion); err != nil {
		return 0, err
	}
	p.sum = crc32.Update(p.sum, crc32.IEEETable, portion)
	p.length += uint32(len(portion))
	return len(portion), p.flush()
}

// deflate appends the portion's blocks to out. They end on a byte boundary and refer to
// nothing outside them.
func (p *packer) deflate(portion []byte) error {
	writer, ok := p.lent.Get().(*flate.Writer)
	if ok {
		writer.Reset(&p.out)
	} else {
		var err error
		if writer, err = flate.NewWriter(&p.out, flate.DefaultCompression); err != nil {
			return err
		}
	}
	defer p.lent.Put(writer)
	_, err := writer.Write(portion)
	return errors.Join(err, writer.Flush())
}

func (p *packer) flush() error {
	_, err := p.to.Write(p.out.Bytes())
	p.out.Reset()
	return err
}

// end writes what stands at the end.
func (p *packer) end() error {
	tail := binary.LittleEndian.AppendUint32([]byte(packedLast), p.sum)
	p.out.Write(binary.LittleEndian.AppendUint32(tail, p.length))
	return p.flush()
}
