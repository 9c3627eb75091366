package pages

import (
	"slices"
	"testing"

	"heureka/model"
)

// loaded returns pages that began with what those of fleet have, so that the delta has
// all of it.
func loaded(t *testing.T, apps, instances int) *Pages {
	pages := newPages(t, DefaultConfig())
	pages.Load(slices.Collect(fleet(t, apps, instances).Snapshot().Rows()), 0)
	return pages
}

// pair is both documents in one dialect.
type pair struct {
	apps, delta *Sheet
	deflater    *Deflater
}

// both brings them up to date, beside each other.
func (p pair) both(t *testing.T, snapshot *Snapshot) {
	t.Helper()
	p.delta.UpdateBeside(snapshot, p.apps)
	p.apps.UpdateBeside(snapshot, p.delta)
	for _, s := range []*Sheet{p.apps, p.delta} {
		body, err := s.Gzip(p.deflater)
		if err != nil {
			t.Fatal(err)
		}
		if gunzipped(t, []byte(text(body))) != text(s.Plain()) {
			t.Error("compressed it isn't what it is plain")
		}
	}
}

// apart returns how many parts of the two are kept twice.
func (p pair) apart() (n int) {
	for _, part := range p.delta.parts {
		if !slices.Contains(p.apps.parts, part) {
			n++
		}
	}
	return n
}

// TestADeltaWithEverythingIsKeptOnce: after a waking both documents hold the same but
// for what went, through all changes, and texts and their compressed forms are kept,
// and made, once.
func TestADeltaWithEverythingIsKeptOnce(t *testing.T) {
	for _, compact := range []bool{false, true} {
		pages := loaded(t, 100, 10)
		p := pair{NewSheet(Apps, jsonDialect{compact}), NewSheet(Delta, jsonDialect{compact}), newDeflater(t)}
		p.both(t, pages.Snapshot())
		for i := range 150 {
			in := realistic("SERVICE-050", i)
			in.Status = model.StatusDown
			pages.Apply([]model.Change{{Kind: model.Put, Key: in.Key(), After: model.Pack(in)}}, 0)
			if i%30 == 0 {
				p.both(t, pages.Snapshot())
			}
		}
		p.both(t, pages.Snapshot())
		if n := p.apart(); n != 0 || len(p.apps.parts) < 5 {
			t.Errorf("%d of %d parts are kept twice", n, len(p.apps.parts))
		}
		apps, delta := p.apps.Stats(), p.delta.Stats()
		if apps.Encoded != 0 || delta.Compressed != 0 {
			t.Errorf("made twice: %+v, %+v", apps, delta)
		}
		gone := realistic("SERVICE-020", 4)
		pages.Apply([]model.Change{{Kind: model.Remove, Key: gone.Key(), Before: model.Pack(gone)}}, 0)
		p.both(t, pages.Snapshot())
		if n := p.apart(); n != 1 {
			t.Errorf("%d parts differ where one instance went", n)
		}
	}
}

// TestASharedListingIsItsOwn: what is shared afterwards isn't what somebody has been
// given before.
func TestASharedListingIsItsOwn(t *testing.T) {
	pages := loaded(t, 20, 10)
	mine, theirs := &pages.recent.rows[full], &pages.apps[full]
	row := theirs.leaves[1].rows[0]
	mine.put(row) // the same, in a leaf of its own
	given := slices.Clone(mine.leaves)
	before := mine.leaves
	if mine.leaves[1] == theirs.leaves[1] {
		t.Fatal("there is nothing to share")
	}
	mine.share(theirs)
	if mine.leaves[1] != theirs.leaves[1] {
		t.Error("it isn't shared")
	}
	if !slices.Equal(before, given) {
		t.Error("a snapshot was written to")
	}
}
