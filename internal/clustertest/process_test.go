package clustertest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"heureka/cluster"
	"heureka/internal/dev"
)

// programs builds the programs of the nodes, once for all tests.
type programs struct {
	once   sync.Once
	folder string
	err    error
}

// of returns the program of a role's nodes.
func (p *programs) of(t *testing.T, role cluster.Role) string {
	t.Helper()
	if testing.Short() {
		t.Skip("starts real processes")
	}
	p.once.Do(p.build)
	if p.err != nil {
		t.Fatal(p.err)
	}
	return filepath.Join(p.folder, string(role)+"-node")
}

func (p *programs) build() {
	if p.folder, p.err = os.MkdirTemp("", "heureka"); p.err != nil {
		return
	}
	out, err := exec.Command("go", "build", "-o", p.folder, "heureka/write-node", "heureka/read-node").CombinedOutput()
	if err != nil {
		p.err = fmt.Errorf("go build: %w\n%s", err, out)
	}
}

func (p *programs) remove() error {
	if p.folder == "" {
		return nil
	}
	return os.RemoveAll(p.folder)
}

// process is a node with a process of its own, which may be started again at the
// same ports. Its methods belong to the test's goroutine.
type process struct {
	t       *testing.T
	node    dev.Node
	program string
	args    []string
	place   place  // where it runs
	folder  string // of its log
	cmd     *exec.Cmd
	ended   chan struct{} // closed when this run of it has ended
}

// start starts the node, tied to this process.
func (p *process) start() {
	p.t.Helper()
	log, err := dev.OpenLog(p.folder, p.node)
	if err != nil {
		p.t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(p.program, p.args...)
	cmd.Stdout, cmd.Stderr = log, log
	dev.Tie(cmd)
	started, ended := make(chan error), make(chan struct{})
	go func() {
		defer close(ended)
		err := p.place.inside(func() error {
			err := cmd.Start()
			started <- err
			if err == nil {
				_ = cmd.Wait() // the test looks at the state
			}
			return nil
		})
		if err != nil {
			started <- err
		}
	}()
	if err := <-started; err != nil {
		p.t.Fatalf("start %s: %v", p.node.Name, err)
	}
	p.cmd, p.ended = cmd, ended
}

func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatalf("signal %s: %v", p.node.Name, err)
	}
}

// freeze stops the process in its tracks, as a machine does that swaps or is
// suspended: what is sent to it fills its sockets. It returns when the process stands
// still; the signal alone is obeyed a moment later, and by one thread after the other.
func (p *process) freeze() {
	p.t.Helper()
	p.signal(syscall.SIGSTOP)
	if err := stopped(p.cmd.Process.Pid); err != nil {
		p.t.Fatalf("%s doesn't stand still: %v", p.node.Name, err)
	}
}

// thaw lets it go on.
func (p *process) thaw() { p.signal(syscall.SIGCONT) }

// kill ends the process without a word and waits until it has ended.
func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	<-p.ended
}

// stop stops the process gracefully and waits until it has ended.
func (p *process) stop() {
	p.t.Helper()
	p.signal(syscall.SIGTERM)
	<-p.ended
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		p.t.Errorf("%s ended with %d", p.node.Name, code)
	}
}

// discard ends the process, frozen or not, at the end of a test, and shows its
// log if the test has failed.
func (p *process) discard() {
	if p.cmd == nil {
		return
	}
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Errorf("kill %s: %v", p.node.Name, err)
	}
	<-p.ended
	if p.t.Failed() {
		p.t.Logf("%s said:\n%s", p.node.Name, p.said())
	}
}

// said returns what the node logged, in all runs of it; of a long log the end.
func (p *process) said() string {
	log, err := os.ReadFile(filepath.Join(p.folder, p.node.Name+".log"))
	if err != nil {
		p.t.Errorf("the log of %s: %v", p.node.Name, err)
	}
	const enough = 20000
	return string(log[max(0, len(log)-enough):])
}

// natsServer returns the NATS server that the node said last it is connected to.
func (p *process) natsServer() string {
	said := p.said()
	_, last, found := cutLast(said, "server=")
	if !found {
		return ""
	}
	server, _, _ := strings.Cut(last, "\n")
	return server
}

func cutLast(text, separator string) (before, after string, found bool) {
	at := strings.LastIndex(text, separator)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(separator):], true
}
