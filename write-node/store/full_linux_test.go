package store

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"heureka/model"
	"heureka/write-node/journal"
)

// smallDisk mounts a file system of so many bytes until the test ends.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	folder := t.TempDir()
	err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size="+size)
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		t.Skip("not tested: only root may mount the small disk that this test fills")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, 0); err != nil {
			t.Error(err)
		}
	})
	return folder
}

// fill takes all the room that is left, and returns what gives it back.
func fill(t *testing.T, folder string) (free func()) {
	t.Helper()
	path := filepath.Join(folder, "ballast")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for block := make([]byte, 4096); err == nil; {
		_, err = file.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAFullDisk(t *testing.T) {
	folder := smallDisk(t, "1m")
	s, _ := opened(t, config(folder))
	last := uint64(10)
	for n := uint64(1); n <= last; n++ {
		if err := s.Write(step(n)); err != nil {
			t.Fatal(err)
		}
	}
	big := &journal.Batch{Vector: model.Vector{author: 5000}, Horizon: model.Vector{}}
	for n := range 1000 {
		big.Entries = append(big.Entries, entry(n, uint64(n+1), false))
	}
	free := fill(t, folder)
	for range 3 { // a second failure must find the store as the first one did
		if err := s.Write(big); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("a batch onto a full disk: %v", err)
		}
	}
	free()
	for n := last + 1; n <= 30; n++ {
		if err := s.Write(step(n)); err != nil {
			t.Fatalf("with room again: %v", err)
		}
		last = n
	}
	closed(t, s)
	_, contents := opened(t, config(folder))
	if !same(contents, stateAfter(last)) || len(aside(t, folder)) > 0 {
		t.Errorf("state %d of %d came back; set aside %v", number(contents), last, aside(t, folder))
	}
}

func TestADiskThatIsFullAtTheStart(t *testing.T) {
	folder := smallDisk(t, "256k")
	free := fill(t, folder)
	s, contents := opened(t, config(folder))
	if len(contents.Entries) > 0 {
		t.Error("it holds something")
	}
	whole := &journal.Batch{Whole: true, Entries: step(1).Entries, Vector: step(1).Vector, Horizon: step(1).Horizon}
	if err := s.Write(step(1)); !errors.Is(err, ErrLost) {
		t.Errorf("a batch that isn't whole: %v", err)
	}
	if err := s.Write(whole); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a batch onto a full disk: %v", err)
	}
	free()
	if err := s.Write(whole); err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	if _, contents := opened(t, config(folder)); len(contents.Entries) != len(whole.Entries) || len(aside(t, folder)) > 0 {
		t.Errorf("%d of %d entries came back, set aside %v", len(contents.Entries), len(whole.Entries), aside(t, folder))
	}
}

// TestATailIsWrittenOnAFullDisk appends until the tail is full: its room is taken.
func TestATailIsWrittenOnAFullDisk(t *testing.T) {
	folder := smallDisk(t, "1m")
	s, _ := opened(t, config(folder))
	free := fill(t, folder)
	last := uint64(0)
	err := error(nil)
	for err == nil {
		if err = s.Write(step(last + 1)); err == nil {
			last++
		}
	}
	if !errors.Is(err, syscall.ENOSPC) || last < 2 {
		t.Fatalf("after %d batches: %v", last, err)
	}
	free()
	if err := s.Write(step(last + 1)); err != nil {
		t.Fatalf("with room again: %v", err)
	}
	closed(t, s)
	if _, contents := opened(t, config(folder)); !same(contents, stateAfter(last+1)) {
		t.Errorf("state %d of %d came back", number(contents), last+1)
	}
}

// TestAFullDiskKeepsWhatIsThere opens a store where nothing can be written.
func TestAFullDiskKeepsWhatIsThere(t *testing.T) {
	folder := smallDisk(t, "1m")
	written(t, folder, 20)
	free := fill(t, folder)
	s, contents := opened(t, config(folder))
	if !same(contents, stateAfter(20)) {
		t.Errorf("state %d came back", number(contents))
	}
	free()
	if err := s.Write(step(21)); err != nil {
		t.Error(err)
	}
}
