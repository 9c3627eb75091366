package clustertest

import (
	"errors"

	"golang.org/x/sys/unix"
)

// stopped waits until all threads of a process, which was sent SIGSTOP, have stopped.
// It leaves the end of the process to whoever waits for that.
func stopped(pid int) error {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WSTOPPED, nil)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
