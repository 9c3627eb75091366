package pages

import (
	"fmt"
	"slices"
	"testing"

	"heureka/model"
)

// TestRowsAreFoundByApplicationAndKey compares what a snapshot finds with a walk over
// all of its rows, also at the leaves' ends and beside what is there.
func TestRowsAreFoundByApplicationAndKey(t *testing.T) {
	pages := fleet(t, 40, 7)
	gone := realistic("SERVICE-001", 1)
	pages.Apply([]model.Change{{Kind: model.Remove, Key: gone.Key(), Before: model.Pack(gone)}}, 0)
	snapshot := pages.Snapshot()
	all := slices.Collect(snapshot.Rows())
	if len(all) != 40*7-1 || len(snapshot.leaves[Apps][full]) < 3 {
		t.Fatalf("%d rows in %d leaves", len(all), len(snapshot.leaves[Apps][full]))
	}
	if !slices.IsSortedFunc(all, func(a, b *Row) int { return a.Key.Compare(b.Key) }) {
		t.Error("the rows aren't in order")
	}
	for a := range 40 {
		app := fmt.Sprintf("SERVICE-%03d", a)
		want := slices.DeleteFunc(slices.Clone(all), func(r *Row) bool { return r.Key.App != app })
		if got := slices.Collect(snapshot.Application(app)); !slices.Equal(got, want) {
			t.Errorf("%s has %d rows, want %d", app, len(got), len(want))
		}
	}
	for _, row := range all {
		if snapshot.Get(row.Key) != row {
			t.Errorf("%v isn't found", row.Key)
		}
	}
	for _, key := range []model.Key{gone.Key(), {App: "A", ID: "1"}, {App: "Z", ID: "1"}, {App: "SERVICE-000", ID: ""}} {
		if row := snapshot.Get(key); row != nil {
			t.Errorf("%v is found: %v", key, row.Key)
		}
	}
	for _, app := range []string{"", "A", "SERVICE-0000", "SERVICE-020A", "Z"} {
		for row := range snapshot.Application(app) {
			t.Errorf("%q has %v", app, row.Key)
		}
	}
	for range snapshot.Application(all[0].Key.App) {
		break // an early end is fine
	}
	empty := newPages(t, DefaultConfig()).Snapshot()
	if empty.Get(gone.Key()) != nil || len(slices.Collect(empty.Application("A"))) != 0 {
		t.Error("nothing isn't empty")
	}
}
