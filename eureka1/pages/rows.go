package pages

import (
	"iter"
	"sort"

	"heureka/model"
)

// Rows yields the rows of the whole registry, by application and in it by id.
func (s *Snapshot) Rows() iter.Seq[*Row] {
	return func(yield func(*Row) bool) {
		for _, l := range s.leaves[Apps][full] {
			for _, row := range l.rows {
				if !yield(row) {
					return
				}
			}
		}
	}
}

// Application yields the rows of one application by id, none if there is no such
// application. It costs no more than these and a search.
func (s *Snapshot) Application(app string) iter.Seq[*Row] {
	return func(yield func(*Row) bool) {
		leaves := s.leaves[Apps][full]
		at := sort.Search(len(leaves), func(i int) bool { return leaves[i].last().Key.App >= app })
		for _, l := range leaves[at:] {
			from := sort.Search(len(l.rows), func(i int) bool { return l.rows[i].Key.App >= app })
			for _, row := range l.rows[from:] {
				if row.Key.App != app || !yield(row) {
					return
				}
			}
		}
	}
}

// Get returns the row of an instance, nil if the registry doesn't show it.
func (s *Snapshot) Get(key model.Key) *Row {
	l := listing{leaves: s.leaves[Apps][full]}
	return l.get(&Row{Key: key})
}
