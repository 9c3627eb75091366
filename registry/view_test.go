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
	put := func(e registry.Entry) *registry.Entry { return &e }
	evict := func(e registry.Entry) *registry.Entry { return put(tomb(e.Key, e.Version)) }
	tests := []struct {
		rule  string
		steps []step
	}{
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
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			m, v := registry.NewMap(), registry.NewView(config)
			for i, s := range test.steps {
				switch {
				case s.drop:
					v.Apply(registry.Transition{Key: key(1), Before: m.Get(key(1))}, s.behind, s.at)
				case s.author != nil:
					_, transition, _ := m.Author(nodeA, *s.author, s.at)
					v.Apply(transition, s.behind, s.at)
				}
				v.Settle(s.behind, s.at)
				if got := tell(v.Drain()); got != s.shows {
					t.Fatalf("step %d showed %q, want %q", i, got, s.shows)
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
			line = fmt.Sprintf("%d put %s", c.Number, c.After.HostName)
		}
		if c.Before != nil {
			line += " was " + c.Before.HostName
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "; ")
}
