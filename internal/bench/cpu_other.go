//go:build !linux

package bench

import (
	"errors"
	"time"
)

// CPU needs Linux.
func (p *Process) CPU() (time.Duration, error) {
	return 0, errors.New("the processor time of another process is known on Linux only")
}
