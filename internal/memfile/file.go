package memfile

import (
	"errors"
	"io"
	"os"
	"sync/atomic"
	"syscall"
)

// File is bytes in a file. Who has a reference may send it; the one that gives the last
// one back ends it. It is safe for concurrent use.
type File struct {
	file  *os.File
	size  int64
	users atomic.Int64
}

// New returns a file of the parts, one after the other, with one reference.
func New(parts [][]byte) (*File, error) {
	file, err := create()
	if err != nil {
		return nil, err
	}
	f := &File{file: file}
	f.users.Store(1)
	if f.size, err = fill(file, parts); err != nil {
		f.Release()
		return nil, err
	}
	return f, nil
}

// Size returns how many bytes it has.
func (f *File) Size() int64 { return f.size }

// Acquire takes another reference; it reports false if the last one was given back.
func (f *File) Acquire() bool {
	for {
		n := f.users.Load()
		if n == 0 {
			return false
		}
		if f.users.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// Release gives a reference back, and reports whether it was the last.
func (f *File) Release() bool {
	if f.users.Add(-1) > 0 {
		return false
	}
	_ = f.file.Close() // nothing is written that could be lost
	return true
}

// SendTo sends n bytes from an offset on to a socket, under its write deadline, for who
// has a reference. It returns how many the socket took, and errors.ErrUnsupported, with
// none taken, where w isn't a socket or the system can't.
func (f *File) SendTo(w io.Writer, offset, n int64) (int64, error) {
	conn, ok := w.(syscall.Conn)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, err
	}
	return send(raw, f.file, offset, n)
}
