package fanout

import (
	"fmt"
	"testing"

	"heureka/interest"
	"heureka/model"
)

// TestAManifoldSetCostsNoMoreThanTheView counts what is looked at for interests
// that all match everything.
func TestAManifoldSetCostsNoMoreThanTheView(t *testing.T) {
	const instances = 500
	h := New(DefaultConfig(), interest.DefaultLimits())
	for i := range instances {
		in := (&model.Instance{
			App: fmt.Sprintf("app-%d", i%50), ID: fmt.Sprint(i), VIP: "x", SecureVIP: "x", Status: model.StatusUp,
		}).Canonical()
		h.Apply(model.Change{Number: uint64(i + 1), Kind: model.Put, Key: in.Key(), After: in})
	}
	kinds := []interest.Kind{interest.App, interest.VIP, interest.SecureVIP, interest.ID}
	var atoms []interest.Interest
	for i := range 1000 {
		atoms = append(atoms, interest.Interest{
			Kind: kinds[i%4], Op: interest.Like, Value: fmt.Sprintf(".*z{0,%d}", i+1),
		})
	}
	set, err := interest.NewSet(interest.DefaultLimits(), atoms)
	if err != nil {
		t.Fatal(err)
	}

	matches := 0
	known, _ := h.Survey(set).Match(func() bool { matches++; return false })
	if distinct := 50 + 1 + 1 + instances; matches != distinct {
		t.Errorf("%d matches for %d distinct values, the first pattern of each kind matches", matches, distinct)
	}
	for _, w := range wants(set, known) {
		w.match = func(value string) bool { t.Errorf("%s %q is matched again", w.kind, value); return false }
		visited := 0
		for range h.catalog.visit(w) {
			visited++
		}
		if visited != instances {
			t.Errorf("%s: %d records are visited, there are %d", w.kind, visited, instances)
		}
	}
	gathered := make(map[*record]int)
	for r := range h.catalog.find(set, known) {
		gathered[r]++
		if gathered[r] > 1 {
			t.Fatalf("%s is gathered again", r.key)
		}
	}
	if len(gathered) != instances {
		t.Errorf("%d records are gathered, there are %d", len(gathered), instances)
	}
}

// TestGatheringStopsWhereTheRoomEnds finds what it has already gathered by the
// mark that gathering leaves on records.
func TestGatheringStopsWhereTheRoomEnds(t *testing.T) {
	config := DefaultConfig()
	config.References = 7
	h := New(config, interest.DefaultLimits())
	for i := range 100 {
		in := (&model.Instance{App: "A", ID: fmt.Sprint(i), VIP: "x,y", Status: model.StatusUp}).Canonical()
		h.Apply(model.Change{Number: uint64(i + 1), Kind: model.Put, Key: in.Key(), After: in})
	}
	h.Open(1)
	for _, atoms := range [][]interest.Interest{
		{{Kind: interest.Full}},
		{{Kind: interest.App, Value: "A"}},
		{{Kind: interest.VIP, Value: "x"}, {Kind: interest.VIP, Value: "y"}},
		{{Kind: interest.VIP, Op: interest.Like, Value: "."}},
		{{Kind: interest.ID, Op: interest.Like, Value: ".*"}, {Kind: interest.App, Value: "A"}},
	} {
		set, err := interest.NewSet(interest.DefaultLimits(), atoms)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Subscribe(1, 1, set, nil); err != ErrFull {
			t.Errorf("%s: err = %v", set, err)
		}
		gathered := 0
		for r := range h.catalog.all {
			if r.turn == h.catalog.turn {
				gathered++
			}
		}
		if gathered != config.References+1 {
			t.Errorf("%s: %d records are gathered, there is room for %d", set, gathered, config.References)
		}
	}
	if s := h.Stats(); s.Groups != 0 || s.References != 0 {
		t.Errorf("left behind: %+v", s)
	}
}

// TestNothingFitsWherePlacesAreOverdrawn has a log grow beyond the bound, which
// is looked at for new groups only.
func TestNothingFitsWherePlacesAreOverdrawn(t *testing.T) {
	config := DefaultConfig()
	config.References = 1
	h := New(config, interest.DefaultLimits())
	full, _ := interest.NewSet(interest.DefaultLimits(), []interest.Interest{{Kind: interest.Full}})
	h.Open(1)
	if err := h.Subscribe(1, 1, full, nil); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		in := (&model.Instance{App: "A", ID: fmt.Sprint(i), Status: model.StatusUp}).Canonical()
		h.Apply(model.Change{Number: uint64(i + 1), Kind: model.Put, Key: in.Key(), After: in})
	}
	if n := h.Stats().References; n != 3 {
		t.Errorf("%d places are taken", n)
	}
	if err := h.Subscribe(1, 2, interest.Set{}, nil); err != ErrFull {
		t.Errorf("err = %v", err)
	}
}
