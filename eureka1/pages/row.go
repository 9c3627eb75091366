package pages

import (
	"cmp"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// Action is what Eureka calls the last thing that happened to an instance.
type Action = dialect.Action

// The actions. A client adds or replaces the instance for the first two alike.
const (
	Added    = dialect.Added    // registered, or said anew by its client
	Modified = dialect.Modified // its override was set, changed or lifted since
	Deleted  = dialect.Deleted  // gone; only in a delta
)

// Row is one instance as a document shows it. It is immutable and small.
type Row struct {
	Key model.Key
	// Packed is the instance that the view shows, or for Deleted the last that it
	// showed.
	Packed model.Packed
	Status model.Status // of that
	// Time and Override are those of the version under which it is shown.
	Time, Override model.Time
	Action         Action

	weight int
}

// NewRow returns the row of an instance that is packed so and shown under a version.
func NewRow(key model.Key, packed model.Packed, v model.Version) *Row {
	return &Row{
		Key: key, Packed: packed, Status: packed.Status(),
		Time: v.Time, Override: v.Override, Action: actionOf(v), weight: frame + packed.Len(),
	}
}

// deleted returns the row of the same instance, gone at a version.
func (r *Row) deleted(v model.Version) *Row {
	out := *r
	out.Time, out.Override, out.Action = v.Time, v.Override, Deleted
	return &out
}

// Instance returns the instance, which is the caller's own.
func (r *Row) Instance() *model.Instance { return r.Packed.Unpack() }

// actionOf returns what happened last to an instance that is shown under a version,
// so that all nodes show it with the same bytes.
func actionOf(v model.Version) Action {
	if v.Override > v.Time {
		return Modified
	}
	return Added
}

// compare orders the rows of a document: by application, and in it what is there
// before what is gone. A client that doesn't know the application yet takes over the
// whole of it with the first row that is there, rows of the gone included, and only
// rows that come later take those out again.
func (r *Row) compare(other *Row) int {
	if r == other {
		return 0
	}
	if c := cmp.Compare(r.Key.App, other.Key.App); c != 0 {
		return c
	}
	if gone := r.Action == Deleted; gone != (other.Action == Deleted) {
		if gone {
			return 1
		}
		return -1
	}
	return cmp.Compare(r.Key.ID, other.Key.ID)
}

// frame is about how many bytes an instance takes as full JSON beyond those that it
// has packed.
const frame = 720
