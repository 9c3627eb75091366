package store

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"heureka/model"
	"heureka/registry"
	"heureka/write-node/journal"
)

func TestWhatIsWrittenComesBack(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "not", "there")
	for n := range uint64(60) {
		s, contents := opened(t, config(folder))
		if want := stateAfter(n); !same(contents, want) {
			t.Fatalf("after step %d came back\n%+v, not\n%+v", n, contents, want)
		}
		if err := s.Write(step(n + 1)); err != nil {
			t.Fatal(err)
		}
		closed(t, s)
	}
	if files := aside(t, folder); len(files) > 0 {
		t.Errorf("set aside: %v", files)
	}
}

func TestAWholeBatchReplacesEverything(t *testing.T) {
	folder := t.TempDir()
	written(t, folder, 30)
	s, _ := opened(t, config(folder))
	want := Contents{Entries: []*registry.Entry{entry(77, 3, false), entry(78, 2, true)}, Vector: model.Vector{author: 3}, Horizon: model.Vector{}}
	if err := s.Write(&journal.Batch{Whole: true, Entries: want.Entries, Vector: want.Vector, Horizon: want.Horizon}); err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	if _, contents := opened(t, config(folder)); !same(contents, want) {
		t.Errorf("came back %+v", contents)
	}
}

// TestAKeyHasTwoRecords writes both entries of a key, and removes one.
func TestAKeyHasTwoRecords(t *testing.T) {
	folder := t.TempDir()
	s, _ := opened(t, config(folder))
	in, over := entry(1, 1, false), entry(5, 2, false)
	over.Key = in.Key
	b := &journal.Batch{Entries: []*registry.Entry{in, over}, Vector: model.Vector{author: 2}, Horizon: model.Vector{}}
	if err := s.Write(b); err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	s, contents := opened(t, config(folder))
	if len(contents.Entries) != 2 {
		t.Fatalf("came back: %+v", contents.Entries)
	}
	b = &journal.Batch{Gone: []registry.Slot{in.Slot()}, Vector: b.Vector, Horizon: b.Horizon}
	if err := s.Write(b); err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	if _, contents := opened(t, config(folder)); !same(contents, Contents{Entries: []*registry.Entry{over}, Vector: b.Vector, Horizon: b.Horizon}) {
		t.Errorf("came back: %+v", contents.Entries)
	}
}

func TestAFailedBatchChangesNothing(t *testing.T) {
	folder := t.TempDir()
	written(t, folder, 5)
	s, _ := opened(t, config(folder))
	bad := step(6)
	bad.Entries = append(bad.Entries, &registry.Entry{Key: model.NewKey("APP", strings.Repeat("x", 40_000)), Removed: true})
	if err := s.Write(bad); err == nil || errors.Is(err, ErrLost) {
		t.Errorf("a key that no store takes: %v", err)
	}
	closed(t, s)
	s, contents := opened(t, config(folder))
	if !same(contents, stateAfter(5)) {
		t.Error("something of it is stored")
	}
	if err := s.Write(step(6)); err != nil {
		t.Error(err)
	}
}

func TestAFolderBelongsToOneNode(t *testing.T) {
	folder := t.TempDir()
	written(t, folder, 3)
	for _, other := range []Config{
		{Folder: folder, Cluster: "heureka", Node: "write-2", Aside: 3, Departure: departure},
		{Folder: folder, Cluster: "another", Node: "write-1", Aside: 3, Departure: departure},
	} {
		_, _, err := Open(other, slog.New(slog.DiscardHandler))
		var foreign *ForeignError
		if !errors.As(err, &foreign) || foreign.Node != "write-1" || foreign.Cluster != "heureka" || !strings.Contains(err.Error(), folder) {
			t.Errorf("%+v: %v", other, err)
		}
	}
	if _, contents := opened(t, config(folder)); !same(contents, stateAfter(3)) {
		t.Error("its own node doesn't get it any more")
	}
}

func TestAFolderBelongsToOneProcess(t *testing.T) {
	folder := t.TempDir()
	s, _ := opened(t, config(folder))
	if _, _, err := Open(config(folder), slog.New(slog.DiscardHandler)); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), folder) {
		t.Errorf("opened twice: %v", err)
	}
	if err := s.Write(step(1)); err != nil {
		t.Errorf("the first one: %v", err)
	}
	// Not even what looks damaged is taken away from who uses it.
	if err := os.Truncate(filepath.Join(folder, fileName), pageSize); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Open(config(folder), slog.New(slog.DiscardHandler)); !errors.Is(err, ErrLocked) || len(aside(t, folder)) > 0 {
		t.Errorf("opened twice: %v; set aside %v", err, aside(t, folder))
	}
}

func TestAFolderThatCantBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Open(config(file), slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a file for a folder: %v", err)
	}
}

func TestAnotherFormatIsSetAside(t *testing.T) {
	folder := t.TempDir()
	written(t, folder, 3)
	spoil(t, folder, func(node map[string][]byte) {
		node["identity"] = []byte(`{"format":1,"cluster":"heureka","node":"write-1"}`)
	})
	var log bytes.Buffer
	s, contents, err := Open(config(folder), slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer closed(t, s)
	if len(contents.Entries) > 0 || len(aside(t, folder)) != 1 {
		t.Errorf("it has %d entries, and set aside %v", len(contents.Entries), aside(t, folder))
	}
	if text := log.String(); !strings.Contains(text, "format 1") || !strings.Contains(text, filepath.Join(folder, fileName)) || strings.Count(text, "level=ERROR") != 1 {
		t.Errorf("the log says %s", text)
	}
}

func TestRecordsThatAreMissingOrTooManyAreNoticed(t *testing.T) {
	for name, change := range map[string]func(node map[string][]byte){
		"a record more":       func(node map[string][]byte) { node["put"] = wholeRecord() },
		"a record less":       func(node map[string][]byte) { node["delete"] = nil },
		"one vector too low":  func(node map[string][]byte) { node["state"] = (&state{vector: model.Vector{author: 1}}).encode() },
		"no state":            func(node map[string][]byte) { node["state"] = nil },
		"no tail":             func(node map[string][]byte) { node["tail"] = nil },
		"a tail of nonsense":  func(node map[string][]byte) { node["tail"] = bytes.Repeat([]byte{0xff}, 16) },
		"another tail":        func(node map[string][]byte) { node["tail"] = (&tail{generation: 1 << 40, size: 4096}).place() },
		"no owner":            func(node map[string][]byte) { node["identity"] = nil },
		"an empty state":      func(node map[string][]byte) { node["state"] = []byte{} },
		"a state of nonsense": func(node map[string][]byte) { node["state"] = bytes.Repeat([]byte{0xff}, 30) },
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			written(t, folder, 30) // some of them folded
			spoil(t, folder, change)
			if _, contents := opened(t, config(folder)); len(contents.Entries) > 0 || len(aside(t, folder)) != 1 {
				t.Errorf("it has %d entries, and set aside %v", len(contents.Entries), aside(t, folder))
			}
		})
	}
}

// TestTheNewestFileIsKeptAside sets a file aside on a machine whose clock was ahead
// when others were.
func TestTheNewestFileIsKeptAside(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"20990101T000000.000000000Z", "20990101T000000.000000007Z", "20990101T000000.000000009Z", "zzz"} {
		if err := os.WriteFile(filepath.Join(folder, asidePrefix+name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		written(t, folder, 3)
		if err := os.Truncate(filepath.Join(folder, fileName), 5000); err != nil {
			t.Fatal(err)
		}
	}
	s, _ := opened(t, config(folder))
	closed(t, s)
	want := []string{
		asidePrefix + "20990101T000000.000000009Z", // the last before
		asidePrefix + "20990101T000000.000000010Z", asidePrefix + "20990101T000000.000000011Z",
		asidePrefix + "zzz", // not of this store's making
	}
	if files := aside(t, folder); !slices.Equal(files, want) {
		t.Errorf("set aside: %v", files)
	}
}

func TestFewFilesAreKeptAside(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "any [name")
	for range 6 {
		written(t, folder, 3)
		if err := os.Truncate(filepath.Join(folder, fileName), 5000); err != nil {
			t.Fatal(err)
		}
	}
	s, _ := opened(t, config(folder))
	closed(t, s)
	files := aside(t, folder)
	if len(files) != 3 {
		t.Errorf("set aside: %v", files)
	}
	if other, err := os.ReadDir(folder); err != nil || len(other) != 2*3+3 {
		t.Errorf("the folder holds %v, %v", other, err)
	}
}
