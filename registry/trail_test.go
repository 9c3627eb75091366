package registry_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"heureka/model"
	"heureka/registry"
)

// checkBeyond compares what a map finds beyond a vector with what all of it says.
func checkBeyond(m *registry.Map, vector model.Vector) error {
	want := make(map[*registry.Entry]bool)
	for e := range m.All() {
		if !vector.Covers(e.Dot) {
			want[e] = true
		}
	}
	got := slices.Collect(m.Beyond(vector))
	if !slices.IsSortedFunc(got, func(a, b *registry.Entry) int { return a.Dot.Compare(b.Dot) }) {
		return fmt.Errorf("beyond %v: out of order", vector)
	}
	for _, e := range got {
		if !want[e] {
			return fmt.Errorf("beyond %v: %+v twice, or not at all", vector, e)
		}
		delete(want, e)
	}
	for e := range want {
		return fmt.Errorf("beyond %v: %+v is missing", vector, e)
	}
	return nil
}

// anywhere returns a vector of the map's incarnations.
func anywhere(r *rand.Rand, m *registry.Map) model.Vector {
	v := make(model.Vector)
	for _, inc := range slices.SortedFunc(maps.Keys(m.Vector()), model.Incarnation.Compare) {
		v[inc] = r.Uint64N(m.Vector()[inc] + 2)
	}
	return v
}
