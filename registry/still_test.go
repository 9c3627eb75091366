package registry_test

import (
	"strconv"
	"testing"

	"heureka/model"
	"heureka/registry"
)

// BenchmarkStill takes what a loop would spend on it.
func BenchmarkStill(b *testing.B) {
	m := registry.NewMap()
	v := registry.NewView(registry.ViewConfig{}, m)
	for i := range 100_000 {
		in := &model.Instance{App: "A", ID: strconv.Itoa(i), Status: model.StatusUp}
		if _, _, ok := m.Author(model.Incarnation{Name: "w"}, registry.Entry{Key: in.Key(), Version: model.Version{Time: 1}, Instance: model.Pack(in)}, 0); !ok {
			b.Fatal("it isn't new")
		}
	}
	for b.Loop() {
		v.Still()
	}
}
