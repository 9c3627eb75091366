package eureka1

import (
	"io"
	"iter"
	"net/http"

	"heureka/eureka1/dialect"
	"heureka/eureka1/pages"
)

// portion is how much of a document is gathered before it is written, and the least
// that is worth compressing.
const portion = 32 << 10

// packed is how much is compressed at a time, as much as of a document that is kept:
// smaller portions compress worse, and larger ones are held for a client that is slow.
const packed = 2 * portion

// stream writes a document that isn't kept, bit by bit, so that a large one isn't in
// memory as a whole.
type stream struct {
	q      *request
	form   dialect.Form
	buffer []byte
	zip    *packer // nil: it is written as it is
	begun  bool
	err    error // of the peer that has gone
}

func newStream(q *request, form dialect.Form) *stream { return &stream{q: q, form: form} }

func (s *stream) add(text string) { s.buffer = append(s.buffer, text...) }

// application adds an application with at least one instance.
func (s *stream) application(app string, rows iter.Seq[*pages.Row]) {
	s.buffer = dialect.AppendApplicationHead(s.buffer, s.form, app)
	first := true
	for row := range rows {
		if !first {
			s.add(dialect.Between(s.form))
		}
		first = false
		info := infoOf(row)
		s.buffer = dialect.AppendInfo(s.buffer, s.form, &info)
		if len(s.buffer) >= s.enough() {
			s.flush()
		}
		if s.err != nil {
			return
		}
	}
	s.add(dialect.ApplicationTail(s.form))
}

// enough returns how much is gathered before it is written.
func (s *stream) enough() int {
	if s.q.gzip() {
		return packed
	}
	return portion
}

// flush writes what has been gathered.
func (s *stream) flush() {
	if s.err != nil {
		return
	}
	if !s.begun {
		s.begin()
	}
	out := io.Writer(s.q.w)
	if s.zip != nil {
		out = s.zip
	}
	_, s.err = out.Write(s.buffer)
	s.buffer = s.buffer[:0]
}

func (s *stream) begin() {
	s.begun = true
	header := s.q.w.Header()
	header.Set("Content-Type", s.form.Format().ContentType())
	header.Set("Vary", "Accept, Accept-Encoding, X-Eureka-Accept")
	if s.q.gzip() && len(s.buffer) >= portion {
		header.Set("Content-Encoding", "gzip")
		s.zip = &packer{to: s.q.w, lent: &s.q.zips}
	}
}

// end writes what is left and returns the status that was answered.
func (s *stream) end() int {
	s.flush()
	if s.zip != nil && s.err == nil {
		s.err = s.zip.end()
	}
	if s.err != nil {
		s.q.log.Debug("a document wasn't taken", "err", s.err)
	}
	return http.StatusOK
}
