package dev

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// Processes runs each node in a process of its own.
type Processes struct {
	// Executable is the program of every node, and Arguments what it is given for
	// each. It must announce itself on its standard output when it is ready, and
	// stop gracefully on SIGTERM.
	Executable string
	Arguments  func(Node) []string
	// LogFolder gets what each node writes to its standard error, one file for
	// each node, appended. It must exist.
	LogFolder string
	// Grace is how long a node may take to stop before it is killed.
	Grace time.Duration
	// Out gets the lines that the nodes announce themselves with.
	Out io.Writer
	// Ready is called once, when every node is ready. It must not block.
	Ready func()
	Log   *slog.Logger
}

// Run starts the nodes and waits until ctx ends; then it stops them and returns
// when all have ended. A node that ends by itself stays dead, and the others go
// on; but one that gives up before it was ever ready is an error, and stops all.
//
// On Linux the nodes also die with this process, however it ends.
func (p *Processes) Run(ctx context.Context, nodes []Node) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	announced := &announced{out: p.Out, missing: len(nodes), ready: p.Ready}
	var running sync.WaitGroup
	for _, node := range nodes {
		running.Go(func() {
			if err := p.runNode(ctx, node, announced); err != nil {
				cancel(err)
			}
		})
	}
	<-ctx.Done()
	running.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

func (p *Processes) runNode(ctx context.Context, node Node, announced *announced) error {
	// The kernel ties a child to the thread that started it, not to the process.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	logFile, err := OpenLog(p.LogFolder, node)
	if err != nil {
		return err
	}
	defer logFile.Close()
	out := announced.writer()
	cmd := exec.CommandContext(ctx, p.Executable, p.Arguments(node)...)
	cmd.Stdout, cmd.Stderr = out, logFile
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = p.Grace
	Tie(cmd)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", node.Name, err)
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return nil
	case !out.announced && errors.As(err, &exit) && exit.Exited():
		return fmt.Errorf("%s ended before it was ready: %w; see %s", node.Name, err, logFile.Name())
	default:
		p.Log.Warn("node ended", "node", node.Name, "state", cmd.ProcessState.String(), "log", logFile.Name())
		return nil
	}
}

// OpenLog opens the file that a node's log is appended to.
func OpenLog(folder string, node Node) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(folder, node.Name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open the log of %s: %w", node.Name, err)
	}
	return file, nil
}

// announced passes on what the nodes announce, whole lines only, and counts
// them.
type announced struct {
	mu      sync.Mutex // guards all below, and keeps lines apart
	out     io.Writer
	missing int
	ready   func()
}

// writer returns what one node's process writes its standard output to.
func (a *announced) writer() *announcement { return &announcement{all: a} }

func (a *announced) line(line []byte, first bool) error {
	a.mu.Lock()
	_, err := a.out.Write(line)
	last := false
	if first {
		a.missing--
		last = a.missing == 0
	}
	a.mu.Unlock()
	if last && a.ready != nil {
		a.ready()
	}
	return err
}
