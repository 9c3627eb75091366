package store

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"heureka/model"
	"heureka/registry"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

// Config says where a store is and whose.
type Config struct {
	Folder  string // made if it isn't there
	Cluster string // the name of the node's cluster
	Node    string // the node's name
	Aside   int    // how many files that couldn't be trusted are kept
	// Departure is cluster.Config's. What was last written longer ago isn't trusted:
	// the others no longer know how what it holds has ended.
	Departure time.Duration

	tail int64 // bytes of the tail, in tests
}

// Validate reports what can't work.
func (c Config) Validate() error {
	if c.Folder == "" || c.Cluster == "" || c.Node == "" || c.Aside < 0 || c.Departure <= 0 {
		return errors.New("store: a folder, a cluster and a node must be named, no fewer than 0 files kept aside, and the departure be above zero")
	}
	return nil
}

// The files of a folder.
const (
	fileName = "registry.db"
	lockName = "registry.lock"
)

// Contents is the map that a store held when it was opened.
type Contents struct {
	Entries         []*registry.Entry // tombstones too; in no particular order
	Vector, Horizon model.Vector
	Damaged         bool // there was more, but it couldn't be trusted and was set aside
}

// Store keeps one node's map. See the package comment for who may use it.
type Store struct {
	config Config
	path   string
	log    *slog.Logger
	lock   *os.File // nil until the folder is this process's

	db    *bbolt.DB // nil while nothing is stored
	file  *os.File  // of db
	state state     // as db has it
	tail  tail      // what has been written since
	bytes int64     // of both files

	lookEvery time.Duration // see missing
	looked    time.Time

	wall   int64 // of what was read when the store was opened; 0: unknown
	unread error // why what the folder had wasn't read when the store was opened
}

// Open opens a folder's store, or begins one, and returns what it holds. A file
// that can't be trusted, or is too old, is set aside, which the log tells, and the store begins
// empty. A disk that is full or fails doesn't keep a store from being opened: it
// begins without a file, and Write tries again; a file that is there and couldn't be
// read is set aside by then.
//
// An error is [ErrLocked], a [*ForeignError], or what the system has against the
// folder: somebody has to look after it.
func Open(config Config, log *slog.Logger) (*Store, Contents, error) {
	if err := config.Validate(); err != nil {
		return nil, Contents{}, err
	}
	s := &Store{lookEvery: lookEvery, config: config, path: filepath.Join(config.Folder, fileName), log: log.With("store", config.Folder)}
	contents, err := s.open()
	if passing(err) {
		s.log.Error("the store can't be opened now", "err", err)
		s.unread = err
		return s, Contents{}, nil
	}
	if err != nil {
		return nil, Contents{}, errors.Join(fmt.Errorf("store %s: %w", config.Folder, err), s.Close())
	}
	return s, contents, nil
}

// open takes the folder and opens what is in it.
func (s *Store) open() (Contents, error) {
	if err := s.take(); err != nil {
		return Contents{}, err
	}
	contents, err := s.load()
	if err == nil {
		err = s.tooOld(time.Now())
	}
	if errors.Is(err, errOld) || errors.Is(err, errDamaged) && !passing(err) {
		if err = s.setAside(err); err == nil {
			contents, err = s.load()
			contents.Damaged = true
		}
	}
	if err != nil {
		s.drop(err)
		return Contents{}, err
	}
	return contents, nil
}

// take makes the folder this process's.
func (s *Store) take() error {
	if s.lock != nil {
		return nil
	}
	if err := os.MkdirAll(s.config.Folder, 0o750); err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(s.config.Folder, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := lock(file); err != nil {
		return errors.Join(err, file.Close())
	}
	s.lock = file
	return nil
}

// load opens the file, which must not be open, and reads it; it makes an empty one
// if there is none.
func (s *Store) load() (Contents, error) {
	fresh, err := s.examine()
	if err != nil {
		return Contents{}, err
	}
	var contents Contents
	err = guard(func() (err error) {
		if err := s.openDB(); err != nil {
			return err
		}
		if fresh {
			return s.begin()
		}
		contents, err = s.readAll()
		return err
	})
	if err == nil {
		s.measure()
	}
	if err != nil && fresh {
		s.drop(err)
		err = errors.Join(err, os.Remove(s.path)) // half a file would look damaged; a tail alone is nothing
	}
	return contents, err
}

func (s *Store) openDB() (err error) {
	s.db, err = bbolt.Open(s.path, 0o600, &bbolt.Options{
		PageSize:     pageSize,
		NoSync:       true, // see the package comment
		NoGrowSync:   true, // the file grows as it is written: a full disk is told of there and then
		FreelistType: bbolt.FreelistMapType,
		NoStatistics: true,
		OpenFile:     s.openFile,
		// Address space only, so that it isn't mapped anew with each doubling.
		InitialMmapSize: 64 << 20,
		Timeout:         1, // a nanosecond: don't wait, the folder is ours
	})
	var system syscall.Errno
	switch {
	case err == nil, errors.As(err, &system):
		return err
	case errors.Is(err, bbolterrors.ErrTimeout):
		return ErrLocked
	}
	return fmt.Errorf("%w: %w", errDamaged, err)
}

// openFile remembers the file that bbolt opens, so that it can be closed when bbolt
// itself is beyond that.
func (s *Store) openFile(name string, flag int, mode os.FileMode) (file *os.File, err error) {
	s.file, err = os.OpenFile(name, flag, mode)
	return s.file, err
}

// examine looks at the file's pages before bbolt does. Fresh says that there
// is no file.
func (s *Store) examine() (fresh bool, err error) {
	file, err := os.Open(s.path)
	if errors.Is(err, os.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	defer file.Close() // only read
	info, err := file.Stat()
	if err != nil {
		return false, err
	}
	if err := checkPages(file, info.Size()); err != nil {
		return false, fmt.Errorf("%w: %w", errDamaged, err)
	}
	return false, nil
}

// drop lets the file go, because of an error if there was one. After a panic bbolt
// may hold locks of its own for ever: then it isn't told, and what it has mapped of
// the file stays mapped.
func (s *Store) drop(because error) {
	if s.db != nil && !errors.Is(because, errBroken) {
		_ = guard(s.db.Close) // nothing waits to be written
	}
	if s.file != nil {
		_ = s.file.Close() // bbolt may have closed it
	}
	_ = s.tail.close() // likewise
	s.db, s.file, s.state, s.tail, s.bytes = nil, nil, state{}, tail{}, 0
}

// Close lets go of the file and the folder, without waiting for the disk; see Sync.
func (s *Store) Close() error {
	s.drop(nil)
	if err := s.unlock(); err != nil {
		return fmt.Errorf("store %s: close: %w", s.config.Folder, err)
	}
	return nil
}

// unlock gives the folder back.
func (s *Store) unlock() error {
	if s.lock == nil {
		return nil
	}
	defer func() { s.lock = nil }()
	return s.lock.Close()
}

// Sync waits until the disk has all that was written, so that it outlives a loss of
// power too.
func (s *Store) Sync() error {
	if s.db == nil {
		return nil
	}
	if err := errors.Join(s.tail.file.Sync(), guard(s.db.Sync)); err != nil {
		return fmt.Errorf("store %s: sync: %w", s.config.Folder, err)
	}
	return nil
}

// Size returns how many bytes the files have.
func (s *Store) Size() int64 { return s.bytes }

// measure notes how large the files are.
func (s *Store) measure() {
	if info, err := s.file.Stat(); err == nil { // else it is told of when it is written
		s.bytes = info.Size() + s.tail.size
	}
}

// tailPath is where the tail is.
func (s *Store) tailPath() string { return filepath.Join(s.config.Folder, tailName) }

// tailSize is that of a tail that is begun.
func (c Config) tailSize() int64 {
	if c.tail > 0 {
		return c.tail
	}
	return tailSize
}
