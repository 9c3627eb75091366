package fanout

import (
	"cmp"
	"iter"
	"slices"

	"heureka/interest"
	"heureka/model"
)

// catalog is the view as its changes tell it, arranged so that the members of a
// new group are found without looking at every instance.
type catalog struct {
	apps       map[string]map[string]*record // by application, then by id
	vips       places
	secureVIPs places
	count      int
	digest     uint64
	turn       uint64 // of the present find
}

// places tells which keys have a vip.
type places map[string]map[model.Key]struct{}

func newCatalog() *catalog {
	return &catalog{apps: make(map[string]map[string]*record), vips: make(places), secureVIPs: make(places)}
}

// get returns the record of a key, nil if there is none.
func (c *catalog) get(key model.Key) *record { return c.apps[key.App][key.ID] }

// set replaces what is known of the record's key and returns what was known.
func (c *catalog) set(r *record) (before *model.Instance) {
	if old := c.get(r.key); old != nil {
		before = old.instance
		c.drop(old)
	}
	if r.left() {
		return before
	}
	ids := c.apps[r.key.App]
	if ids == nil {
		ids = make(map[string]*record)
		c.apps[r.key.App] = ids
	}
	ids[r.key.ID] = r
	c.count++
	c.digest += r.hash
	c.vips.add(r.instance.VIPs(), r.key)
	c.secureVIPs.add(r.instance.SecureVIPs(), r.key)
	return before
}

func (c *catalog) drop(r *record) {
	ids := c.apps[r.key.App]
	delete(ids, r.key.ID)
	if len(ids) == 0 {
		delete(c.apps, r.key.App)
	}
	c.count--
	c.digest -= r.hash
	c.vips.drop(r.instance.VIPs(), r.key)
	c.secureVIPs.drop(r.instance.SecureVIPs(), r.key)
}

func (p places) add(values iter.Seq[string], key model.Key) {
	for v := range values {
		if p[v] == nil {
			p[v] = make(map[model.Key]struct{})
		}
		p[v][key] = struct{}{}
	}
}

func (p places) drop(values iter.Seq[string], key model.Key) {
	for v := range values {
		delete(p[v], key)
		if len(p[v]) == 0 {
			delete(p, v)
		}
	}
}

// match returns the records of everything in the set, by rising number. It gives
// up and reports false as soon as they are more than there is room for.
func (c *catalog) match(set interest.Set, known Verdicts, room int) ([]*record, bool) {
	var found []*record
	for r := range c.find(set, known) {
		if len(found) >= room {
			return nil, false
		}
		found = append(found, r)
	}
	slices.SortFunc(found, func(a, b *record) int { return cmp.Compare(a.number, b.number) })
	return found, room >= 0
}

// find yields the records of everything in the set, each once, in no order. One
// find at a time. Verdicts that are known spare matching.
func (c *catalog) find(set interest.Set, known Verdicts) iter.Seq[*record] {
	return func(yield func(*record) bool) {
		c.turn++
		for _, w := range wants(set, known) {
			for r := range c.visit(w) {
				if r.turn == c.turn {
					continue
				}
				r.turn = c.turn
				if !yield(r) {
					return
				}
			}
		}
	}
}

// visit yields the records that have a wanted value, once for each such value.
func (c *catalog) visit(w *want) iter.Seq[*record] {
	return func(yield func(*record) bool) {
		switch w.kind {
		case interest.Full:
			c.all(yield)
		case interest.App:
			for ids := range pick(w, c.apps) {
				for _, r := range ids {
					if !yield(r) {
						return
					}
				}
			}
		case interest.VIP:
			c.at(pick(w, c.vips), yield)
		case interest.SecureVIP:
			c.at(pick(w, c.secureVIPs), yield)
		case interest.ID:
			for _, ids := range c.apps {
				for r := range pick(w, ids) {
					if !yield(r) {
						return
					}
				}
			}
		}
	}
}

func (c *catalog) at(places iter.Seq[map[model.Key]struct{}], yield func(*record) bool) {
	for keys := range places {
		for key := range keys {
			if !yield(c.get(key)) {
				return
			}
		}
	}
}

func (c *catalog) all(yield func(*record) bool) {
	for _, ids := range c.apps {
		for _, r := range ids {
			if !yield(r) {
				return
			}
		}
	}
}
