package pages

import (
	"time"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// Pages follows the changes of a view and holds what the documents show of it. It is
// not safe for concurrent use; what Snapshot returns is.
type Pages struct {
	apps   cuts
	recent recent
	census dialect.Census
	now    time.Duration

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

// Apply follows changes of the view, in their order, that happened now. What a node
// loads when it starts comes this way too, and so is in its delta: a client that was
// elsewhere before is then told all there is, and what it holds beyond that shows
// in the hash code.
func (p *Pages) Apply(changes []model.Change, now time.Duration) {
	p.Advance(now)
	for i := range changes {
		p.apply(&changes[i])
	}
}

func (p *Pages) apply(c *model.Change) {
	var row *Row
	before := p.apps.get(&Row{Key: c.Key})
	switch {
	case c.Kind == model.Remove && before == nil:
		return // of what was never there
	case c.Kind == model.Remove:
		p.census.Add(before.Status, -1)
		p.apps.remove(before)
		row = before.deleted(c.Version)
	default:
		row = newRow(c.Key, c.After, c.After.Unpack(), c.Version, actionOf(c.Version))
		if before != nil {
			p.census.Add(before.Status, -1)
		}
		p.census.Add(row.Status, 1)
		p.apps.put(row)
	}
	p.changes++
	p.recent.note(c.Key, row, p.now)
	p.dirty = true
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

// Snapshot returns the documents as they are: the same value as last time if nothing
// happened since. It costs some bytes per leaf.
func (p *Pages) Snapshot() *Snapshot {
	if p.dirty {
		p.version++
		p.last = &Snapshot{
			version:  p.version,
			hashCode: p.census.String(),
			leaves:   [...][2][]*leaf{Apps: p.apps.share(), Delta: p.recent.rows.share()},
		}
		p.dirty = false
	}
	return p.last
}
