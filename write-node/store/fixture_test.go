package store

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"heureka/model"
	"heureka/registry"
	"heureka/write-node/journal"

	"github.com/google/uuid"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if folder := os.Getenv(childFolder); folder != "" {
		os.Exit(writeWithoutEnd(folder))
	}
	goleak.VerifyTestMain(m)
}

var seed = flag.Uint64("seed", 1, "of the random tests")

const departure = 7 * 24 * time.Hour

var author = model.Incarnation{Name: "write-1", ID: uuid.UUID{15: 1}}

// entry returns the author's seq-th word, about the n-th key.
func entry(n int, seq uint64, removed bool) *registry.Entry {
	e := &registry.Entry{
		Key:     model.NewKey("APP", fmt.Sprint("i-", n)),
		Version: model.Version{Time: model.Time(seq), Incarnation: author},
		Dot:     model.Dot{Incarnation: author, Seq: seq},
		Removed: removed,
	}
	switch e.Override = n%5 == 0; {
	case removed:
	case e.Override:
		e.Status = model.StatusOutOfService
	default:
		in := &model.Instance{App: "APP", ID: e.Key.ID, Status: model.StatusUp, Metadata: map[string]string{"text": strings.Repeat("x", n*37%900)}}
		e.Instance, e.Hash = model.Pack(in.Canonical()), uint64(n)
	}
	return e
}

// step returns the batch that leads to the state with that number: what it holds
// follows from the number alone, whichever states lie between.
func step(number uint64) *journal.Batch {
	random := rand.New(rand.NewPCG(7, number))
	b := &journal.Batch{Vector: model.Vector{author: number * 10}, Horizon: model.Vector{author: number}}
	for _, n := range random.Perm(40)[:1+random.IntN(8)] {
		switch e := entry(n, number*10-uint64(n%10), random.IntN(4) == 0); {
		case random.IntN(6) == 0:
			b.Gone = append(b.Gone, e.Slot())
		default:
			b.Entries = append(b.Entries, e)
		}
	}
	return b
}

// stateAfter returns the state with that number.
func stateAfter(number uint64) Contents {
	held := map[registry.Slot]*registry.Entry{}
	c := Contents{}
	for n := uint64(1); n <= number; n++ {
		b := step(n)
		for _, e := range b.Entries {
			held[e.Slot()] = e
		}
		for _, key := range b.Gone {
			delete(held, key)
		}
		c.Vector, c.Horizon = b.Vector, b.Horizon
	}
	c.Entries = slices.Collect(maps.Values(held))
	return c
}

// number returns which state it is that was read.
func number(c Contents) uint64 { return c.Vector[author] / 10 }

// same reports whether two contents are equal.
func same(a, b Contents) bool {
	for _, c := range []Contents{a, b} {
		slices.SortFunc(c.Entries, func(x, y *registry.Entry) int { return cmp.Compare(x.Key.ID, y.Key.ID) })
	}
	return a.Vector.Equal(b.Vector) && a.Horizon.Equal(b.Horizon) && len(a.Entries) == len(b.Entries) &&
		(len(a.Entries) == 0 || reflect.DeepEqual(a.Entries, b.Entries))
}

// config has a tail so small that bbolt takes it over after every few steps.
func config(folder string) Config {
	return Config{Folder: folder, Cluster: "heureka", Node: "write-1", Aside: 3, Departure: departure, tail: 12 << 10}
}

// opened opens a store that must be fine.
func opened(t testing.TB, config Config) (*Store, Contents) {
	t.Helper()
	s, contents, err := Open(config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, s) })
	s.lookEvery = 0
	return s, contents
}

func closed(t testing.TB, s *Store) {
	t.Helper()
	if err := errors.Join(s.Sync(), s.Close()); err != nil {
		t.Error(err)
	}
}

// written writes the steps up to a number into a folder's store, which must be new.
func written(t testing.TB, folder string, upTo uint64) {
	t.Helper()
	s, _ := opened(t, config(folder))
	for n := uint64(1); n <= upTo; n++ {
		if err := s.Write(step(n)); err != nil {
			t.Fatal(err)
		}
	}
	closed(t, s)
}

// aside returns the files that were set aside in a folder.
func aside(t testing.TB, folder string) (names []string) {
	t.Helper()
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasPrefix(f.Name(), asidePrefix) {
			names = append(names, f.Name())
		}
	}
	return names
}
