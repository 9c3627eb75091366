package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"heureka/model"
	"heureka/wire"
	"heureka/write-node/journal"
)

func wholeRecord() []byte { return wire.AppendEntry(nil, entry(99, 1, true)) }

// files are the bytes of a store's files.
type files struct{ db, tail []byte }

// original returns the bytes of a store with many states behind it: trees of two
// levels, long values, free pages, a tail with frames and the remains of others.
func original(t testing.TB) (raw files, last uint64) {
	t.Helper()
	folder := t.TempDir()
	const steps = 40
	written(t, folder, steps)
	for name, into := range map[string]*[]byte{fileName: &raw.db, tailName: &raw.tail} {
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		*into = content
	}
	return raw, steps
}

// judge opens a store of those bytes, which must be refused and set aside, or be
// the last state or the one before it; and it must work from then on, or be set aside
// as soon as it is written to.
func judge(t testing.TB, raw files, last uint64) (refused bool, err error) {
	folder, err := os.MkdirTemp("", "heureka-store-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, fileName)
	if err := errors.Join(os.WriteFile(path, raw.db, 0o600), os.WriteFile(filepath.Join(folder, tailName), raw.tail, 0o600)); err != nil {
		return false, err
	}
	s, contents, err := Open(config(folder), slog.New(slog.DiscardHandler))
	var foreign *ForeignError
	if errors.As(err, &foreign) {
		return false, fmt.Errorf("it passes for another node's: %w", err)
	}
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	files, err := filepath.Glob(path + ".corrupt-*")
	if err != nil {
		return false, err
	}
	n := number(contents)
	switch {
	case len(files) == 1 && len(contents.Entries) == 0 && len(contents.Vector) == 0:
		refused, n = true, 0
	case len(files) > 0 || n != last && n != last-1 || !same(contents, stateAfter(n)):
		return false, fmt.Errorf("it holds what nobody wrote: state %d, set aside %v", n, files)
	}
	for range 12 { // so many that bbolt takes the tail over
		n++
		err := s.Write(step(n))
		if errors.Is(err, ErrLost) && !refused && len(contents.Entries) > 0 {
			refused, err = true, beginAnew(s, path, n)
		}
		if err != nil {
			return refused, fmt.Errorf("write state %d: %w", n, err)
		}
	}
	return refused, nil
}

// beginAnew gives everything to a store that bbolt gave up on. What it read was
// right; that a key of a branch is too low, say, shows only when its page is written.
func beginAnew(s *Store, path string, n uint64) error {
	files, err := filepath.Glob(path + ".corrupt-*")
	if err != nil || len(files) != 1 {
		return fmt.Errorf("it was lost, and set aside %v: %v", files, err)
	}
	all := stateAfter(n)
	return s.Write(&journal.Batch{Whole: true, Entries: all.Entries, Vector: all.Vector, Horizon: all.Horizon})
}

func TestATruncatedStoreIsRefused(t *testing.T) {
	raw, last := original(t)
	lengths := []int{0, 1, 15, 16, 79, 80, 4095, 4096 + 79, 4096 + 80}
	for page := pageSize; page < len(raw.db); page += pageSize {
		lengths = append(lengths, page-1, page, page+1, page+100)
	}
	kept := 0
	for _, length := range lengths {
		refused, err := judge(t, files{raw.db[:length], raw.tail}, last)
		if err != nil {
			t.Fatalf("%d of %d bytes: %v", length, len(raw.db), err)
		}
		if !refused {
			kept++
		}
	}
	if kept > 1 { // its pages are all in use but for what the last transaction freed
		t.Errorf("%d of %d lengths aren't refused", kept, len(lengths))
	}
	if refused, err := judge(t, raw, last); refused || err != nil {
		t.Errorf("the whole files: refused %v, %v", refused, err)
	}
}

func TestATruncatedTailIsRefused(t *testing.T) {
	raw, last := original(t)
	for _, length := range []int{0, 1, frameHead, len(raw.tail) / 2, len(raw.tail) - pageSize, len(raw.tail) - 1} {
		if refused, err := judge(t, files{raw.db, raw.tail[:length]}, last); err != nil || !refused {
			t.Errorf("%d of %d bytes: refused %v, %v", length, len(raw.tail), refused, err)
		}
	}
	longer := append(slices.Clone(raw.tail), 0)
	if refused, err := judge(t, files{raw.db, longer}, last); err != nil || !refused {
		t.Errorf("a byte more: refused %v, %v", refused, err)
	}
}

// TestAnInterruptedFrame spoils each part of the last frame, as a killed writer leaves
// it: that is the state before. In a frame before it the same is damage.
func TestAnInterruptedFrame(t *testing.T) {
	raw, last := original(t)
	starts := framesOf(raw.tail)
	if len(starts) < 3 {
		t.Fatalf("the tail that is to be spoilt has %d frames", len(starts))
	}
	for i, start := range starts {
		for _, at := range []int{0, 4, 8, 16, 24, frameHead, frameHead + 50} {
			spoilt := slices.Clone(raw.tail)
			spoilt[start+at] ^= 1
			refused, err := judge(t, files{raw.db, spoilt}, last)
			if err != nil || refused != (i < len(starts)-1) {
				t.Errorf("frame %d of %d, byte %d: refused %v, %v", i+1, len(starts), at, refused, err)
			}
		}
	}
}

// framesOf returns where the frames of a tail's newest generation begin.
func framesOf(raw []byte) (starts []int) {
	t := tail{generation: binary.LittleEndian.Uint64(raw[8:])}
	for at := 0; ; {
		frame := t.frameAt(raw, int64(at))
		if frame == nil {
			return starts
		}
		starts = append(starts, at)
		at += int(aligned(len(frame)))
	}
}

func TestFlippedBitsAreFound(t *testing.T) {
	raw, last := original(t)
	random := rand.New(rand.NewPCG(*seed, 1))
	refusals, runs := 0, 1500
	if testing.Short() {
		runs = 200
	}
	for run := range runs {
		spoilt := files{slices.Clone(raw.db), slices.Clone(raw.tail)}
		into := spoilt.db
		at := random.IntN(len(into))
		switch run % 4 {
		case 0, 1: // the heads of pages, where bbolt finds its way
			at = random.IntN(len(into)/pageSize)*pageSize + random.IntN(120)
		case 2:
			into = spoilt.tail
			at = random.IntN(len(into))
		}
		for range 1 + random.IntN(2) {
			into[at] ^= 1 << random.IntN(8)
			at = min(at+random.IntN(8), len(into)-1)
		}
		refused, err := judge(t, spoilt, last)
		if err != nil {
			t.Fatalf("run %d of seed %d, byte %d: %v", run, *seed, at, err)
		}
		if refused {
			refusals++
		}
	}
	if refusals < runs/4 {
		t.Errorf("%d of %d were refused: the test spoils nothing", refusals, runs)
	}
}

func FuzzDamagedStore(f *testing.F) {
	raw, last := original(f)
	f.Add(uint32(0), []byte{1}, uint32(len(raw.db)), false)
	f.Add(uint32(2*pageSize+8), []byte{0xff, 0xff}, uint32(len(raw.db)), false)
	f.Add(uint32(3*pageSize), []byte{0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0}, uint32(len(raw.db)-pageSize), false)
	f.Add(uint32(4), []byte{0xff, 0xff, 0xff, 0xff}, uint32(len(raw.tail)), true)
	f.Fuzz(func(t *testing.T, at uint32, with []byte, length uint32, tail bool) {
		spoilt := files{slices.Clone(raw.db), slices.Clone(raw.tail)}
		into := &spoilt.db
		if tail {
			into = &spoilt.tail
		}
		copy((*into)[int(at)%len(*into):], with)
		*into = (*into)[:int(length)%(len(*into)+1)]
		if _, err := judge(t, spoilt, last); err != nil {
			// A patch that repairs its own hashes isn't damage, but nobody finds one.
			t.Fatal(err)
		}
	})
}

// TestAStoreThatBreaksWhileItIsUsed cuts the file under the store's feet: what bbolt
// has mapped isn't there any more.
func TestAStoreThatBreaksWhileItIsUsed(t *testing.T) {
	folder := t.TempDir()
	s, _ := opened(t, config(folder))
	whole := &journal.Batch{Whole: true, Vector: model.Vector{author: 5000}, Horizon: model.Vector{}}
	for n := range 3000 {
		whole.Entries = append(whole.Entries, entry(n, uint64(n+1), false))
	}
	if err := s.Write(whole); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(folder, fileName), 3*pageSize); err != nil {
		t.Fatal(err)
	}
	next := &journal.Batch{Entries: whole.Entries[1000:1200], Vector: whole.Vector, Horizon: whole.Horizon}
	if err := s.Write(next); !errors.Is(err, ErrLost) {
		t.Fatalf("a batch into a broken store: %v", err)
	}
	if files := aside(t, folder); len(files) != 1 {
		t.Errorf("set aside: %v", files)
	}
	if err := s.Write(next); !errors.Is(err, ErrLost) {
		t.Errorf("a batch that isn't whole, into no store: %v", err)
	}
	if err := s.Write(whole); err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	if _, contents := opened(t, config(folder)); !same(contents, Contents{Entries: whole.Entries, Vector: whole.Vector, Horizon: whole.Horizon}) {
		t.Error("the new store doesn't hold everything")
	}
}
