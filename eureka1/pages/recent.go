package pages

import (
	"container/list"
	"time"

	"heureka/model"
)

// recent is the delta: each instance that changed within the window, once, as it is
// now, and when that leaves.
type recent struct {
	config Config
	rows   cuts
	ending *list.List // of *mark, the first to leave at the front
	marks  map[model.Key]*list.Element

	complete  time.Duration // when the newest change that left early came
	forgotten uint64        // changes that left early
}

// mark is one instance of the delta.
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

// note enters a change, instead of an earlier one of the same instance.
func (r *recent) note(key model.Key, row *Row, at time.Duration) {
	if e := r.marks[key]; e != nil {
		m := e.Value.(*mark)
		if m.row.compare(row) != 0 {
			r.rows.remove(m.row) // it goes to another place
		}
		m.row, m.at = row, at
		r.ending.MoveToBack(e)
	} else {
		r.marks[key] = r.ending.PushBack(&mark{key, row, at})
	}
	r.rows.put(row)
	for r.ending.Len() > r.config.MaxChanged {
		r.complete = r.ending.Front().Value.(*mark).at
		r.forgotten++
		r.forget()
	}
}

// advance forgets what has been in the delta for its time, and reports whether there
// was anything.
func (r *recent) advance(now time.Duration) bool {
	before := r.ending.Len()
	for next, some := r.next(); some && next <= now; next, some = r.next() {
		r.forget()
	}
	return r.ending.Len() < before
}

// next returns when the next change leaves.
func (r *recent) next() (time.Duration, bool) {
	e := r.ending.Front()
	if e == nil {
		return 0, false
	}
	return r.config.leaves(e.Value.(*mark).at), true
}

// forget takes out the oldest change.
func (r *recent) forget() {
	m := r.ending.Remove(r.ending.Front()).(*mark)
	delete(r.marks, m.key)
	r.rows.remove(m.row)
}
