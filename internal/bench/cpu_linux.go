package bench

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// CPU returns the processor time that the process has used. It is that of
// /proc/<pid>/stat, in nanoseconds instead of hundredths of a second.
func (p *Process) CPU() (time.Duration, error) {
	const scheduled = 2 // which of a process' clocks: CPUCLOCK_SCHED
	var used unix.Timespec
	if err := unix.ClockGettime(int32(^p.pid<<3|scheduled), &used); err != nil {
		return 0, fmt.Errorf("processor time of %s: %w", p.Name, err)
	}
	return time.Duration(used.Nano()), nil
}
