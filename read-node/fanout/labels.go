package fanout

import (
	"slices"
	"strings"

	"heureka/model"
)

// labels are the vips and secure vips of an instance, which most instances of an
// application have in common. They are held once, with everyone who has them.
type labels struct {
	vip, secureVIP   string   // as they are written
	vips, secureVIPs []string // their elements
	records          []*record
}

// texts names labels.
type texts struct{ vip, secureVIP string }

// labelled is all labels of the view.
type labelled struct {
	by         map[texts]*labels
	vips       places
	secureVIPs places
}

// places tells which labels have a vip.
type places map[string]holders

// holders is any number of labels, of which there is mostly one.
type holders struct {
	first *labels
	rest  map[*labels]struct{}
}

func newLabelled() labelled {
	return labelled{by: make(map[texts]*labels), vips: make(places), secureVIPs: make(places)}
}

// say reports whether these are the labels. Nil is no vips at all.
func (l *labels) say(said texts) bool {
	if l == nil {
		return said == texts{}
	}
	return texts{l.vip, l.secureVIP} == said
}

// join gives the record the labels that its instance has.
func (all *labelled) join(r *record, said texts) {
	if said == (texts{}) {
		return
	}
	l := all.by[said]
	if l == nil {
		l = &labels{vip: strings.Clone(said.vip), secureVIP: strings.Clone(said.secureVIP)} // not pieces of something large
		own := model.Instance{VIP: l.vip, SecureVIP: l.secureVIP}
		l.vips, l.secureVIPs = slices.Collect(own.VIPs()), slices.Collect(own.SecureVIPs())
		all.by[texts{l.vip, l.secureVIP}] = l
		all.vips.add(l.vips, l)
		all.secureVIPs.add(l.secureVIPs, l)
	}
	r.labels, r.place = l, uint32(len(l.records))
	l.records = append(l.records, r)
}

// leave takes the record's labels from it.
func (all *labelled) leave(r *record) {
	l := r.labels
	if l == nil {
		return
	}
	last := len(l.records) - 1
	l.records[r.place] = l.records[last]
	l.records[r.place].place = r.place
	l.records[last] = nil
	l.records = l.records[:last]
	r.labels = nil
	if last == 0 {
		delete(all.by, texts{l.vip, l.secureVIP})
		all.vips.drop(l.vips, l)
		all.secureVIPs.drop(l.secureVIPs, l)
	} else if cap(l.records) > 4*last+compactLeast {
		l.records = slices.Clone(l.records)
	}
}

func (p places) add(values []string, l *labels) {
	for _, v := range values {
		h := p[v]
		switch {
		case h.first == nil:
			h.first = l
		case h.rest == nil:
			h.rest = map[*labels]struct{}{l: {}}
		default:
			h.rest[l] = struct{}{}
		}
		p[v] = h
	}
}

func (p places) drop(values []string, l *labels) {
	for _, v := range values {
		h := p[v]
		if h.first != l {
			delete(h.rest, l)
			continue
		}
		h.first = nil
		for other := range h.rest {
			h.first = other
			delete(h.rest, other)
			break
		}
		if h.first == nil {
			delete(p, v)
		} else {
			p[v] = h
		}
	}
}

// all yields the holders.
func (h holders) all(yield func(*labels) bool) {
	if !yield(h.first) {
		return
	}
	for l := range h.rest {
		if !yield(l) {
			return
		}
	}
}
