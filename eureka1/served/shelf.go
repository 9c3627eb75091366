package served

import (
	"sync"
	"sync/atomic"

	"heureka/eureka1/pages"
)

// shelf is the place of one document in one dialect: the sheet that follows the
// editions, and the pages that were made of it last.
type shelf struct {
	document pages.Document
	encoder  pages.Encoder
	files    *files

	asked atomic.Int64            // since the cache's start, in nanoseconds, last
	bytes atomic.Int64            // kept
	pages [2]atomic.Pointer[Page] // plain, gzip; written under mutex only

	mutex  *sync.Mutex  // one for both documents in a dialect, as they share texts
	sheet  *pages.Sheet // nil while nobody asks
	beside *shelf       // of the other document
}

// newShelves returns those of one dialect.
func newShelves(encoder pages.Encoder, files *files) (shelves [pages.Documents]*shelf) {
	mutex := new(sync.Mutex)
	for d := range shelves {
		shelves[d] = &shelf{document: pages.Document(d), encoder: encoder, files: files, mutex: mutex}
	}
	shelves[pages.Apps].beside, shelves[pages.Delta].beside = shelves[pages.Delta], shelves[pages.Apps]
	return shelves
}

const (
	plain = iota
	compressed
)

func (s *shelf) page(gzip bool) *Page {
	if gzip {
		return s.pages[compressed].Load()
	}
	return s.pages[plain].Load()
}

// update brings the sheet up to a snapshot, if it is later than what it shows. Its
// caller holds the mutex, as do those of all that follow.
func (s *shelf) update(snapshot *pages.Snapshot) {
	if s.sheet == nil {
		s.sheet = pages.NewSheet(s.document, s.encoder)
	}
	s.sheet.UpdateBeside(snapshot, s.beside.sheet)
}

func (s *shelf) plain(snapshot *pages.Snapshot) *Page {
	s.update(snapshot)
	return s.keep(plain, newPage(s.sheet.Plain(), s.sheet.Version(), false, s.files))
}

func (s *shelf) compressed(snapshot *pages.Snapshot, deflater *pages.Deflater) (*Page, error) {
	s.update(snapshot)
	body, err := s.sheet.Gzip(deflater)
	if err != nil {
		return nil, err
	}
	return s.keep(compressed, newPage(body, s.sheet.Version(), true, s.files)), nil
}

func (s *shelf) keep(kind int, page *Page) *Page {
	s.put(kind, page)
	s.bytes.Store(int64(s.sheet.Bytes()))
	return page
}

// put puts a page in the place of another, either of which may be nil.
func (s *shelf) put(kind int, page *Page) {
	last := s.pages[kind].Load()
	if last != nil {
		often := last.filed.end()
		if page != nil {
			page.filed.soon = often
		}
	}
	s.pages[kind].Store(page)
}

// size returns how many bytes are kept, those in files too.
func (s *shelf) size() int64 {
	size := s.bytes.Load()
	for kind := range s.pages {
		if page := s.pages[kind].Load(); page != nil {
			size += page.filed.size()
		}
	}
	return size
}

// drop frees what the shelf keeps, unless its pages are being made just now, and
// reports whether it did.
func (s *shelf) drop() bool {
	if !s.mutex.TryLock() {
		return false
	}
	defer s.mutex.Unlock()
	if s.sheet == nil {
		return false
	}
	s.sheet = nil
	for kind := range s.pages {
		s.put(kind, nil)
	}
	s.bytes.Store(0)
	return true
}
