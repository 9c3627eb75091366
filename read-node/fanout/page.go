package fanout

import (
	"bytes"

	"heureka/wire"
)

// page is a frame that is being written, in the hub's room for that.
type page struct {
	hub    *Hub
	format wire.Format
	bytes  []byte
}

// page begins a frame with these lines. There is one page at a time.
func (h *Hub) page(format wire.Format, lines []byte) *page {
	room := h.room[:0]
	if cap(room) > 4*h.config.MaxFrame {
		room = nil // there was a very long line
	}
	room = append(room, make([]byte, h.config.Headroom)...)
	return &page{h, format, append(room, lines...)}
}

// fits keeps what was added since the page had that many bytes. It takes it back
// and reports false if that is too much: only the first line may be.
func (p *page) fits(start int) bool {
	p.hub.room = p.bytes
	if headroom := p.hub.config.Headroom; len(p.bytes)-headroom > p.hub.config.MaxFrame && start > headroom {
		p.bytes = p.bytes[:start]
		return false
	}
	return true
}

// message adds a message, if it fits.
func (p *page) message(m wire.Message) bool {
	start := len(p.bytes)
	p.bytes = appendMessage(p.bytes, p.format, m)
	return p.fits(start)
}

// record adds what a record says, to those whom it has left or to others, if it
// fits.
func (p *page) record(r *record, departure bool) bool {
	start := len(p.bytes)
	p.bytes = p.hub.lines.append(p.bytes, r, p.format, departure)
	return p.fits(start)
}

// lines returns a copy of what is on the page.
func (p *page) lines() []byte { return bytes.Clone(p.bytes[p.hub.config.Headroom:]) }

// sealed returns the page as it is handed out.
func (p *page) sealed() []byte {
	if p.hub.config.Seal == nil {
		return p.lines()
	}
	return p.hub.config.Seal(p.format, bytes.Clone(p.bytes))
}
