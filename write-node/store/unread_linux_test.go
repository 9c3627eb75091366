package store

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"heureka/write-node/journal"
)

// unreadable puts something in the place of a folder's store that opens, but fails
// to be read (EIO), and returns what makes the disk recover.
func unreadable(t *testing.T, folder string) (recover func()) {
	t.Helper()
	path := filepath.Join(folder, fileName)
	good := filepath.Join(t.TempDir(), "good")
	if err := errors.Join(os.Rename(path, good), os.Symlink("/proc/self/mem", path)); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := errors.Join(os.Remove(path), os.Rename(good, path)); err != nil {
			t.Fatal(err)
		}
	}
}

// unlockable takes the lock file away from a disk of seven files, and fills it.
func unlockable(t *testing.T, folder string) (recover func()) {
	t.Helper()
	lock, others := filepath.Join(folder, lockName), filepath.Join(folder, "others")
	if err := errors.Join(os.Remove(lock), os.Mkdir(others, 0o700)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"one", "two", "three"} {
		if err := os.WriteFile(filepath.Join(others, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(lock, nil, 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk isn't full: %v", err)
	}
	return func() {
		if err := os.RemoveAll(others); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWhatCouldntBeReadIsKept opens a store on a disk that fails, and recovers: what
// the disk had isn't written over.
func TestWhatCouldntBeReadIsKept(t *testing.T) {
	for _, test := range []struct {
		name   string
		folder func(*testing.T) string
		spoil  func(*testing.T, string) func()
		error  string
	}{
		{"the file can't be read", func(t *testing.T) string { return t.TempDir() }, unreadable, syscall.EIO.Error()},
		{"the folder can't be locked", func(t *testing.T) string { return smallDisk(t, "1m,nr_inodes=7") }, unlockable, syscall.ENOSPC.Error()},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := test.folder(t)
			written(t, folder, 20)
			recover := test.spoil(t, folder)
			var log bytes.Buffer
			s, contents, err := Open(config(folder), slog.New(slog.NewTextHandler(&log, nil)))
			if err != nil || len(contents.Entries) > 0 || s.Size() != 0 {
				t.Fatalf("it holds %d entries in %d bytes, %v", len(contents.Entries), s.Size(), err)
			}
			recover()
			whole := &journal.Batch{Whole: true, Entries: step(1).Entries, Vector: step(1).Vector, Horizon: step(1).Horizon}
			if err := s.Write(whole); !errors.Is(err, ErrLost) { // so that it is counted
				t.Errorf("the first batch: %v", err)
			}
			if err := s.Write(whole); err != nil {
				t.Fatal(err)
			}
			closed(t, s)
			files := aside(t, folder)
			if len(files) != 1 || !strings.Contains(log.String(), files[0]) || !strings.Contains(log.String(), test.error) {
				t.Fatalf("set aside: %v; the log says %s", files, log.String())
			}
			other := t.TempDir()
			for _, name := range []string{fileName, tailName} {
				raw, err := os.ReadFile(filepath.Join(folder, name+strings.TrimPrefix(files[0], fileName)))
				if err := errors.Join(err, os.WriteFile(filepath.Join(other, name), raw, 0o600)); err != nil {
					t.Fatal(err)
				}
			}
			if _, kept := opened(t, config(other)); !same(kept, stateAfter(20)) {
				t.Errorf("state %d was set aside", number(kept))
			}
			if _, now := opened(t, config(folder)); len(now.Entries) != len(whole.Entries) {
				t.Errorf("%d of %d entries came back", len(now.Entries), len(whole.Entries))
			}
		})
	}
}
