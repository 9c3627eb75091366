package registry_test

import (
	"testing"
	"time"

	"heureka/model"
	"heureka/registry"
)

func TestEntryOrder(t *testing.T) {
	at := func(time model.Time, turn uint32, inc model.Incarnation) model.Version {
		return model.Version{Time: time, Turn: turn, Incarnation: inc}
	}
	entry := func(v model.Version, removed bool, dot model.Dot) *registry.Entry {
		if dot.Seq == 0 {
			dot = model.Dot{Incarnation: v.Incarnation, Seq: 1}
		}
		return &registry.Entry{Key: key(1), Version: v, Removed: removed, Dot: dot}
	}
	tests := []struct {
		rule           string
		lesser, better *registry.Entry
	}{
		{"a later word wins", entry(at(1, 9, nodeB), false, model.Dot{}), entry(at(2, 0, nodeA), false, model.Dot{})},
		{"of one word the later turn wins", entry(at(1, 0, nodeB), false, model.Dot{}), entry(at(1, 1, nodeA), false, model.Dot{})},
		{"of one turn the greater incarnation wins", entry(at(1, 1, nodeA), false, model.Dot{}), entry(at(1, 1, nodeB), false, model.Dot{})},
		{"removed beats present at equal version", entry(at(1, 1, nodeA), false, model.Dot{Seq: 9}), entry(at(1, 1, nodeA), true, model.Dot{Seq: 1})},
		{"a copy authored again beats the eviction of the one before", entry(at(1, 1, nodeA), true, model.Dot{}), entry(at(1, 2, nodeB), false, model.Dot{})},
		{"an unregister ends every copy of the word", entry(at(1, 7, nodeB), false, model.Dot{}), entry(at(1, model.TurnEnd, nodeA), true, model.Dot{})},
		{"the client's next word comes back in", entry(at(1, model.TurnEnd, nodeB), true, model.Dot{}), entry(at(2, 0, nodeA), false, model.Dot{})},
		{"two evictions of one copy are ordered by dot", entry(at(1, 1, nodeA), true, model.Dot{Incarnation: nodeA, Seq: 5}), entry(at(1, 1, nodeA), true, model.Dot{Incarnation: nodeB, Seq: 1})},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			if test.lesser.Compare(test.better) >= 0 || test.better.Compare(test.lesser) <= 0 {
				t.Error("compared the wrong way")
			}
			for _, order := range [][]*registry.Entry{{test.lesser, test.better}, {test.better, test.lesser}} {
				m := registry.NewMap()
				for _, e := range order {
					vector := model.Vector{e.Dot.Incarnation: e.Dot.Seq}
					m.Adopt(&registry.Answer{Vector: vector, Entries: []*registry.Entry{e}}, 0)
				}
				if got := m.Get(key(1)); got.Compare(test.better) != 0 {
					t.Errorf("merged in either order, %+v won", got)
				}
			}
		})
	}
}

func TestDeltaWithAGapIsRefused(t *testing.T) {
	m := registry.NewMap()
	e := live(key(1), 1, 0, nodeA, 1)
	e.Dot = model.Dot{Incarnation: nodeA, Seq: 3}
	d := &registry.Delta{Incarnation: nodeA, From: 2, To: 3, Entries: []*registry.Entry{&e}}
	if _, applied := m.Apply(d, 0); applied || m.Get(key(1)) != nil || m.Vector()[nodeA] != 0 {
		t.Fatal("a delta after a gap was applied")
	}
}

func TestOverlappingDeltaIsMergedOnce(t *testing.T) {
	m := registry.NewMap()
	entries := []*registry.Entry{}
	for i := range 3 {
		e := live(key(i), model.Time(i+1), 0, nodeA, 1)
		e.Dot = model.Dot{Incarnation: nodeA, Seq: uint64(i + 1)}
		entries = append(entries, &e)
	}
	m.Apply(&registry.Delta{Incarnation: nodeA, From: 0, To: 2, Entries: entries[:2]}, 0)
	got, applied := m.Apply(&registry.Delta{Incarnation: nodeA, From: 1, To: 3, Entries: entries[1:]}, 0)
	if !applied || len(got) != 1 || got[0].Key != key(2) || m.Live() != 3 {
		t.Fatalf("applied %v with transitions %+v", applied, got)
	}
}

func TestHorizon(t *testing.T) {
	m := registry.NewMap()
	put, _, _ := m.Author(nodeA, live(key(1), 1, 0, nodeA, 1), 0)
	before := m.Vector().Clone()
	m.Author(nodeA, tomb(key(1), ended(put.Version, nodeA)), time.Minute)
	m.Author(nodeA, live(key(2), 2, 0, nodeA, 1), time.Minute)

	if keys := m.Forget(time.Minute); len(keys) != 0 {
		t.Fatalf("forgot the tombstones of %v before their time", keys)
	}
	if a := m.Cut(before, false); a.Whole {
		t.Fatal("the whole map, though the tombstone is still there")
	}
	if keys := m.Forget(time.Minute + 1); len(keys) != 1 || keys[0].Key != key(1) || m.Tombstones() != 0 {
		t.Fatalf("forgot the tombstones of %v, %d left", keys, m.Tombstones())
	}

	asker := registry.NewMap()
	asker.Apply(&registry.Delta{Incarnation: nodeA, From: 0, To: 1, Entries: []*registry.Entry{put}}, 0)
	mine, _, _ := asker.Author(nodeB, live(key(3), 5, 0, nodeB, 1), 0)
	a := m.Cut(asker.Vector(), false)
	if !a.Whole {
		t.Fatal("an asker who lacks a forgotten tombstone was answered by vector")
	}
	transitions := asker.Adopt(&a, 0)
	if asker.Get(key(1)) != nil || asker.Get(key(2)) == nil {
		t.Fatal("the whole answer didn't take effect")
	}
	if asker.Get(key(3)) != mine {
		t.Fatal("the answer took away what its vector doesn't cover")
	}
	if len(transitions) != 2 || transitions[0].After != nil {
		t.Fatalf("transitions %+v", transitions)
	}
	if again := asker.Cut(before, false); !again.Whole {
		t.Fatal("the horizons didn't join")
	}
	if b := m.Cut(asker.Vector(), false); b.Whole {
		t.Fatal("the whole map for one who is beyond the horizon")
	}
}

func TestWholeAnswerReplacesWhatCameInAfterAForgottenTombstone(t *testing.T) {
	// The answering map forgot an unregister, and then an older word of another
	// node, long cut off, came in. The asker never saw the unregister.
	asker, other := registry.NewMap(), registry.NewMap()
	old, _, _ := asker.Author(nodeC, live(key(1), 1, 0, nodeC, 1), 0)
	cut := asker.Cut(model.Vector{}, false)
	asker = registry.NewMap()
	e, _, _ := other.Author(nodeA, live(key(1), 5, 0, nodeA, 2), 0)
	asker.Apply(&registry.Delta{Incarnation: nodeA, From: 0, To: 1, Entries: []*registry.Entry{e}}, 0)
	other.Author(nodeA, tomb(key(1), ended(e.Version, nodeA)), 0)
	other.Forget(time.Hour)
	other.Adopt(&cut, 0)
	if other.Get(key(1)) != old {
		t.Fatal("the older word should be there")
	}
	a := other.Cut(asker.Vector(), false)
	asker.Adopt(&a, 0)
	if asker.Get(key(1)) != old || asker.Digest() != other.Digest() {
		t.Fatalf("the maps differ at equal vectors: %+v", asker.Get(key(1)))
	}
}

func TestInboxIsBounded(t *testing.T) {
	b := registry.NewInbox(3)
	delta := func(from, to uint64) *registry.Delta {
		return &registry.Delta{Incarnation: nodeA, From: from, To: to}
	}
	for i, want := range []bool{true, true, true, false} {
		if got := b.Add(delta(uint64(i+1), uint64(i+2))); got != want {
			t.Fatalf("delta %d: added %v", i, got)
		}
	}
	if b.Next(model.Vector{}) != nil {
		t.Fatal("gave out a delta after a gap")
	}
	v := model.Vector{nodeA: 2}
	for d := b.Next(v); d != nil; d = b.Next(v) {
		v[nodeA] = d.To
	}
	if v[nodeA] != 4 || b.Entries() != 0 || len(b.Incarnations()) != 0 {
		t.Fatalf("came to %d with %d waiting", v[nodeA], b.Entries())
	}
}

func TestClock(t *testing.T) {
	c := registry.NewClock(0xabcde)
	first := c.Draw(1000, true, 0)
	if first.Micros() != 1000 || uint64(first)&(1<<model.TimeNodeBits-1) != 0xcde {
		t.Fatalf("drew %x", uint64(first))
	}
	if next := c.Draw(900, true, 0); next <= first {
		t.Fatal("went back with the wall clock")
	}
	c.Witness(5000 << model.TimeNodeBits)
	if next := c.Draw(6000, false, 0); next.Micros() != 5001 {
		t.Fatalf("an untrusted wall clock counted: %d", next.Micros())
	}
	if next := c.Draw(0, true, 9000<<model.TimeNodeBits); next.Micros() != 9001 {
		t.Fatalf("not above the carried time: %d", next.Micros())
	}
}

func TestAuthoringWhatDoesntBeatTheMapDoesNothing(t *testing.T) {
	m := registry.NewMap()
	m.Author(nodeA, live(key(1), 5, 0, nodeA, 1), 0)
	if e, _, ok := m.Author(nodeA, live(key(1), 4, 0, nodeA, 2), 0); ok || e != nil || m.Vector()[nodeA] != 1 {
		t.Fatalf("authored %+v, the vector says %d", e, m.Vector()[nodeA])
	}
}

func TestDeltaDoesntBringBackWhatItsVectorCovers(t *testing.T) {
	m, other := registry.NewMap(), registry.NewMap()
	first, _, _ := m.Author(nodeA, live(key(1), 1, 0, nodeA, 1), 0)
	second, _, _ := m.Author(nodeA, live(key(2), 2, 0, nodeA, 1), 0)
	other.Apply(&registry.Delta{Incarnation: nodeA, From: 0, To: 1, Entries: []*registry.Entry{first}}, 0)
	other.Adopt(&registry.Answer{Whole: true, Vector: model.Vector{nodeA: 1}}, 0) // it ended long ago
	other.Apply(&registry.Delta{Incarnation: nodeA, From: 0, To: 2, Entries: []*registry.Entry{first, second}}, 0)
	if other.Get(key(1)) != nil || other.Get(key(2)) == nil {
		t.Fatal("an entry that ended came back")
	}
}

func TestTombstonesThatWereReplacedCostNothing(t *testing.T) {
	m := registry.NewMap()
	for i := range 10_000 {
		e, _, _ := m.Author(nodeA, live(key(1), model.Time(i+1), 0, nodeA, 1), 0)
		m.Author(nodeA, tomb(key(1), ended(e.Version, nodeA)), 0)
	}
	if n := m.Graves(); n > 100 {
		t.Fatalf("%d graves for %d tombstone", n, m.Tombstones())
	}
}

func TestWholeAnswerDoesntBringBackWhatEndedHere(t *testing.T) {
	// Both maps forgot a tombstone that the other never saw, so each answers the
	// other with all it has. What the asker saw end stays ended.
	other, asker := registry.NewMap(), registry.NewMap()
	word, _, _ := asker.Author(nodeA, live(key(1), 1, 0, nodeA, 1), 0)
	other.Apply(&registry.Delta{Incarnation: nodeA, From: 0, To: 1, Entries: []*registry.Entry{word}}, 0)
	asker.Author(nodeA, tomb(key(1), ended(word.Version, nodeA)), 0)
	asker.Forget(time.Hour)
	e, _, _ := other.Author(nodeB, live(key(2), 2, 0, nodeB, 1), 0)
	other.Author(nodeB, tomb(key(2), ended(e.Version, nodeB)), 0)
	other.Forget(time.Hour)

	a := other.Cut(asker.Vector(), false)
	if !a.Whole || len(a.Entries) != 1 {
		t.Fatalf("the answer should be whole and have the old word: %+v", a)
	}
	if transitions := asker.Adopt(&a, 0); len(transitions) != 0 || asker.Get(key(1)) != nil {
		t.Fatalf("%s is back: %+v", key(1), transitions)
	}
	b := asker.Cut(other.Vector(), false)
	other.Adopt(&b, 0)
	if other.Live() != 0 || !other.Vector().Equal(asker.Vector()) {
		t.Fatalf("%d entries live on", other.Live())
	}
}

func TestSmallAnswersAndWaitingDeltasAreInOrder(t *testing.T) {
	m, inbox := registry.NewMap(), registry.NewInbox(10)
	for i := range 9 {
		m.Author(nodeA, live(key(8-i), model.Time(i+1), 0, nodeA, 1), 0)
		inbox.Add(&registry.Delta{Incarnation: incarnation("x", byte(8-i)), From: 0, To: 1})
	}
	for i, e := range m.Cut(nil, false).Entries {
		if e.Key != key(i) {
			t.Fatalf("entry %d is %s", i, e.Key)
		}
	}
	for i := range 9 {
		if d := inbox.Next(nil); d.Incarnation != incarnation("x", byte(i)) {
			t.Fatalf("delta %d is of %s", i, d.Incarnation)
		} else {
			inbox.Discard(d.Incarnation)
		}
	}
}

func TestOfTwoOldWordsThatEndedNeitherIsLeft(t *testing.T) {
	// The asker saw one word end, the answering map the other, and both have
	// forgotten how.
	asker, other := registry.NewMap(), registry.NewMap()
	less, _, _ := asker.Author(nodeA, live(key(1), 1, 0, nodeA, 1), 0)
	more, _, _ := other.Author(nodeB, live(key(1), 5, 0, nodeB, 2), 0)
	asker.Author(nodeA, tomb(key(1), ended(less.Version, nodeA)), 0)
	other.Author(nodeB, tomb(key(1), ended(more.Version, nodeB)), 0)
	asker.Forget(time.Hour)
	other.Forget(time.Hour)
	asker.Apply(&registry.Delta{Incarnation: nodeB, From: 0, To: 1, Entries: []*registry.Entry{more}}, 0)
	other.Apply(&registry.Delta{Incarnation: nodeA, From: 0, To: 1, Entries: []*registry.Entry{less}}, 0)

	a := other.Cut(asker.Vector(), true)
	asker.Adopt(&a, 0)
	if e := asker.Get(key(1)); e != nil {
		t.Fatalf("left is %s", e.Version)
	}
}
