package pages

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"heureka/model"
)

// twin keeps all that ever happened and builds documents whole, with nothing kept.
type twin struct {
	config Config
	now    time.Duration
	whole  time.Duration // until when the delta has all that there is
	shown  map[model.Key]*Row
	events []event
}

type event struct {
	at  time.Duration
	key model.Key
	row *Row
}

func (w *twin) apply(c model.Change) {
	before := w.shown[c.Key]
	switch {
	case c.Kind == model.Put:
		in := c.After.Unpack()
		row := &Row{Key: c.Key, Packed: c.After, Status: in.Status, Time: c.Version.Time, Override: c.Version.Override, Action: Added}
		if in.Override != "" {
			row.Action = Modified
		}
		w.shown[c.Key] = row
		w.events = append(w.events, event{w.now, c.Key, row})
	case before != nil:
		delete(w.shown, c.Key)
		w.events = append(w.events, event{w.now, c.Key, before.deleted(c.Version)})
	}
}

// load has the pages begin with what a source has by now.
func (w *twin) load(pages *Pages, source *source) {
	for range 140 {
		w.apply(source.change())
	}
	pages.Load(slices.Collect(maps.Values(w.shown)), 0)
	w.events, w.whole = nil, w.config.leaves(0)
}

// rows returns the rows of a document, applications and ids sorted, the gone last in
// each application.
func (w *twin) rows(d Document) []*Row {
	rows := slices.Collect(maps.Values(w.shown))
	switch {
	case d == Delta && w.now < w.whole:
		for _, row := range w.changed() {
			if row.Action == Deleted {
				rows = append(rows, row)
			}
		}
	case d == Delta:
		rows = w.changed()
	}
	slices.SortFunc(rows, func(a, b *Row) int {
		return cmp.Or(strings.Compare(a.Key.App, b.Key.App),
			strings.Compare(group(a), group(b)), strings.Compare(a.Key.ID, b.Key.ID))
	})
	return rows
}

func group(r *Row) string {
	if r.Action == Deleted {
		return "gone"
	}
	return ""
}

// changed returns the newest state of each of the instances that changed last.
func (w *twin) changed() []*Row {
	var rows []*Row
	seen := map[model.Key]bool{}
	for _, e := range slices.Backward(w.events) {
		end := e.at + w.config.Window
		if sweep := w.config.Sweep; sweep > 0 {
			end = (end + sweep - 1) / sweep * sweep
		}
		if !seen[e.key] && w.now < end && len(rows) < w.config.MaxChanged {
			rows = append(rows, e.row)
		}
		seen[e.key] = true
	}
	return rows
}

func (w *twin) hashCode() string {
	by := map[model.Status]int{}
	for _, row := range w.shown {
		by[row.Status]++
	}
	text := ""
	for _, status := range slices.Sorted(maps.Keys(by)) {
		text += fmt.Sprintf("%s_%d_", status, by[status])
	}
	return text
}

func (w *twin) document(d Document, version uint64, e Encoder) string {
	if d == Apps {
		version = 1
	}
	heading := Heading{Version: version, HashCode: w.hashCode()}
	out := e.AppendHead(nil, heading)
	rows := w.rows(d)
	for i, row := range rows {
		app := row.Key.App
		if i > 0 {
			out = append(out, e.Separator()...)
		}
		if i == 0 || rows[i-1].Key.App != app {
			out = e.AppendOpening(out, app)
		}
		out = e.AppendRow(out, row)
		if i == len(rows)-1 || rows[i+1].Key.App != app {
			out = e.AppendClosing(out, app)
		}
	}
	return string(e.AppendTail(out, heading))
}

// source makes random changes of a view, applications of very different sizes.
type source struct {
	random *rand.Rand
	apps   int
	number uint64
	shown  map[model.Key]*model.Instance
}

func newSource(seed uint64, apps int) *source {
	return &source{random: rand.New(rand.NewPCG(seed, 7)), apps: apps, shown: map[model.Key]*model.Instance{}}
}

// change returns a random change; in some phases instances come, in others they go.
func (s *source) change() model.Change {
	app := min(s.random.IntN(s.apps), s.random.IntN(s.apps)) // the first are large
	key := model.NewKey(fmt.Sprint("app-", app), fmt.Sprint("i-", s.random.IntN(60)))
	s.number++
	c := model.Change{Number: s.number, Kind: model.Put, Key: key, Before: model.Pack(s.shown[key])}
	c.Version.Time = model.Time(1_767_225_600_000_000+s.number) << model.TimeNodeBits
	if going := s.number/150%2 == 1; !c.Before.IsZero() && s.random.IntN(10) < 4 || going && s.random.IntN(10) < 7 {
		c.Kind = model.Remove
		delete(s.shown, key)
		return c
	}
	in := s.instance(key).Canonical()
	c.After = model.Pack(in)
	if in.Override != "" {
		c.Version.Override = c.Version.Time + 1
	}
	s.shown[key] = in
	return c
}

func (s *source) instance(key model.Key) *model.Instance {
	statuses := model.Statuses()
	in := &model.Instance{App: key.App, ID: key.ID, Address: fmt.Sprintf("10.0.0.%d", s.random.IntN(250)),
		HomePageURL: "http://" + strings.Repeat("x", s.random.IntN(200)), Status: statuses[s.random.IntN(len(statuses))]}
	if s.random.IntN(6) == 0 {
		return in.Overridden(model.StatusOutOfService)
	}
	return in
}

// TestDocumentsAreThoseOfATwin compares each document, in each dialect, plain and
// compressed, with one that is built whole, while instances come and go, time passes
// and sheets are asked more or less often. Some begin with what was there before.
func TestDocumentsAreThoseOfATwin(t *testing.T) {
	for seed := range uint64(8) {
		config := Config{Window: 3 * time.Second, MaxChanged: 60, SegmentBytes: 6000}
		if seed >= 4 { // many leaves, in several runs
			config.SegmentBytes = 3000
		}
		if seed%2 == 0 {
			config.Sweep, config.MaxChanged = 700*time.Millisecond, 1000
		}
		compareWithTwin(t, seed, config)
	}
}

func compareWithTwin(t *testing.T, seed uint64, config Config) {
	pages, source := newPages(t, config), newSource(seed, 9)
	w := &twin{config: config, shown: map[model.Key]*Row{}}
	type sheetOf struct {
		name     string
		document Document
		encoder  Encoder
		*Sheet
	}
	var sheets []sheetOf
	for name, encoder := range dialects() {
		for d := range Document(Documents) {
			sheets = append(sheets, sheetOf{fmt.Sprint(name, " ", d), d, encoder, NewSheet(d, encoder)})
		}
	}
	if seed%4 > 1 {
		w.load(pages, source)
	}
	beside := func(s sheetOf) *Sheet {
		return sheets[slices.IndexFunc(sheets, func(o sheetOf) bool { return o.encoder == s.encoder && o.document != s.document })].Sheet
	}
	deflater := newDeflater(t)
	for step := range 160 {
		w.now += time.Duration(source.random.IntN(40)) * time.Millisecond
		var changes []model.Change
		most := 4
		if step%30 == 20 {
			most = 90
		}
		for range source.random.IntN(most) {
			changes = append(changes, source.change())
			w.apply(changes[len(changes)-1])
		}
		pages.Apply(changes, w.now)
		for _, l := range []*listing{&pages.apps[full], &pages.apps[compact], &pages.recent.rows[full], &pages.recent.rows[compact]} {
			if err := sound(l); err != nil {
				t.Fatalf("seed %d, step %d: %v", seed, step, err)
			}
		}
		snapshot := pages.Snapshot()
		for _, s := range sheets {
			if source.random.IntN(3) > 0 {
				continue // this one isn't asked now
			}
			if seed%4 > 1 {
				s.UpdateBeside(snapshot, beside(s))
			} else {
				s.Update(snapshot)
			}
			want := w.document(s.document, snapshot.Version(), s.encoder)
			if got := text(s.Plain()); got != want {
				t.Fatalf("seed %d, step %d, %s: %s", seed, step, s.name, difference(got, want))
			}
			if source.random.IntN(2) > 0 {
				continue
			}
			body, err := s.Gzip(deflater)
			if err != nil {
				t.Fatal(err)
			}
			if got := gunzipped(t, []byte(text(body))); got != want {
				t.Fatalf("seed %d, step %d, %s, compressed: %s", seed, step, s.name, difference(got, want))
			}
		}
	}
	stats := pages.Stats()
	if stats.Splits == 0 || stats.Joins == 0 || stats.Forgotten == 0 && config.MaxChanged < 100 {
		t.Errorf("seed %d: too little happened: %+v", seed, stats)
	}
	for _, s := range sheets {
		if st := s.Stats(); st.Carried < st.Encoded/4 || st.Encoded == 0 || st.Compressed == 0 {
			t.Errorf("seed %d, %s: %+v", seed, s.name, st)
		}
	}
}

func newPages(t testing.TB, config Config) *Pages {
	t.Helper()
	pages, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

func newDeflater(t testing.TB) *Deflater {
	t.Helper()
	deflater, err := NewDeflater(4)
	if err != nil {
		t.Fatal(err)
	}
	return deflater
}

// text returns a body's bytes, and fails if it has another length than it says.
func text(b Body) string {
	text := string(bytes.Join(b.Parts, nil))
	if len(text) != b.Length {
		return fmt.Sprintf("%d bytes that call themselves %d", len(text), b.Length)
	}
	return text
}

func gunzipped(t testing.TB, member []byte) string {
	t.Helper()
	reader, err := gzip.NewReader(bytes.NewReader(member))
	if err != nil {
		t.Fatal(err)
	}
	reader.Multistream(false)
	out, err := io.ReadAll(reader)
	if err != nil {
		t.Fatalf("after %d bytes: %v", len(out), err)
	}
	return string(out)
}
