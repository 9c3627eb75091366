package served

import (
	"io"
	"net"
	"slices"
)

// Sending is a page on its way to one client: an io.Reader and io.WriterTo of what is
// left of it, or of the next step ([Sending.Step]). While it has a file, a socket takes it
// from there; else from memory, as one vector. It is for one goroutine.
type Sending struct {
	rest net.Buffers // what is left, in memory; the parts are the page's
	left int
	step int       // what is left of the step
	file *pageFile // with a reference; nil: none, or none any more
	was  *pageFile // what Unfile gave back
	size int
}

// send begins to send a page. Its caller ends it with Unfile.
func (p *Page) send() *Sending {
	return &Sending{rest: slices.Clone(p.Parts), left: p.Length, step: p.Length, file: p.filed.take(p.Parts, p.Length), size: p.Length}
}

// Left returns how many bytes are left.
func (s *Sending) Left() int { return s.left }

// Step bounds what is read next to n bytes, and returns s.
func (s *Sending) Step(n int) *Sending {
	s.step = min(n, s.left)
	return s
}

// InFile reports whether the page has a file, from which sockets take it.
func (s *Sending) InFile() bool { return s.file != nil }

// Unfile has the rest taken from memory, most of which pages share: a file would be kept
// for this one.
func (s *Sending) Unfile() {
	if s.file != nil {
		s.file.Release()
		s.was, s.file = s.file, nil
	}
}

// Refile has the rest taken from the file again that Unfile gave back, if there still is
// one, and reports that.
func (s *Sending) Refile() bool {
	if s.file == nil && s.was != nil && s.was.Acquire() {
		s.file = s.was
	}
	return s.file != nil
}

// Read reads from memory.
func (s *Sending) Read(p []byte) (int, error) {
	if s.step == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), s.step)], s.rest[0])
	s.pass(n)
	return n, nil
}

// WriteTo writes to w; many parts to a TCP connection by one call. Where that can't take
// them from the file it writes nothing and returns errors.ErrUnsupported: its caller may
// have something to say about when what is written from memory must be taken.
func (s *Sending) WriteTo(w io.Writer) (int64, error) {
	if s.file != nil {
		n, err := s.file.SendTo(w, int64(s.size-s.left), int64(s.step))
		s.pass(int(n))
		return n, err
	}
	parts := s.next()
	n, err := parts.WriteTo(w)
	s.pass(int(n))
	return n, err
}

// next returns the parts of the step.
func (s *Sending) next() net.Buffers {
	var parts net.Buffers
	for i, left := 0, s.step; left > 0; i++ {
		part := s.rest[i][:min(len(s.rest[i]), left)]
		parts = append(parts, part)
		left -= len(part)
	}
	return parts
}

// pass goes on behind the next n bytes.
func (s *Sending) pass(n int) {
	s.left -= n
	s.step -= n
	for len(s.rest) > 0 && n >= len(s.rest[0]) {
		n -= len(s.rest[0])
		s.rest[0] = nil // which a slow client needn't keep
		s.rest = s.rest[1:]
	}
	if n > 0 {
		s.rest[0] = s.rest[0][n:]
	}
}
