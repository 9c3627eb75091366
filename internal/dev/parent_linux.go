package dev

import (
	"os/exec"
	"syscall"
)

// tie makes the kernel end the child when its parent ends, even if the parent
// can't say so any more; and keeps Ctrl-C from it, so that it is the parent who
// says when to stop.
func tie(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
