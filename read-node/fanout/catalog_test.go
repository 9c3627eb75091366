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
	h := New(DefaultConfig(), interest.DefaultLimits(), nil)
	for i := range instances {
		in := (&model.Instance{
			App: fmt.Sprintf("app-%d", i%50), ID: fmt.Sprint(i), VIP: "x", SecureVIP: "x", Status: model.StatusUp,
		}).Canonical()
		h.Apply(model.Change{Number: uint64(i + 1), Kind: model.Put, Key: in.Key(), After: model.Pack(in)})
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
