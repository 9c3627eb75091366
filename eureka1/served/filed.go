package served

import (
	"errors"
	"sync"
	"sync/atomic"

	"heureka/internal/memfile"
)

const (
	// fileFrom is how many bytes a page has at least that is put in a file. What a
	// file saves is a copy of each byte; a smaller page costs more than that in calls.
	fileFrom = 32 << 10

	// fileAfter is how often a page is sent from memory first, unless the one before it
	// was asked for twice as often. To make a file, and to free it, costs what it saves
	// in 7 answers of 300 KB, or 15 of 5 MB.
	fileAfter = 16
)

// files is how a cache makes files, and what it counts of them.
type files struct {
	create       func(parts [][]byte) (*memfile.File, error)
	made, failed atomic.Int64
	bytes        atomic.Int64 // of those there are, of pages that are still being sent too
	over         atomic.Bool  // no more are made
}

// filed is the file of a page that is asked for again and again.
type filed struct {
	of *files

	mutex sync.Mutex
	asked int       // for the page; about, once there is a file
	soon  bool      // the one before was asked for often
	file  *pageFile // with a reference; nil: not yet, or no more
	over  bool      // there will be none
}

// take returns the file, with a reference for the caller; nil if there is none, or
// somebody else is about to make it.
func (f *filed) take(parts [][]byte, length int) *pageFile {
	if length < fileFrom || f.of.over.Load() || !f.mutex.TryLock() {
		return nil
	}
	defer f.mutex.Unlock()
	if f.asked++; f.file == nil && !f.over && (f.soon || f.asked > fileAfter) {
		f.make(parts)
	}
	if f.file == nil {
		return nil
	}
	f.file.Acquire() // the page has one
	return f.file
}

// make makes the file. Without one, pages are sent from memory.
func (f *filed) make(parts [][]byte) {
	file, err := f.of.create(parts)
	if err != nil {
		f.over = true
		if !errors.Is(err, errors.ErrUnsupported) {
			f.of.failed.Add(1)
		}
		return
	}
	f.of.made.Add(1)
	f.of.bytes.Add(file.Size())
	f.file = &pageFile{file, f.of}
}

// end gives the page's reference back: there is another page, or none. Who sends it from
// the file goes on. It reports whether the page was asked for often.
func (f *filed) end() (often bool) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.release()
	return f.asked > 2*fileAfter
}

// outdated is end for a page that nobody is given any more, though no other has taken its
// place. It doesn't wait for who makes the file just now.
func (f *filed) outdated() {
	if f.mutex.TryLock() {
		defer f.mutex.Unlock()
		f.release()
	}
}

// release is for who holds the mutex.
func (f *filed) release() {
	f.over = true
	if f.file != nil {
		f.file.Release()
		f.file = nil
	}
}

// size returns how many bytes the file has that the page has now.
func (f *filed) size() int64 {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.file == nil {
		return 0
	}
	return f.file.Size()
}

// pageFile is a file that is counted.
type pageFile struct {
	*memfile.File
	of *files
}

// Release gives a reference back.
func (f *pageFile) Release() {
	if size := f.Size(); f.File.Release() {
		f.of.bytes.Add(-size)
	}
}
