//go:build !unix

package session

import "syscall"

// await returns at once where there is no way to look without taking: reading waits
// then.
func await(syscall.RawConn) {}
