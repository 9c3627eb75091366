package dev

import (
	"os/exec"
	"syscall"
)

// Tie makes the kernel end the child when the thread that starts it ends, and so
// with its parent, even if that can't say so any more; lock the thread until the
// child has ended. It also keeps Ctrl-C from the child, so that it is the parent
// who says when to stop.
func Tie(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
