package store

import (
	"errors"
	"os"
	"time"
)

// lookEvery is how long it may take until it is noticed. What was written before
// is lost as well.
const lookEvery = 100 * time.Millisecond

// missing reports that a file that is written isn't the folder's any more: it was
// removed or replaced, and what is written to it would be lost with the process.
func (s *Store) missing() bool {
	now := time.Now()
	if now.Sub(s.looked) < s.lookEvery {
		return false
	}
	s.looked = now
	return isGone(s.path, s.file) || isGone(s.tailPath(), s.tail.file)
}

// isGone reports that another file than the one in use is at a path, or none.
func isGone(path string, file *os.File) bool {
	there, err := os.Stat(path)
	if err != nil {
		return errors.Is(err, os.ErrNotExist)
	}
	ours, err := file.Stat()
	return err == nil && !os.SameFile(there, ours)
}

// leave lets go of a file that is missing, and of the folder, which may be missing
// too, so that the next batch makes both anew.
func (s *Store) leave() error {
	s.log.Error("a file of the store was removed or replaced while it was in use; it is begun anew", "file", s.path)
	s.drop(nil)
	return errors.Join(ErrLost, s.unlock())
}
