package pages

import (
	"strings"
	"testing"
	"time"

	"heureka/model"
)

// story lets changes happen to pages, told in one word each.
type story struct {
	t     *testing.T
	pages *Pages
	delta *Sheet
	shown map[string]*model.Instance
}

func newStory(t *testing.T, config Config) *story {
	return &story{t, newPages(t, config), NewSheet(Delta, jsonDialect{}), map[string]*model.Instance{}}
}

func (s *story) put(now time.Duration, app, id string, status model.Status) {
	in := &model.Instance{App: app, ID: id, Status: status}
	c := model.Change{Kind: model.Put, Key: in.Key(), Before: model.Pack(s.shown[app+id]), After: model.Pack(in)}
	s.shown[app+id] = in
	s.pages.Apply([]model.Change{c}, now)
}

// load begins with instances, each an application's letter and an id.
func (s *story) load(now time.Duration, names ...string) {
	var rows []*Row
	for _, name := range names {
		in := &model.Instance{App: name[:1], ID: name[1:], Status: model.StatusUp}
		s.shown[name] = in
		rows = append(rows, NewRow(in.Key(), model.Pack(in), model.Version{}))
	}
	s.pages.Load(rows, now)
}

func (s *story) remove(now time.Duration, app, id string) {
	c := model.Change{Kind: model.Remove, Key: model.NewKey(app, id), Before: model.Pack(s.shown[app+id])}
	delete(s.shown, app+id)
	s.pages.Apply([]model.Change{c}, now)
}

// says returns the delta as "APP: ACTION id, …; …" and the hash code.
func (s *story) says(now time.Duration) string {
	s.pages.Advance(now)
	s.delta.Update(s.pages.Snapshot())
	delta := decode(s.t, s.delta.Plain())
	var apps []string
	for _, app := range delta.Application {
		var instances []string
		for _, in := range app.Instance {
			instances = append(instances, in.ActionType+" "+in.InstanceID)
		}
		apps = append(apps, app.Name+": "+strings.Join(instances, ", "))
	}
	return strings.Join(apps, "; ") + " | " + delta.Hash
}

func (s *story) expect(now time.Duration, want string) {
	s.t.Helper()
	if got := s.says(now); got != want {
		s.t.Errorf("at %v the delta says %q, want %q", now, got, want)
	}
}

func TestDelta(t *testing.T) {
	exact := Config{Window: 3 * time.Minute, MaxChanged: 3, SegmentBytes: 1000}
	swept := Config{Window: 3 * time.Minute, Sweep: 5 * time.Second, MaxChanged: 3, SegmentBytes: 1000}
	const up, down = model.StatusUp, model.StatusDown
	const soon, end = time.Second, 3 * time.Minute
	tests := []struct {
		rule   string
		config Config
		tell   func(s *story)
	}{
		{"of nothing is a document", exact, func(s *story) { s.expect(0, " | ") }},
		{"says each instance once, as it is now", exact, func(s *story) {
			s.put(0, "A", "1", up)
			s.put(soon, "A", "1", down)
			s.expect(soon, "A: ADDED 1 | DOWN_1_")
		}},
		{"says what is gone last in each application", exact, func(s *story) {
			s.put(0, "A", "1", up)
			s.put(0, "B", "1", up)
			s.remove(0, "A", "1")
			s.put(0, "A", "2", up)
			s.expect(0, "A: ADDED 2, DELETED 1; B: ADDED 1 | UP_2_")
		}},
		{"says what came back as added, and only that", exact, func(s *story) {
			s.put(0, "A", "1", up)
			s.remove(0, "A", "1")
			s.put(0, "A", "1", up)
			s.expect(0, "A: ADDED 1 | UP_1_")
		}},
		{"keeps a change for the window, to the nanosecond", exact, func(s *story) {
			s.put(soon, "A", "1", up)
			s.expect(soon+end-1, "A: ADDED 1 | UP_1_")
			s.expect(soon+end, " | UP_1_")
		}},
		{"keeps a change until the first sweep after the window", swept, func(s *story) {
			s.put(soon, "A", "1", up)
			s.put(2*soon, "A", "2", up)
			s.expect(end+4*soon, "A: ADDED 1, ADDED 2 | UP_2_")
			s.expect(end+5*soon-1, "A: ADDED 1, ADDED 2 | UP_2_")
			s.expect(end+5*soon, " | UP_2_")
		}},
		{"on a sweep keeps no change for another", swept, func(s *story) {
			s.put(5*soon, "A", "1", up)
			s.expect(end+5*soon-1, "A: ADDED 1 | UP_1_")
			s.expect(end+5*soon, " | UP_1_")
		}},
		{"counts the window from the newest change", exact, func(s *story) {
			s.put(0, "A", "1", up)
			s.put(soon, "A", "2", up)
			s.put(2*soon, "A", "1", down)
			s.expect(end+soon, "A: ADDED 1 | DOWN_1_UP_1_")
			s.expect(end+2*soon, " | DOWN_1_UP_1_")
		}},
		{"never runs backwards", exact, func(s *story) {
			s.put(soon, "A", "1", up)
			s.put(0, "A", "2", up)
			s.put(2*soon, "A", "1", up)
			s.expect(end, "A: ADDED 1, ADDED 2 | UP_2_")
			s.expect(end+soon, "A: ADDED 1 | UP_2_")
		}},
		{"forgets the oldest when it is full", exact, func(s *story) {
			for i, id := range []string{"1", "2", "3", "4"} {
				s.put(time.Duration(i+1)*soon, "A", id, up)
			}
			s.expect(4*soon, "A: ADDED 2, ADDED 3, ADDED 4 | UP_4_")
			if got := s.pages.Stats(); got.Forgotten != 1 || got.Reach != 3*soon {
				s.t.Errorf("forgotten %d, complete for %v", got.Forgotten, got.Reach)
			}
			s.pages.Advance(end + soon)
			if got := s.pages.Stats().Reach; got != end {
				s.t.Errorf("complete for %v", got)
			}
		}},
		{"says what came and went between two looks as gone", exact, func(s *story) {
			s.put(0, "A", "1", up)
			in := model.Pack(&model.Instance{App: "A", ID: "2", Status: up})
			key := model.NewKey("A", "2")
			s.pages.Apply([]model.Change{{Kind: model.Put, Key: key, After: in}, {Kind: model.Remove, Key: key, Before: in}}, 0)
			s.expect(0, "A: ADDED 1, DELETED 2 | UP_1_")
		}},
		{"has all there is for a window after a load, however much that is", exact, func(s *story) {
			s.load(soon, "A1", "A2", "A3", "A4", "B1")
			s.expect(soon, "A: ADDED 1, ADDED 2, ADDED 3, ADDED 4; B: ADDED 1 | UP_5_")
			s.put(2*soon, "A", "1", down)
			s.remove(2*soon, "B", "1")
			s.remove(2*soon, "A", "2")
			s.put(2*soon, "A", "3", up)
			s.expect(soon+end-1, "A: ADDED 1, ADDED 3, ADDED 4, DELETED 2; B: DELETED 1 | DOWN_1_UP_2_")
			if at, some := s.pages.Next(); !some || at != soon+end {
				s.t.Errorf("next %v, %v", at, some)
			}
			s.expect(soon+end, "A: ADDED 3, DELETED 2; B: DELETED 1 | DOWN_1_UP_2_")
			s.expect(2*soon+end, " | DOWN_1_UP_2_")
		}},
		{"says nothing of the removal of what wasn't there", exact, func(s *story) {
			s.shown["A1"] = &model.Instance{App: "A", ID: "1"}
			s.remove(0, "A", "1")
			s.remove(0, "A", "2")
			s.expect(0, " | ")
		}},
	}
	for _, test := range tests {
		t.Run("a delta "+test.rule, func(t *testing.T) { test.tell(newStory(t, test.config)) })
	}
}

func TestNextIsWhenADeltaChangesByItself(t *testing.T) {
	s := newStory(t, Config{Window: time.Minute, Sweep: 7 * time.Second, MaxChanged: 10, SegmentBytes: 1000})
	if at, some := s.pages.Next(); some {
		t.Errorf("something leaves an empty delta at %v", at)
	}
	s.put(time.Second, "A", "1", model.StatusUp)
	if at, some := s.pages.Next(); !some || at != 63*time.Second {
		t.Errorf("next %v, %v", at, some)
	}
}

func TestASnapshotIsTheSameUntilSomethingHappens(t *testing.T) {
	s := newStory(t, DefaultConfig())
	empty := s.pages.Snapshot()
	s.pages.Advance(time.Minute)
	if s.pages.Snapshot() != empty {
		t.Error("another snapshot although nothing happened")
	}
	s.put(time.Minute, "A", "1", model.StatusUp)
	first := s.pages.Snapshot()
	s.put(time.Minute, "A", "2", model.StatusDown)
	if second := s.pages.Snapshot(); second.Version() <= first.Version() {
		t.Errorf("version %d comes after %d", second.Version(), first.Version())
	}
	all := NewSheet(Apps, jsonDialect{})
	all.Update(first)
	if got := decode(t, all.Plain()); got.Hash != "UP_1_" || len(got.Application[0].Instance) != 1 {
		t.Errorf("the first snapshot has become %+v", got)
	}
	all.Update(empty)
	if all.Version() != first.Version() {
		t.Error("an earlier snapshot was taken")
	}
}

// One change makes one leaf's text anew, in which all other rows are copied; the
// bodies share everything else.
func TestAChangeCostsItsLeaf(t *testing.T) {
	pages := fleet(t, 500, 10)
	sheet, deflater := NewSheet(Apps, jsonDialect{}), newDeflater(t)
	sheet.Update(pages.Snapshot())
	before := sheet.Plain()
	if _, err := sheet.Gzip(deflater); err != nil {
		t.Fatal(err)
	}
	start := sheet.Stats()
	in := realistic("SERVICE-123", 4)
	in.Status = model.StatusDown
	pages.Apply([]model.Change{{Kind: model.Put, Key: in.Key(), After: model.Pack(in)}}, 0)
	sheet.Update(pages.Snapshot())
	if _, err := sheet.Gzip(deflater); err != nil {
		t.Fatal(err)
	}
	end := sheet.Stats()
	if end.Encoded != start.Encoded+1 || end.Compressed != start.Compressed+1 || end.Carried > start.Carried+100 {
		t.Errorf("from %+v to %+v", start, end)
	}
	shared := 0
	for i, part := range sheet.Plain().Parts {
		if i < len(before.Parts) && &part[0] == &before.Parts[i][0] {
			shared++
		}
	}
	if want := len(before.Parts) - 3; shared < want { // head, leaf, tail
		t.Errorf("%d of %d parts are shared, want %d", shared, len(before.Parts), want)
	}
}

func TestConfigIsValidated(t *testing.T) {
	for name, break_ := range map[string]func(*Config){
		"Window":       func(c *Config) { c.Window = 0 },
		"Sweep":        func(c *Config) { c.Sweep = -1 },
		"MaxChanged":   func(c *Config) { c.MaxChanged = 0 },
		"SegmentBytes": func(c *Config) { c.SegmentBytes = 0 },
	} {
		config := DefaultConfig()
		break_(&config)
		if _, err := New(config); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := NewDeflater(99); err == nil {
		t.Error("a deflater of level 99")
	}
}
