//go:build unix

package session

import "syscall"

// await returns when there is something to read, or to find out. It looks, and
// takes nothing: reading is the library's.
func await(conn syscall.RawConn) {
	// An error is the connection's end, which reading finds too.
	_ = conn.Read(readable)
}

// readable reports whether a read of that socket would return.
func readable(fd uintptr) bool {
	for {
		var one [1]byte
		_, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK)
		if err != syscall.EINTR {
			return err != syscall.EAGAIN
		}
	}
}
