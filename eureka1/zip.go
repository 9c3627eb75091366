package eureka1

import (
	"compress/flate"
	"io"
	"sync"

	"heureka/eureka1/pages"
)

// packer writes portions as one gzip member, each compressed by itself. What compresses
// takes the better part of a megabyte, and is lent only while it does: a client that is
// slow to take what has been written holds none.
type packer struct {
	to     io.Writer
	lent   *sync.Pool // of *pages.Deflater
	member pages.Member
	out    []byte
}

// Write compresses and writes a portion.
func (p *packer) Write(portion []byte) (int, error) {
	if err := p.pack(portion); err != nil {
		return 0, err
	}
	_, err := p.to.Write(p.out)
	return len(portion), err
}

func (p *packer) pack(portion []byte) (err error) {
	deflater, ok := p.lent.Get().(*pages.Deflater)
	if !ok {
		if deflater, err = pages.NewDeflater(flate.DefaultCompression); err != nil {
			return err
		}
	}
	defer p.lent.Put(deflater)
	p.out, err = p.member.Append(p.out[:0], portion, deflater)
	return err
}

// end writes what stands at the end.
func (p *packer) end() error {
	_, err := p.to.Write(p.member.End(p.out[:0]))
	return err
}
