package served

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"heureka/eureka1/pages"
)

// Page is one answer, ready to be sent any number of times. What it says is immutable.
type Page struct {
	pages.Body
	version uint64
	gzip    bool
	length  []string
	filed   filed
}

func newPage(body pages.Body, version uint64, gzip bool, of *files) *Page {
	return &Page{Body: body, version: version, gzip: gzip, length: []string{strconv.Itoa(body.Length)}, filed: filed{of: of}}
}

// Send answers a request with the page. An error means that the connection is gone.
func (p *Page) Send(w http.ResponseWriter, contentType string) error {
	header := w.Header()
	header.Set("Content-Type", contentType)
	header["Content-Length"] = p.length
	if p.gzip {
		header.Set("Content-Encoding", "gzip")
	}
	if err := p.write(w); err != nil {
		return fmt.Errorf("served: send a page: %w", err)
	}
	return nil
}

// write writes the parts. Many go to a TCP connection as one [Sending]: to write each by
// itself wakes the reader at each, and costs both sides a third more. The way there is
// that a response hands its connection what it is told to read from, and that this, asked
// to write itself to such a connection, does so with sendfile or writev.
func (p *Page) write(w http.ResponseWriter) error {
	from, ok := w.(io.ReaderFrom)
	if !ok || len(p.Parts) == 1 {
		for _, part := range p.Parts {
			if _, err := w.Write(part); err != nil {
				return err
			}
		}
		return nil
	}
	s := p.send()
	defer s.Unfile()
	_, err := from.ReadFrom(s)
	if s.InFile() && errors.Is(err, errors.ErrUnsupported) {
		s.Unfile()
		_, err = from.ReadFrom(s)
	}
	return err
}
