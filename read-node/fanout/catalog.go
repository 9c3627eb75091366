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

// match returns the records of everything in the set, by rising number. Verdicts
// that are known spare matching.
func (c *catalog) match(set interest.Set, known Verdicts) []*record {
	var found []*record
	for _, atom := range set.Atoms() {
		c.visit(atom, known[atom], func(r *record) { found = append(found, r) })
	}
	slices.SortFunc(found, func(a, b *record) int { return cmp.Compare(a.number, b.number) })
	return slices.Compact(found)
}

// visit calls visit for the records that one interest matches, in no order and
// maybe twice.
func (c *catalog) visit(in interest.Interest, known map[string]bool, visit func(*record)) {
	switch {
	case in.Kind == interest.Full:
		c.all(visit)
	case in.Op == interest.Like:
		c.visitLike(in.Kind, matcher(in, known), visit)
	case in.Kind == interest.App:
		for _, r := range c.apps[in.Value] {
			visit(r)
		}
	case in.Kind == interest.VIP:
		c.at(c.vips[in.Value], visit)
	case in.Kind == interest.SecureVIP:
		c.at(c.secureVIPs[in.Value], visit)
	case in.Kind == interest.ID:
		for _, ids := range c.apps {
			if r := ids[in.Value]; r != nil {
				visit(r)
			}
		}
	}
}

// visitLike visits what a pattern matches. It is tried once for each distinct
// value.
func (c *catalog) visitLike(kind interest.Kind, matches func(string) bool, visit func(*record)) {
	switch kind {
	case interest.App:
		for app, ids := range c.apps {
			if matches(app) {
				for _, r := range ids {
					visit(r)
				}
			}
		}
	case interest.VIP:
		for vip, keys := range c.vips {
			if matches(vip) {
				c.at(keys, visit)
			}
		}
	case interest.SecureVIP:
		for vip, keys := range c.secureVIPs {
			if matches(vip) {
				c.at(keys, visit)
			}
		}
	case interest.ID:
		for _, ids := range c.apps {
			for id, r := range ids {
				if matches(id) {
					visit(r)
				}
			}
		}
	}
}

func (c *catalog) at(keys map[model.Key]struct{}, visit func(*record)) {
	for key := range keys {
		visit(c.get(key))
	}
}

func (c *catalog) all(visit func(*record)) {
	for _, ids := range c.apps {
		for _, r := range ids {
			visit(r)
		}
	}
}
