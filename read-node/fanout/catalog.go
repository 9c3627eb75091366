package fanout

import (
	"iter"
	"strings"

	"heureka/interest"
	"heureka/model"
)

// catalog is the view as its changes tell it, arranged so that the members of a
// new group are found without looking at every instance.
type catalog struct {
	apps     map[string]map[string]*record // by application, then by id
	labelled labelled
	authors  authors
	seats    uint32   // that were ever needed at once
	free     []uint32 // of those
	count    int
	digest   uint64
	turn     uint32 // of the present find
}

func newCatalog() *catalog {
	return &catalog{apps: make(map[string]map[string]*record), labelled: newLabelled(), authors: make(authors)}
}

// get returns the record of a key, nil if there is none.
func (c *catalog) get(key model.Key) *record { return c.apps[key.App][key.ID] }

// add returns the record of a key, made if there was none, without anything in it.
func (c *catalog) add(key model.Key) *record {
	ids := c.apps[key.App]
	if ids == nil {
		ids = make(map[string]*record)
		c.apps[strings.Clone(key.App)] = ids
	}
	r := &record{key: key, seat: c.seats}
	if last := len(c.free) - 1; last >= 0 {
		r.seat = c.free[last]
		c.free = c.free[:last]
	} else {
		c.seats++
	}
	ids[key.ID] = r
	c.count++
	return r
}

// fill overwrites a record by what a change says.
func (c *catalog) fill(r *record, change model.Change) {
	var said texts
	said.vip, said.secureVIP = change.After.VIPs()
	if r.left() || !r.labels.say(said) {
		c.labelled.leave(r)
		c.labelled.join(r, said)
		r.since = change.Number
	}
	author := c.authors.take(change.Version.Incarnation)
	c.authors.release(r.author)
	r.author = author
	c.digest += change.Hash - r.hash
	r.number, r.instance, r.hash = change.Number, change.After, change.Hash
	r.time, r.turn, r.override = change.Version.Time, change.Version.Turn, change.Version.Override
}

// remove takes out a record, whose instance has left.
func (c *catalog) remove(r *record) {
	ids := c.apps[r.key.App]
	delete(ids, r.key.ID)
	if len(ids) == 0 {
		delete(c.apps, r.key.App)
	}
	c.labelled.leave(r)
	c.authors.release(r.author)
	c.count--
	c.digest -= r.hash
	c.free = append(c.free, r.seat)
	if c.count == 0 { // maps keep the room that they once needed
		*c = catalog{apps: make(map[string]map[string]*record), labelled: newLabelled(), authors: make(authors), turn: c.turn}
	}
	r.instance, r.author, r.hash = model.Packed{}, nil, 0
}

// find yields the records of everything in the set, each once, in no order. One
// find at a time. Verdicts that are known spare matching.
func (c *catalog) find(set interest.Set, known Verdicts) iter.Seq[*record] {
	return func(yield func(*record) bool) {
		c.nextTurn()
		for _, w := range wants(set, known) {
			for r := range c.visit(w) {
				if r.mark == c.turn {
					continue
				}
				r.mark = c.turn
				if !yield(r) {
					return
				}
			}
		}
	}
}

// nextTurn makes all marks old.
func (c *catalog) nextTurn() {
	if c.turn++; c.turn != 0 {
		return
	}
	c.turn = 1 // four billion finds ago they were like new
	for r := range c.all {
		r.mark = 0
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
			labelledBy(pick(w, c.labelled.vips), yield)
		case interest.SecureVIP:
			labelledBy(pick(w, c.labelled.secureVIPs), yield)
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

func labelledBy(of iter.Seq[holders], yield func(*record) bool) {
	for h := range of {
		for l := range h.all {
			for _, r := range l.records {
				if !yield(r) {
					return
				}
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
