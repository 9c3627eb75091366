package pages

import (
	"container/list"
	"time"

	"heureka/model"
)

// recent is the delta: each instance that changed within the window, once, as it is
// now, and when that leaves. For a window after a load it holds all instances beside.
type recent struct {
	config Config
	rows   cuts
	whole  time.Duration // until when it has all instances; 0: it hasn't
	ending *list.List    // of *mark, the first to leave at the front
	marks  map[model.Key]*list.Element
	edits  []edit // of rows, not made yet

	complete  time.Duration // when the newest change that left early came
	forgotten uint64        // changes that left early
}

// mark is one instance that changed.
type mark struct {
	key model.Key
	row *Row
	at  time.Duration
}

func newRecent(config Config) recent {
	return recent{
		config: config,
		rows:   newCuts(config.SegmentBytes),
		ending: list.New(),
		marks:  make(map[model.Key]*list.Element),
	}
}

// load enters all that there is, cut as it is.
func (r *recent) load(all cuts, at time.Duration) {
	r.rows, r.whole = all, r.config.leaves(at)
}

// note enters a change, instead of an earlier one of the same instance, which was
// shown as before until then, if at all. It shows in the rows once settle is called.
func (r *recent) note(row, before *Row, at time.Duration) {
	if e := r.marks[row.Key]; e != nil {
		m := e.Value.(*mark)
		r.replace(m.row, row)
		m.row, m.at = row, at
		r.ending.MoveToBack(e)
	} else {
		r.replace(before, row)
		r.marks[row.Key] = r.ending.PushBack(&mark{row.Key, row, at})
	}
	for r.ending.Len() > r.config.MaxChanged {
		r.complete = r.ending.Front().Value.(*mark).at
		r.forgotten++
		r.forget()
	}
}

// replace puts a row where an earlier one of the same instance may be, in the same
// place or another.
func (r *recent) replace(before, row *Row) {
	if before != nil && before.compare(row) != 0 {
		r.edits = append(r.edits, edit{row: before, gone: true})
	}
	r.edits = append(r.edits, edit{row: row})
}

// settle has the rows show what was noted.
func (r *recent) settle() {
	r.rows.apply(r.edits)
	clear(r.edits)
	r.edits = r.edits[:0]
}

// share has the rows use leaves of all that there is, where they hold the same: while
// they are all, that is nearly everywhere.
func (r *recent) share(all *cuts) {
	if r.whole != 0 {
		r.rows.share(all)
	}
}

// advance forgets what has been in the delta for its time, and reports whether there
// was anything.
func (r *recent) advance(now time.Duration) bool {
	before := r.ending.Len()
	for e := r.ending.Front(); e != nil && r.leaves(e) <= now; e = r.ending.Front() {
		r.forget()
	}
	ends := r.whole != 0 && r.whole <= now
	if ends {
		r.shrink()
	}
	r.settle()
	return ends || r.ending.Len() < before
}

// shrink leaves the instances that changed lately, where all were.
func (r *recent) shrink() {
	r.whole, r.edits = 0, nil
	rows := make([]*Row, 0, r.ending.Len())
	for e := r.ending.Front(); e != nil; e = e.Next() {
		rows = append(rows, e.Value.(*mark).row)
	}
	r.rows = newCuts(r.config.SegmentBytes)
	r.rows.fill(rows)
}

// next returns when advance has something to do next.
func (r *recent) next() (at time.Duration, some bool) {
	if e := r.ending.Front(); e != nil {
		at, some = r.leaves(e), true
	}
	if r.whole != 0 && (!some || r.whole < at) {
		at, some = r.whole, true
	}
	return at, some
}

func (r *recent) leaves(e *list.Element) time.Duration { return r.config.leaves(e.Value.(*mark).at) }

// forget takes out the oldest change.
func (r *recent) forget() {
	m := r.ending.Remove(r.ending.Front()).(*mark)
	delete(r.marks, m.key)
	if r.whole == 0 || m.row.Action == Deleted {
		r.edits = append(r.edits, edit{row: m.row, gone: true})
	}
}
