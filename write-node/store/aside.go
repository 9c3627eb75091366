package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The names of files that were set aside are in the order in which they were.
const (
	asidePrefix = fileName + ".corrupt-"
	asideTime   = "20060102T150405.000000000Z"
)

// setAside renames the file, which can't be trusted because of what is said, and
// removes the oldest of those that were set aside before if they are too many.
func (s *Store) setAside(because error) error {
	s.drop(because)
	aside := filepath.Join(s.config.Folder, asidePrefix+time.Now().UTC().Format(asideTime))
	err := os.Rename(s.path, aside)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w; set it aside: %w", because, err)
	}
	s.log.Error("the store can't be trusted and was set aside; this node starts from its peers", "file", s.path, "err", because, "aside", aside)
	return s.tidy()
}

// tidy removes the oldest of the files that were set aside.
func (s *Store) tidy() error {
	files, err := os.ReadDir(s.config.Folder) // sorted by name
	if err != nil {
		return fmt.Errorf("list what was set aside: %w", err)
	}
	files = slices.DeleteFunc(files, func(f os.DirEntry) bool { return !strings.HasPrefix(f.Name(), asidePrefix) })
	for _, file := range files[:max(0, len(files)-s.config.Aside)] {
		if err := os.Remove(filepath.Join(s.config.Folder, file.Name())); err != nil {
			return fmt.Errorf("too much was set aside: %w", err)
		}
	}
	return nil
}
