package store

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"heureka/model"
	"heureka/write-node/journal"
)

// real is the configuration of a store with a tail of the usual size.
func real(folder string) Config {
	c := config(folder)
	c.tail = 0
	return c
}

// BenchmarkOpen opens a store of many entries: pages, records and entries checked
// and read.
func BenchmarkOpen(b *testing.B) {
	const entries = 100_000
	folder := b.TempDir()
	s, _ := opened(b, real(folder))
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
		s, contents := opened(b, real(folder))
		if len(contents.Entries) != entries {
			b.Fatalf("%d entries", len(contents.Entries))
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(size)/entries, "B/entry")
}

// BenchmarkWrite writes batches into a store of many entries, with what bbolt takes
// over now and then.
func BenchmarkWrite(b *testing.B) {
	const many = 10_000
	for _, size := range []int{1, 32} {
		b.Run(fmt.Sprint("entries=", size), func(b *testing.B) {
			s, _ := opened(b, real(b.TempDir()))
			s.lookEvery = lookEvery
			whole := &journal.Batch{Whole: true, Vector: model.Vector{author: 1}, Horizon: model.Vector{}}
			for n := range many {
				whole.Entries = append(whole.Entries, entry(n, 1, false))
			}
			if err := s.Write(whole); err != nil {
				b.Fatal(err)
			}
			order := rand.New(rand.NewPCG(1, 1)).Perm(many)
			batch := &journal.Batch{Vector: whole.Vector, Horizon: whole.Horizon}
			b.ReportAllocs()
			for n := 0; b.Loop(); {
				batch.Entries = batch.Entries[:0]
				for range size {
					batch.Entries = append(batch.Entries, whole.Entries[order[n%many]])
					n++
				}
				if err := s.Write(batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*size), "ns/entry")
		})
	}
}
