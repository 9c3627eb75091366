package store

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// The names of files that were set aside are in the order in which they were, though
// the clock may have gone back meanwhile.
const (
	asideInfix  = ".corrupt-"
	asidePrefix = fileName + asideInfix
	asideTime   = "20060102T150405.000000000Z"
)

// setAside renames the files, which can't be trusted because of what is said, and
// removes the oldest of those that were set aside before if they are too many.
func (s *Store) setAside(because error) error {
	s.drop(because)
	times, err := s.setAsideAt()
	if err != nil {
		return fmt.Errorf("%w; set it aside: %w", because, err)
	}
	now := time.Now().UTC()
	if len(times) > 0 && !now.After(times[len(times)-1]) {
		now = times[len(times)-1].Add(1)
	}
	aside, tail := s.aside(now)
	err = os.Rename(s.path, aside)
	if err == nil || errors.Is(err, os.ErrNotExist) {
		err = os.Rename(s.tailPath(), tail) // last: a tail alone is begun anew
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w; set it aside: %w", because, err)
	}
	s.log.Error("the store can't be trusted and was set aside; this node starts from its peers", "file", s.path, "err", because, "aside", aside)
	return s.tidy()
}

// tidy removes the oldest of the files that were set aside.
func (s *Store) tidy() error {
	times, err := s.setAsideAt()
	if err != nil {
		return err
	}
	for _, at := range times[:max(0, len(times)-s.config.Aside)] {
		file, tail := s.aside(at)
		err := os.Remove(file)
		if gone := os.Remove(tail); !errors.Is(gone, os.ErrNotExist) {
			err = errors.Join(err, gone)
		}
		if err != nil {
			return fmt.Errorf("too much was set aside: %w", err)
		}
	}
	return nil
}

// aside names the files that were set aside at a time.
func (s *Store) aside(at time.Time) (file, tail string) {
	when := asideInfix + at.Format(asideTime)
	return s.path + when, s.tailPath() + when
}

// setAsideAt returns by the names, which sort as they do, when files were set aside.
// What isn't named so is somebody else's.
func (s *Store) setAsideAt() (times []time.Time, err error) {
	files, err := os.ReadDir(s.config.Folder) // sorted by name
	if err != nil {
		return nil, fmt.Errorf("list what was set aside: %w", err)
	}
	for _, file := range files {
		name, ok := strings.CutPrefix(file.Name(), asidePrefix)
		if !ok {
			continue
		}
		if at, err := time.Parse(asideTime, name); err == nil && at.Format(asideTime) == name {
			times = append(times, at)
		}
	}
	return times, nil
}
