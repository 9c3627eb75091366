package served

import (
	"fmt"
	"net/http"
	"strconv"

	"heureka/eureka1/pages"
)

// Page is one answer, ready to be sent any number of times. It is immutable.
type Page struct {
	pages.Body
	version uint64
	gzip    bool
	length  []string
}

func newPage(body pages.Body, version uint64, gzip bool) *Page {
	return &Page{Body: body, version: version, gzip: gzip, length: []string{strconv.Itoa(body.Length)}}
}

// Send answers a request with the page. An error means that the connection is gone.
func (p *Page) Send(w http.ResponseWriter, contentType string) error {
	header := w.Header()
	header.Set("Content-Type", contentType)
	header["Content-Length"] = p.length
	if p.gzip {
		header.Set("Content-Encoding", "gzip")
	}
	for _, part := range p.Parts {
		if _, err := w.Write(part); err != nil {
			return fmt.Errorf("served: send a page: %w", err)
		}
	}
	return nil
}
