//go:build unix

package nowait

import "syscall"

// Writer makes writes that don't wait. It is used again and again, by one
// goroutine at a time, so that a write allocates nothing.
type Writer struct {
	bytes []byte
	left  int
	write func(fd uintptr) bool
}

// New returns a writer.
func New() *Writer {
	w := &Writer{}
	w.write = w.once
	return w
}

// Write writes bytes to a connection and returns how many of them have left. Why not
// all have is for who writes the rest to find out.
func (w *Writer) Write(conn syscall.RawConn, bytes []byte) int {
	w.bytes, w.left = bytes, 0
	_ = conn.Write(w.write) // fails where nothing can be written: none have left
	w.bytes = nil
	return w.left
}

// once makes one system call, and says that there is nothing to wait for.
func (w *Writer) once(fd uintptr) bool {
	for {
		n, err := syscall.Write(int(fd), w.bytes)
		if err == syscall.EINTR {
			continue
		}
		w.left = max(n, 0)
		return true
	}
}
