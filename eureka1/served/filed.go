package served

import (
	"errors"
	"sync/atomic"

	"heureka/internal/memfile"
)

const (
	// fileFrom is how many bytes a page has at least that is put in a file. What a
	// file saves is a copy of each byte; a smaller page costs more than that in calls.
	fileFrom = 32 << 10

	// fileUpTo is how many it has at most. One of 5 MB takes as long from a file where
	// memory is fast, and leaves more slowly: the calls go page by page.
	fileUpTo = 4 << 20

	// fileAfter is how often a page is sent from memory first, unless the one before it
	// was asked for twice as often. To make a file, and to free it, costs what it saves
	// in 7 answers of 300 KB, and in more of larger ones.
	fileAfter = 16
)

// files is how a cache makes files, and what it counts of them.
type files struct {
	create       func(parts [][]byte) (*memfile.File, error)
	made, failed atomic.Int64
	most         int64        // bytes of all
	bytes        atomic.Int64 // of those there are, of pages that are still being sent too
	over         atomic.Bool  // no more are made
}

// filed is the file of a page that is asked for again and again. Nobody waits here, least
// of all for a file of many megabytes to be written.
type filed struct {
	of     *files
	soon   bool                     // the page before was asked for often; set before there are requests
	asked  atomic.Int64             // for the page
	making atomic.Bool              // somebody makes the file, or has
	over   atomic.Bool              // there is to be none any more
	file   atomic.Pointer[pageFile] // with a reference of the page's; nil: not yet, or no more
}

// take returns the file, with a reference for the caller; nil if there is none, or
// somebody else is about to make it.
func (f *filed) take(parts [][]byte, length int) *pageFile {
	if length < fileFrom || length > fileUpTo || f.over.Load() || f.of.over.Load() {
		return nil
	}
	asked := f.asked.Add(1)
	if (f.soon || asked > fileAfter) && f.making.CompareAndSwap(false, true) {
		f.make(parts, int64(length))
	}
	if file := f.file.Load(); file != nil && file.Acquire() {
		return file
	}
	return nil
}

// make makes the file, if it isn't too much beside those there are. Without one, pages are
// sent from memory.
func (f *filed) make(parts [][]byte, length int64) {
	err := errTooMuch
	var file *memfile.File
	if f.of.bytes.Add(length) <= f.of.most {
		file, err = f.of.create(parts)
	}
	if err != nil {
		f.of.bytes.Add(-length)
		if !errors.Is(err, errors.ErrUnsupported) {
			f.of.failed.Add(1)
		}
		return
	}
	f.of.made.Add(1)
	f.file.Store(&pageFile{file, f.of})
	if f.over.Load() { // it ended meanwhile, and may have seen no file
		f.free()
	}
}

var errTooMuch = errors.New("too much is in files")

// end gives the page's reference back: there is another page, or none. Who sends it from
// the file goes on. It reports whether the page was asked for often.
func (f *filed) end() (often bool) {
	f.over.Store(true)
	f.free()
	return f.asked.Load() > 2*fileAfter
}

// free gives the page's reference back, once.
func (f *filed) free() {
	if file := f.file.Swap(nil); file != nil {
		file.Release()
	}
}

// size returns how many bytes the file has that the page has now.
func (f *filed) size() int64 {
	if file := f.file.Load(); file != nil {
		return file.Size()
	}
	return 0
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
