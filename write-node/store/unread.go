package store

import (
	"errors"
	"fmt"
	"os"
)

// reopen opens the folder again for a batch of everything. A file that couldn't be
// read when the store was opened may be whole, and hold what the batch doesn't have:
// it is set aside before anything is written over it, and [ErrLost] says so.
func (s *Store) reopen() error {
	if err := s.take(); err != nil {
		return err
	}
	if s.unread != nil {
		_, err := os.Lstat(s.path)
		if err == nil {
			if err := s.setAside(fmt.Errorf("it couldn't be read: %w", s.unread)); err != nil {
				return err
			}
			s.unread = nil
			return ErrLost
		}
		if !errors.Is(err, os.ErrNotExist) {
			return err
		}
		s.unread = nil
	}
	_, err := s.open()
	return err
}
