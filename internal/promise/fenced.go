package promise

import "heureka/model"

// Fence judges Fenced at one place: what is shown of a key there never goes
// back to an older version. A place is anything that shows versions in an order
// of its own: a node asked again and again, a client's mirror across
// reconnections, the acknowledgements that one client gets for one instance.
// Two connections to one node are two places while both are open, because one
// may lag; they are one place if the second opens after the first has ended.
type Fence struct {
	where    string
	report   *Report
	greatest map[model.Key]model.Version
}

// NewFence returns a judge of the place with that name.
func NewFence(where string, report *Report) *Fence {
	return &Fence{where: where, report: report, greatest: make(map[model.Key]model.Version)}
}

// Shown judges the next version that the place shows of the key. The same one
// again is no harm.
func (f *Fence) Shown(key model.Key, version model.Version) {
	if before := f.greatest[key]; version.Compare(before) < 0 {
		f.report.fail(Fenced, f.where, key, "%s replaced %s", version, before)
		return
	}
	f.greatest[key] = version
}
