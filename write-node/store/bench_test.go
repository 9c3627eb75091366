package store

import (
	"testing"

	"heureka/model"
	"heureka/write-node/journal"
)

// BenchmarkOpen opens a store of many entries: pages, records and entries checked
// and read.
func BenchmarkOpen(b *testing.B) {
	const entries = 100_000
	folder := b.TempDir()
	s, _ := opened(b, config(folder))
	whole := &journal.Batch{Whole: true, Vector: model.Vector{author: entries}, Horizon: model.Vector{}}
	for n := range entries {
		whole.Entries = append(whole.Entries, entry(n, uint64(n+1), false))
	}
	if err := s.Write(whole); err != nil {
		b.Fatal(err)
	}
	size := s.Size()
	closed(b, s)
	b.ReportAllocs()
	for b.Loop() {
		s, contents := opened(b, config(folder))
		if len(contents.Entries) != entries {
			b.Fatalf("%d entries", len(contents.Entries))
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(size)/entries, "B/entry")
}

// BenchmarkWrite writes batches of one entry into a store of many.
func BenchmarkWrite(b *testing.B) {
	s, _ := opened(b, config(b.TempDir()))
	whole := &journal.Batch{Whole: true, Vector: model.Vector{author: 1}, Horizon: model.Vector{}}
	for n := range 10_000 {
		whole.Entries = append(whole.Entries, entry(n, 1, false))
	}
	if err := s.Write(whole); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		batch := &journal.Batch{Entries: whole.Entries[n%10_000:][:1], Vector: whole.Vector, Horizon: whole.Horizon}
		if err := s.Write(batch); err != nil {
			b.Fatal(err)
		}
	}
}
