package journal

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"heureka/model"
	"heureka/registry"

	"github.com/google/uuid"
)

var seed = flag.Uint64("seed", 1, "of the random tests")

var self = model.Incarnation{Name: "write-1", ID: uuid.UUID{15: 1}}

func at(d time.Duration) model.Moment { return model.Moment{Mono: d, Wall: d.Microseconds()} }

// slot returns one of several: each key has two.
func slot(n int) registry.Slot {
	return registry.Slot{Key: model.NewKey("APP", fmt.Sprint(n/2)), Override: n%2 == 1}
}

// say authors a new word for a slot, or its end.
func say(m *registry.Map, n int, removed bool, now time.Duration) {
	v := model.Version{Time: model.Time(m.Vector()[self] + 1), Incarnation: self}
	e := registry.Entry{Key: slot(n).Key, Override: slot(n).Override, Version: v, Removed: removed}
	switch {
	case removed:
	case e.Override:
		e.Status = model.StatusDown
	default:
		e.Instance = model.Pack(&model.Instance{App: "APP", ID: e.Key.ID})
	}
	m.Author(self, e, now)
}

// TestHowLongABatchTook is told once it is written, as it was slow for what comes next.
func TestHowLongABatchTook(t *testing.T) {
	j, m := New(DefaultConfig()), registry.NewMap()
	j.Mark(slot(0))
	j.Next(m, at(time.Second))
	if s := j.Stats(1300 * time.Millisecond); s.Busy != 300*time.Millisecond || s.Took != 0 {
		t.Errorf("under way: %+v", s)
	}
	j.Written(1400 * time.Millisecond)
	if s := j.Stats(2 * time.Second); s.Busy != 0 || s.Took != 400*time.Millisecond || !s.Late {
		t.Errorf("written: %+v", s)
	}
}

func TestWhenAcknowledgementsGoOut(t *testing.T) {
	config := Config{Patience: 250 * time.Millisecond, Backoff: time.Second, MaxBackoff: 3 * time.Second, Refresh: time.Hour}
	const ms = time.Millisecond
	type step struct {
		at       time.Duration
		do       string // what happens: mark, next, none (next has nothing), written, failed, lost, "" for nothing
		released bool   // whether the last mark's acknowledgement goes out
	}
	for _, test := range []struct {
		rule  string
		steps []step
	}{
		{"when its batch is written", []step{{0, "mark", false}, {0, "next", false}, {5 * ms, "", false}, {6 * ms, "written", true}}},
		{"not with the batch before it", []step{{0, "mark", false}, {0, "next", false}, {1 * ms, "mark", false}, {2 * ms, "none", false},
			{3 * ms, "written", false}, {3 * ms, "next", false}, {5 * ms, "written", true}}},
		{"at once when nothing is to be written", []step{{0, "", true}, {0, "none", true}}},
		{"after the patience with a batch that takes longer", []step{{0, "mark", false}, {0, "next", false}, {250 * ms, "", false}, {251 * ms, "", true}}},
		{"at once while the store is slow", []step{{0, "mark", false}, {0, "next", false}, {300 * ms, "written", true}, {301 * ms, "mark", true},
			{301 * ms, "next", true}}},
		{"not at once when a batch was in time again", []step{{0, "mark", false}, {0, "next", false}, {300 * ms, "written", true},
			{301 * ms, "mark", true}, {301 * ms, "next", true}, {302 * ms, "written", true}, {303 * ms, "mark", false}}},
		{"at once when the batch wasn't written", []step{{0, "mark", false}, {0, "next", false}, {1 * ms, "failed", true}, {2 * ms, "mark", true}}},
		{"a batch that failed is tried again after a pause that doubles", []step{{0, "mark", false}, {0, "next", false}, {0, "failed", true},
			{999 * ms, "none", true}, {1000 * ms, "next", true}, {1000 * ms, "failed", true}, {2999 * ms, "none", true},
			{3000 * ms, "next", true}, {3000 * ms, "failed", true}, {5999 * ms, "none", true}, {6000 * ms, "next", true}}},
		{"a store that has recovered is waited for", []step{{0, "mark", false}, {0, "next", false}, {0, "failed", true}, {1000 * ms, "next", true},
			{1001 * ms, "written", true}, {1002 * ms, "mark", false}, {1002 * ms, "next", false}, {1003 * ms, "written", true}}},
		{"a store that lost everything is given everything", []step{{0, "mark", false}, {0, "next", false}, {0, "lost", true}, {1000 * ms, "whole", true},
			{1001 * ms, "written", true}, {1001 * ms, "mark", false}, {1001 * ms, "next", false}}},
	} {
		t.Run(test.rule, func(t *testing.T) {
			j, m, n := New(config), registry.NewMap(), 0
			ticket := j.Ticket()
			for i, s := range test.steps {
				switch s.do {
				case "mark":
					n++
					say(m, n, false, s.at)
					j.Mark(slot(n))
					ticket = j.Ticket()
				case "next", "whole":
					if b := j.Next(m, at(s.at)); b == nil || b.Whole != (s.do == "whole") {
						t.Fatalf("step %d: handed over %+v", i, b)
					}
				case "none":
					if b := j.Next(m, at(s.at)); b != nil {
						t.Fatalf("step %d: handed over %+v", i, b)
					}
				case "written":
					j.Written(s.at)
				case "failed", "lost":
					j.Failed(s.do == "lost", s.at)
				}
				if got := j.Released(s.at) >= ticket; got != s.released {
					t.Fatalf("step %d: released %v; %+v", i, got, j.Stats(s.at))
				}
			}
		})
	}
}

func TestAVectorThatMovedIsStored(t *testing.T) {
	j, m := New(DefaultConfig()), registry.NewMap()
	m.Apply(&registry.Delta{Incarnation: self, From: 0, To: 7}, 0)
	if j.Ticket() != j.Released(0) {
		t.Error("an acknowledgement waits for it")
	}
	if b := j.Next(m, at(0)); b == nil || !b.Vector.Equal(m.Vector()) || len(b.Entries) > 0 {
		t.Fatalf("handed over %+v", b)
	}
	j.Written(0)
	if b := j.Next(m, at(0)); b != nil {
		t.Errorf("handed over once more: %+v", b)
	}
	for lost, empty := range []func(){j.Begin, j.Lose} {
		empty()
		if b := j.Next(m, at(0)); b == nil || !b.Whole {
			t.Fatalf("a store that holds nothing is handed %+v", b)
		}
		j.Written(0)
		if got := j.Stats(0).Lost; got != uint64(lost) {
			t.Errorf("it lost everything %d times, not %d", got, lost)
		}
	}
	j.Restored(m)
	if b := j.Next(m, at(0)); b != nil {
		t.Errorf("handed over what was restored: %+v", b)
	}
}

// A map that doesn't change is stored again now and then, so that the store's time
// says until when it was true; nobody waits for that.
func TestAQuietMapIsStoredAgain(t *testing.T) {
	config := DefaultConfig()
	j, m := New(config), registry.NewMap()
	say(m, 1, false, 0)
	j.Mark(slot(1))
	if b := j.Next(m, at(time.Minute)); b.Wall != time.Minute.Microseconds() {
		t.Errorf("cut at %d", b.Wall)
	}
	j.Written(time.Minute)
	if b := j.Next(m, at(config.Refresh)); b != nil {
		t.Errorf("handed over early: %+v", b)
	}
	later := time.Minute + config.Refresh
	if j.Ticket() != j.Released(later) {
		t.Error("an acknowledgement waits for it")
	}
	b := j.Next(m, at(later))
	if b == nil || b.Whole || len(b.Entries) > 0 || !b.Vector.Equal(m.Vector()) || b.Wall != later.Microseconds() {
		t.Fatalf("handed over %+v", b)
	}
}

// TestWhatIsStoredIsAStateOfTheMap plays a map, a journal and a store that fails
// and forgets against each other: what is stored is at every moment a state that
// the map had, and holds all that was acknowledged while the store did its work.
func TestWhatIsStoredIsAStateOfTheMap(t *testing.T) {
	for run := range uint64(200) {
		random := rand.New(rand.NewPCG(*seed, run))
		m, now := registry.NewMap(), time.Duration(0)
		j := New(Config{Patience: 20, Backoff: 5, MaxBackoff: 50, Refresh: 100})
		stored, given := map[registry.Slot]*registry.Entry{}, map[registry.Slot]*registry.Entry(nil)
		var under *Batch
		promised := map[uint64]model.Vector{} // by ticket: what must be stored once it is released
		var last uint64
		for step := range 400 {
			now += time.Duration(random.IntN(4))
			switch random.IntN(6) {
			case 0, 1, 2:
				n := random.IntN(12)
				say(m, n, random.IntN(3) == 0, now)
				j.Mark(slot(n))
			case 3:
				for _, k := range m.Forget(now - 30) {
					j.Mark(k)
				}
			case 4:
				if b := j.Next(m, at(now)); b != nil {
					under, given = b, maps.Collect(keyed(m))
				}
			case 5:
				if under == nil {
					break
				}
				b := under
				under = nil
				switch random.IntN(5) {
				case 0:
					j.Failed(false, now)
				case 1:
					stored = map[registry.Slot]*registry.Entry{}
					j.Failed(true, now)
				default:
					apply(stored, b)
					if !maps.Equal(stored, given) {
						t.Fatalf("run %d, step %d: stored %v, the map was %v", run, step, stored, given)
					}
					j.Written(now)
					for ticket, v := range promised {
						if !j.Stats(now).Late && ticket <= j.Released(now) && !b.Vector.Includes(v) {
							t.Fatalf("run %d, step %d: released %d before it was stored", run, step, ticket)
						}
					}
				}
			}
			ticket := j.Ticket()
			if ticket < last {
				t.Fatalf("run %d, step %d: ticket %d after %d", run, step, ticket, last)
			}
			last = ticket
			if j.Released(now) == ^uint64(0) {
				clear(promised)
			} else if ticket > j.Released(now) {
				promised[ticket] = m.Vector().Clone()
			}
			if dirty := j.Stats(now).Dirty; dirty > 2*12 {
				t.Fatalf("run %d, step %d: %d keys are dirty of 12", run, step, dirty)
			}
		}
	}
}

func keyed(m *registry.Map) func(func(registry.Slot, *registry.Entry) bool) {
	return func(yield func(registry.Slot, *registry.Entry) bool) {
		for e := range m.All() {
			if !yield(e.Slot(), e) {
				return
			}
		}
	}
}

func apply(to map[registry.Slot]*registry.Entry, b *Batch) {
	if b.Whole {
		clear(to)
	}
	for _, e := range b.Entries {
		to[e.Slot()] = e
	}
	for _, k := range b.Gone {
		delete(to, k)
	}
}
