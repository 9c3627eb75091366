package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"heureka/write-node/journal"
)

// TestAFileThatIsTakenAway does to a store in use what an operator may: what is
// written then must not go to a file that nobody will find.
func TestAFileThatIsTakenAway(t *testing.T) {
	for name, take := range map[string]func(folder string) error{
		"the folder is removed": os.RemoveAll,
		"the file is removed":   func(folder string) error { return os.Remove(filepath.Join(folder, fileName)) },
		"the tail is removed":   func(folder string) error { return os.Remove(filepath.Join(folder, tailName)) },
		"the folder is moved":   func(folder string) error { return os.Rename(folder, folder+"-moved") },
		"the file is replaced": func(folder string) error {
			other := filepath.Join(filepath.Dir(folder), "other")
			return errors.Join(os.WriteFile(other, []byte("rubbish"), 0o600), os.Rename(other, filepath.Join(folder, fileName)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "data")
			s, _ := opened(t, config(folder))
			if err := s.Write(step(1)); err != nil {
				t.Fatal(err)
			}
			if err := take(folder); err != nil {
				t.Fatal(err)
			}
			if err := s.Write(step(2)); !errors.Is(err, ErrLost) {
				t.Fatalf("a batch into nowhere: %v", err)
			}
			want := stateAfter(2)
			if err := s.Write(&journal.Batch{Whole: true, Entries: want.Entries, Vector: want.Vector, Horizon: want.Horizon}); err != nil {
				t.Fatal(err)
			}
			closed(t, s)
			if _, contents := opened(t, config(folder)); !same(contents, want) {
				t.Errorf("state %d came back", number(contents))
			}
		})
	}
}
