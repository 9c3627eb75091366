package pages

import (
	"slices"
	"time"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// Pages follows the changes of a view and holds what the documents show of it. It is
// not safe for concurrent use; what Snapshot returns is.
type Pages struct {
	apps    cuts
	recent  recent
	census  dialect.Census
	indexes [indexes]*index // nil: nobody has looked something up in it
	now     time.Duration

	version uint64
	dirty   bool
	last    *Snapshot
	changes uint64
}

// New returns the pages of an empty view.
func New(config Config) (*Pages, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	return &Pages{apps: newCuts(config.SegmentBytes), recent: newRecent(config), dirty: true}, nil
}

// Load begins with these instances, of which there is each once; nothing was followed
// before. All of them are in the delta for its window: a client that was elsewhere
// before is then told all there is, and what it holds beyond that shows in the hash
// code.
func (p *Pages) Load(rows []*Row, now time.Duration) {
	p.Advance(now)
	for _, row := range rows {
		p.census.Add(row.Status, 1)
	}
	p.apps.fill(rows)
	clear(p.indexes[:])
	p.recent.load(p.apps, p.now)
	p.dirty = true
}

// Apply follows changes of the view, in their order, that happened now, or since the
// last time. Each part of the documents that they concern is made anew once, so many
// at a time cost less than one by one.
func (p *Pages) Apply(changes []model.Change, now time.Duration) {
	p.Advance(now)
	edits, moves := make([]edit, 0, len(changes)), []edit(nil)
	indexed := p.indexed()
	for _, c := range lasting(changes) {
		before := p.apps.get(&Row{Key: c.Key})
		row := c.row(before)
		if row == nil {
			continue // the removal of what was never there
		}
		if before != nil {
			p.census.Add(before.Status, -1)
		}
		if indexed {
			moves = appendMove(moves, before, row)
		}
		if gone := row.Action == Deleted; !gone {
			p.census.Add(row.Status, 1)
			edits = append(edits, edit{row: row})
		} else if before != nil {
			edits = append(edits, edit{row: before, gone: true})
		}
		p.recent.note(row, before, p.now)
		p.dirty = true
	}
	p.changes += uint64(len(changes))
	p.apps.apply(edits)
	p.recent.settle()
	p.reindex(moves)
}

// appendMove appends the edits that lead from what a row was, nil if there was none, to
// what it is.
func appendMove(moves []edit, before, row *Row) []edit {
	if before != nil {
		moves = append(moves, edit{row: before, gone: true})
	}
	if row.Action != Deleted {
		moves = append(moves, edit{row: row})
	}
	return moves
}

// last is the last of some changes of one instance.
type last struct {
	*model.Change
	brief bool // the first of them added what the last removes
}

// row returns what the instance is now, nil for the removal of what was never there.
func (c last) row(before *Row) *Row {
	switch {
	case c.Kind == model.Put:
		return NewRow(c.Key, c.After, c.Version)
	case before == nil && !c.brief:
		return nil
	}
	return NewRow(c.Key, c.Before, c.Version).deleted(c.Version)
}

// lasting returns the last change of each instance, in their order.
func lasting(changes []model.Change) []last {
	kept := make([]last, 0, len(changes))
	put := make(map[model.Key]bool, len(changes))
	for i := range slices.Backward(changes) {
		c := &changes[i]
		if c.Kind == model.Remove && c.Before.IsZero() {
			continue // of what wasn't there
		}
		if _, later := put[c.Key]; !later {
			kept = append(kept, last{Change: c})
		}
		put[c.Key] = put[c.Key] || c.Kind == model.Put
	}
	for i := range kept {
		kept[i].brief = put[kept[i].Key]
	}
	slices.Reverse(kept)
	return kept
}

// Advance lets time pass: changes leave the delta. A time before an earlier one
// counts as that.
func (p *Pages) Advance(now time.Duration) {
	p.now = max(p.now, now)
	if p.recent.advance(p.now) {
		p.dirty = true
	}
}

// Next returns when Advance has something to do next, if nothing changes before.
func (p *Pages) Next() (at time.Duration, some bool) { return p.recent.next() }

// Version is that of the snapshot that Snapshot would return.
func (p *Pages) Version() uint64 {
	if p.dirty {
		return p.version + 1
	}
	return p.version
}

// Snapshot returns the documents as they are: the same value as last time if nothing
// happened since.
func (p *Pages) Snapshot() *Snapshot {
	if p.dirty {
		p.version++
		p.recent.share(&p.apps)
		p.last = &Snapshot{
			version:  p.version,
			hashCode: p.census.String(),
			leaves:   [...][2][]*leaf{Apps: p.apps.leaves(), Delta: p.recent.rows.leaves()},
		}
		p.dirty = false
	}
	return p.last
}
