package foreign

import (
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"heureka/internal/dev"
)

// Process is a running program, tied to this process: it ends when this one does.
type Process struct {
	// Name is how errors call it.
	Name string

	cmd   *exec.Cmd
	ended chan struct{} // closed when it has ended
}

// Start starts the command.
func Start(name string, cmd *exec.Cmd) (*Process, error) {
	p := &Process{Name: name, cmd: cmd, ended: make(chan struct{})}
	dev.Tie(cmd)
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // the kernel ties a child to the thread that started it
		defer runtime.UnlockOSThread()
		defer close(p.ended)
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // State tells how it ended
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return p, nil
}

// PID returns the number of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Ended is closed when the process has ended, for whatever reason.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// ExitCode returns how the process ended: -1 by a signal. It waits for the end.
func (p *Process) ExitCode() int {
	<-p.ended
	return p.cmd.ProcessState.ExitCode()
}

// Signal sends a signal; one that has ended is told nothing.
func (p *Process) Signal(s syscall.Signal) {
	_ = p.cmd.Process.Signal(s) // fails only if the process has ended
}

// Kill ends the process without a word and waits until it has ended.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // fails only if the process has ended
	<-p.ended
}

// Stop tells the process to end, and kills it if it hasn't within the grace.
func (p *Process) Stop(grace time.Duration) {
	p.Signal(syscall.SIGTERM)
	timeout := time.NewTimer(grace)
	defer timeout.Stop()
	select {
	case <-p.ended:
	case <-timeout.C:
		p.Kill()
	}
}
