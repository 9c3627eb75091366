package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"

	"heureka/internal/dev"
)

// Process is a server or a driver. Its methods belong to one goroutine.
type Process struct {
	Name    string
	Started Started // of a role
	Admin   string  // of a node: where it serves profiles

	pid   int
	halt  func() // of one that somebody else started
	cmd   *exec.Cmd
	ended chan struct{}
	calls sync.Mutex // one at a time
	in    io.WriteCloser
	out   *json.Decoder
}

// grace is how long a process may take to stop before it is killed.
const grace = 3 * time.Second

// launch starts a program, tied to this process: it ends when this one does. What
// it logs goes to a file of its name in the folder.
func launch(folder, name, program string, args ...string) (*Process, error) {
	log, err := os.OpenFile(filepath.Join(folder, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	defer log.Close()
	cmd := exec.Command(program, args...)
	cmd.Stderr = log
	cmd.Env = append(os.Environ(), "TMPDIR="+folder) // so that nothing is left behind
	p := &Process{Name: name, cmd: cmd, ended: make(chan struct{})}
	if p.in, err = cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p.out = json.NewDecoder(bufio.NewReader(out))
	dev.Tie(cmd)
	running := make(chan error)
	go func() {
		runtime.LockOSThread() // the child is tied to the thread that started it
		defer runtime.UnlockOSThread()
		defer close(p.ended)
		err := cmd.Start()
		running <- err
		if err == nil {
			_ = cmd.Wait() // how it ended shows in its log
		}
	}()
	if err := <-running; err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p.pid = cmd.Process.Pid
	return p, nil
}

// Call has a role carry out an order; answer, if not nil, gets what it says.
func (p *Process) Call(ctx context.Context, do string, args, answer any) error {
	p.calls.Lock()
	defer p.calls.Unlock()
	stop := context.AfterFunc(ctx, func() { _ = p.cmd.Process.Kill() }) // it may have ended by itself
	defer stop()
	if err := p.exchange(do, args, answer); err != nil {
		return errors.Join(ctx.Err(), fmt.Errorf("%s: %s: %w", p.Name, do, err))
	}
	return nil
}

func (p *Process) exchange(do string, args, answer any) error {
	raw, err := json.Marshal(args)
	if err != nil {
		return err
	}
	line, err := json.Marshal(Order{Do: do, Args: raw})
	if err != nil {
		return err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return err
	}
	var r Result
	if err := p.out.Decode(&r); err != nil {
		return fmt.Errorf("no answer: %w", err)
	}
	if r.Error != "" {
		return errors.New(r.Error)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(r.Answer, answer)
}

// Stop ends the process: roles by the end of their input, nodes by a signal.
func (p *Process) Stop() {
	if p.halt != nil {
		p.halt()
		return
	}
	_ = p.in.Close() // what matters is that it ends, and that is seen below
	if p.Admin != "" {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
	}
	timeout := time.NewTimer(grace)
	defer timeout.Stop()
	select {
	case <-p.ended:
	case <-timeout.C:
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}
