package registry_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"heureka/model"
	"heureka/registry"
)

// TestView tells stories: what the map does and what the view shows of it.
func TestView(t *testing.T) {
	config := registry.ViewConfig{Grace: 3 * time.Second, BehindGrace: time.Minute}
	word := func(time model.Time, turn uint32, content int) registry.Entry {
		return live(key(1), time, turn, nodeA, content)
	}
	type step struct {
		at     time.Duration
		author *registry.Entry // nil: time passes
		drop   bool            // the entry goes without a tombstone
		behind bool
		shows  string
	}
	over := func(time model.Time, status model.Status) *registry.Entry {
		e := override(key(1), time, nodeB, status)
		return &e
	}
	put := func(e registry.Entry) *registry.Entry { return &e }
	evict := func(e registry.Entry) *registry.Entry { return put(tomb(e.Key, e.Version)) }
	through := func(connection uint64, e registry.Entry) *registry.Entry {
		e.Speaker = model.Speaker{Process: 7, Connection: connection}
		return &e
	}
	tests := []struct {
		rule  string
		steps []step
	}{
		{"the late word of an earlier connection doesn't show where the later one says its own again", []step{
			{0, through(2, word(1, 0, 1)), false, false, "1 put host-1"},
			{time.Second, through(1, word(2, 0, 2)), false, false, ""},
			{2 * time.Second, through(2, word(3, 0, 1)), false, false, ""},
			{time.Hour, nil, false, false, ""},
		}},
		{"the late word of an earlier connection shows after the grace, under what overrides it then", []step{
			{0, through(2, word(1, 0, 1)), false, false, "1 put host-1"},
			{time.Second, through(1, word(2, 0, 2)), false, false, ""},
			{2 * time.Second, over(3, model.StatusDown), false, false, "2 put host-1 DOWN was host-1"},
			{3 * time.Second, through(1, word(4, 0, 3)), false, false, ""},
			{4 * time.Second, nil, false, false, "3 put host-3 DOWN was host-1 DOWN"},
		}},
		{"a late word that ends was never shown", []step{
			{0, through(2, word(1, 0, 1)), false, false, "1 put host-1"},
			{time.Second, through(1, word(2, 0, 2)), false, false, ""},
			{2 * time.Second, put(tomb(key(1), ended(word(2, 0, 2).Version, nodeA))), false, false, "2 remove was host-1"},
		}},
		{"an earlier connection of another process is none", []step{
			{0, put(word(1, 0, 1)), false, false, "1 put host-1"},
			{1, through(1, word(2, 0, 2)), false, false, "2 put host-2 was host-1"},
		}},
		{"a new content shows, an unregister shows at once", []step{
			{0, put(word(1, 0, 1)), false, false, "1 put host-1"},
			{1, put(word(2, 0, 2)), false, false, "2 put host-2 was host-1"},
			{2, put(tomb(key(1), ended(word(2, 0, 2).Version, nodeA))), false, true, "3 remove was host-2"},
		}},
		{"a change of owner shows nothing", []step{
			{0, put(word(1, 0, 1)), false, false, "1 put host-1"},
			{1, put(word(1, 1, 1)), false, false, ""},
		}},
		{"the eviction of a first copy shows at once", []step{
			{0, put(word(1, 0, 1)), false, false, "1 put host-1"},
			{1, evict(word(1, 0, 1)), false, false, "2 remove was host-1"},
		}},
		{"the eviction of a copy shows after the grace", []step{
			{0, put(word(1, 1, 1)), false, false, "1 put host-1"},
			{time.Second, evict(word(1, 1, 1)), false, false, ""},
			{4*time.Second - 1, nil, false, false, ""},
			{4 * time.Second, nil, false, false, "2 remove was host-1"},
		}},
		{"an owner who returns within the grace shows nothing", []step{
			{0, put(word(1, 1, 1)), false, false, "1 put host-1"},
			{time.Second, evict(word(1, 1, 1)), false, false, ""},
			{2 * time.Second, put(word(1, 2, 1)), false, false, ""},
			{time.Hour, nil, false, false, ""},
		}},
		{"what a whole answer drops shows after the grace", []step{
			{0, put(word(1, 0, 1)), false, false, "1 put host-1"},
			{time.Second, nil, true, false, ""},
			{4 * time.Second, nil, false, false, "2 remove was host-1"},
		}},
		{"a node that is behind shows no eviction for a minute", []step{
			{0, put(word(1, 0, 1)), false, false, "1 put host-1"},
			{0, evict(word(1, 0, 1)), false, true, ""},
			{time.Minute - 1, nil, false, true, ""},
			{time.Minute, nil, false, true, "2 remove was host-1"},
		}},
		{"a node that has caught up shows it", []step{
			{0, put(word(1, 0, 1)), false, false, "1 put host-1"},
			{0, evict(word(1, 0, 1)), false, true, ""},
			{time.Second, nil, false, false, "2 remove was host-1"},
		}},
		{"what was never shown isn't removed", []step{
			{0, evict(word(1, 0, 1)), false, false, ""},
		}},
		{"an override shows, stays over a new word and a change of owner, and ends", []step{
			{0, put(word(1, 0, 1)), false, false, "1 put host-1"},
			{1, over(2, model.StatusOutOfService), false, false, "2 put host-1 OUT_OF_SERVICE was host-1"},
			{2, put(word(1, 1, 1)), false, false, ""},
			{3, put(word(3, 0, 2)), false, false, "3 put host-2 OUT_OF_SERVICE was host-1 OUT_OF_SERVICE"},
			{4, over(4, ""), false, false, "4 put host-2 was host-2 OUT_OF_SERVICE"},
		}},
		{"an override of an instance that isn't there shows with it", []step{
			{0, over(1, model.StatusOutOfService), false, false, ""},
			{1, put(word(2, 0, 1)), false, false, "1 put host-1 OUT_OF_SERVICE"},
			{2, evict(word(2, 0, 1)), false, false, "2 remove was host-1 OUT_OF_SERVICE"},
			{3, over(3, model.StatusDown), false, false, ""},
			{4, put(word(2, 1, 1)), false, false, "3 put host-1 DOWN"},
		}},
		{"the same override again shows nothing", []step{
			{0, put(word(1, 0, 1)), false, false, "1 put host-1"},
			{1, over(2, model.StatusDown), false, false, "2 put host-1 DOWN was host-1"},
			{2, over(3, model.StatusDown), false, false, ""},
		}},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			m := registry.NewMap()
			v := registry.NewView(config, m)
			var shown model.Version
			for i, s := range test.steps {
				switch {
				case s.drop:
					v.Apply(m.Adopt(&registry.Answer{Whole: true, Vector: m.Vector().Clone()}, s.at), s.behind, s.at)
				case s.author != nil:
					_, transition, _ := m.Author(nodeA, *s.author, s.at)
					v.Apply([]registry.Transition{transition}, s.behind, s.at)
				}
				v.Settle(s.behind, s.at)
				changes := v.Drain()
				if got := tell(changes); got != s.shows {
					t.Fatalf("step %d showed %q, want %q", i, got, s.shows)
				}
				if now, ok := v.Get(key(1)); ok && m.Override(key(1)) != nil {
					over := m.Override(key(1)).Version.Time
					if m.Override(key(1)).Removed {
						over++
					}
					if now.Version.Override != over {
						t.Errorf("step %d shows %s under the override of %x", i, now.Version, over)
					}
				}
				for _, c := range changes {
					if c.Version.Compare(shown) < 0 || c.Kind == model.Put && c.Version == shown {
						t.Errorf("step %d showed %s after %s", i, c.Version, shown)
					}
					shown = c.Version
				}
			}
		})
	}
}

// tell writes changes for comparison.
func tell(changes []model.Change) string {
	var lines []string
	for _, c := range changes {
		line := fmt.Sprintf("%d remove", c.Number)
		if c.Kind == model.Put {
			line = fmt.Sprintf("%d put %s", c.Number, name(c.After.Unpack()))
		}
		if !c.Before.IsZero() {
			line += " was " + name(c.Before.Unpack())
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "; ")
}

// The end of an override at its own version shows as something newer than that
// override, and as the same thing at nodes that saw the override and that didn't.
func TestTheEndOfAnOverrideShowsTheSameEverywhere(t *testing.T) {
	instance, over := live(key(1), 1, 0, nodeA, 1), override(key(1), 2, nodeA, model.StatusDown)
	end := over
	end.Status, end.Removed = "", true
	var seen []model.Version
	for _, entries := range [][]registry.Entry{{instance, over}, {instance, over, end}, {over, end, instance}, {instance, end}} {
		m := registry.NewMap()
		v := registry.NewView(registry.ViewConfig{}, m)
		for _, e := range entries {
			_, transition, _ := m.Author(nodeA, e, 0)
			v.Apply([]registry.Transition{transition}, false, 0)
		}
		shown, _ := v.Get(key(1))
		seen = append(seen, shown.Version)
	}
	for _, ended := range seen[1:] {
		if ended.Compare(seen[0]) <= 0 || ended != seen[1] {
			t.Errorf("the end shows at %s, elsewhere at %s, after %s", ended, seen[1], seen[0])
		}
	}
	last := override(key(1), model.Time(^uint64(0)), nodeA, "")
	if _, version, _ := registry.Merged(&instance, &last); version.Override != last.Version.Time {
		t.Errorf("the last time there is shows as %s", version)
	}
}

// name tells an instance's content, and its status if that is overridden.
func name(in *model.Instance) string {
	if in.Override == "" {
		return in.HostName
	}
	return in.HostName + " " + string(in.Status)
}

// A whole answer may take an override back whose end was forgotten. What is shown
// moves on all the same.
func TestWhatAWholeAnswerTakesBackShowsAsSomethingNewer(t *testing.T) {
	m := registry.NewMap()
	v := registry.NewView(registry.ViewConfig{}, m)
	for _, e := range []registry.Entry{live(key(1), 1, 0, nodeA, 1), override(key(1), 2, nodeA, model.StatusDown)} {
		_, transition, _ := m.Author(nodeA, e, 0)
		v.Apply([]registry.Transition{transition}, false, 0)
	}
	before, _ := v.Get(key(1))
	answer := registry.Answer{Whole: true, Entries: []*registry.Entry{m.Get(key(1))}, Vector: m.Vector().Clone()}
	v.Apply(m.Adopt(&answer, 0), false, 0)
	after, _ := v.Get(key(1))
	if m.Override(key(1)) != nil || after.Instance.Unpack().Status != model.StatusUp || after.Version.Compare(before.Version) <= 0 {
		t.Errorf("shown as %s at %s after %s", after.Instance.Unpack().Status, after.Version, before.Version)
	}
}

func TestWhatAWholeAnswerTakesBackMovesTheViewOn(t *testing.T) {
	m := registry.NewMap()
	v := registry.NewView(registry.ViewConfig{}, m)
	adopt := func(time model.Time, seq uint64, content int) {
		e := live(key(1), time, 0, nodeA, content)
		e.Dot = model.Dot{Incarnation: nodeA, Seq: seq}
		v.Apply(m.Adopt(&registry.Answer{Whole: true, Vector: model.Vector{nodeA: seq}, Entries: []*registry.Entry{&e}}, 0), false, 0)
	}
	adopt(9, 1, 1)
	adopt(3, 2, 1) // the same content at a lesser version
	adopt(5, 3, 2)
	changes := v.Drain()
	if len(changes) != 2 || changes[1].Version.Compare(changes[0].Version) <= 0 {
		t.Fatalf("shown %s after %s", changes[1].Version, changes[0].Version)
	}
}

// A quiet view shows what any other does, and keeps no changes that nobody takes.
func TestAQuietViewKeepsNoChanges(t *testing.T) {
	m := registry.NewMap()
	quiet, loud := registry.NewView(registry.ViewConfig{Quiet: true}, m), registry.NewView(registry.ViewConfig{}, m)
	ended := live(key(1), 3, model.TurnEnd, nodeA, 1)
	ended.Removed, ended.Instance = true, model.Packed{}
	for _, e := range []registry.Entry{live(key(1), 1, 0, nodeA, 1), live(key(2), 1, 0, nodeA, 2), override(key(2), 2, nodeA, model.StatusDown), ended} {
		_, transition, _ := m.Author(nodeA, e, 0)
		for _, v := range []*registry.View{quiet, loud} {
			v.Apply([]registry.Transition{transition}, false, 0)
		}
	}
	for n := range 3 {
		got, is := quiet.Get(key(n))
		want, was := loud.Get(key(n))
		if got != want || is != was {
			t.Errorf("shows %+v, not %+v", got, want)
		}
	}
	if quiet.Number() != loud.Number() || quiet.Len() != loud.Len() || quiet.Len() != 1 {
		t.Errorf("is at change %d with %d instances, not at %d with %d", quiet.Number(), quiet.Len(), loud.Number(), loud.Len())
	}
	if changes := quiet.Drain(); len(changes) > 0 || len(loud.Drain()) != 4 {
		t.Errorf("kept %v", changes)
	}
	kept := func(n int) int {
		_, transition, _ := m.Author(nodeA, live(key(n), 1, 0, nodeA, n), 0)
		quiet.Apply([]registry.Transition{transition}, false, 0)
		return len(quiet.Drain())
	}
	quiet.Watch(true)
	if n := kept(5); n != 1 {
		t.Errorf("keeps %d changes, though one watches", n)
	}
	quiet.Watch(false)
	if n := kept(6); n != 0 {
		t.Errorf("keeps %d changes, though nobody watches any more", n)
	}
	if quiet.Len() != 3 {
		t.Errorf("shows %d", quiet.Len())
	}
}
