package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// asideTime is how the names of files that were set aside end: in the order in
// which they were.
const asideTime = "20060102T150405.000000000Z"

// setAside renames the file, which can't be trusted because of what is said, and
// removes the oldest of those that were set aside before if they are too many.
func (s *Store) setAside(because error) error {
	s.drop(because)
	aside := s.path + ".corrupt-" + time.Now().UTC().Format(asideTime)
	err := os.Rename(s.path, aside)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w; set it aside: %w", because, err)
	}
	s.log.Error("the store can't be trusted and was set aside; this node starts from its peers", "file", s.path, "err", because, "aside", aside)
	return s.tidy()
}

// tidy removes the oldest of the files that were set aside.
func (s *Store) tidy() error {
	files, err := filepath.Glob(s.path + ".corrupt-*")
	if err != nil {
		return fmt.Errorf("list what was set aside: %w", err)
	}
	slices.Sort(files)
	for _, file := range files[:max(0, len(files)-s.config.Aside)] {
		if err := os.Remove(file); err != nil {
			return fmt.Errorf("too much was set aside: %w", err)
		}
	}
	return nil
}
