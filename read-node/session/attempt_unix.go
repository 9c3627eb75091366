//go:build unix

package session

import "syscall"

// attempt is one write that doesn't wait. It is used again and again, by one
// goroutine at a time, so that a write allocates nothing.
type attempt struct {
	bytes []byte
	left  int
	write func(fd uintptr) bool
}

func newAttempt() *attempt {
	a := &attempt{}
	a.write = a.once
	return a
}

// on writes bytes to a connection and returns how many of them have left. Why not
// all have is for who writes the rest to find out.
func (a *attempt) on(conn syscall.RawConn, bytes []byte) int {
	a.bytes, a.left = bytes, 0
	_ = conn.Write(a.write) // fails where nothing can be written: none have left
	a.bytes = nil
	return a.left
}

// once makes one system call, and says that there is nothing to wait for.
func (a *attempt) once(fd uintptr) bool {
	for {
		n, err := syscall.Write(int(fd), a.bytes)
		if err == syscall.EINTR {
			continue
		}
		a.left = max(n, 0)
		return true
	}
}
