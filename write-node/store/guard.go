package store

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// errDamaged: the file isn't what was written.
var errDamaged = errors.New("damaged")

// errBroken marks the damage that made bbolt panic, a fault at reading the mapped
// file among it.
var errBroken = fmt.Errorf("%w, bbolt gave up", errDamaged)

// guard calls what uses bbolt and turns a panic into an error.
func guard(use func() error) (err error) {
	// The mapped file may be shorter than bbolt believes. Reading beyond it would
	// end the process; this makes it a panic, on this goroutine only, and bbolt
	// reads the map on no other.
	before := debug.SetPanicOnFault(true)
	defer debug.SetPanicOnFault(before)
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errBroken, p)
		}
	}()
	return use()
}
