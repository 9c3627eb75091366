//go:build !unix

package session

import "syscall"

// attempt is one write that doesn't wait: where there is no such thing, none. All
// is then written patiently.
type attempt struct{}

func newAttempt() *attempt { return &attempt{} }

func (*attempt) on(syscall.RawConn, []byte) int { return 0 }
