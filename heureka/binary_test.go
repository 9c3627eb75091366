package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"heureka/internal/dev"
)

// patience is how long a test waits for anything before it fails.
const patience = 60 * time.Second

// binary builds the command once for each test that walks with real processes.
func binary(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("walks with real processes")
	}
	path := filepath.Join(t.TempDir(), "heureka")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// freePlan returns a plan of which every port is free, so that tests meet neither
// each other nor a cluster that somebody runs.
func freePlan(t *testing.T) dev.Plan {
	t.Helper()
	plan, release, err := dev.FreePlan(3, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	return plan
}

// command is a running heureka.
type command struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines chan string // of standard output; closed at its end
	ended chan struct{}

	mu   sync.Mutex
	errs bytes.Buffer // standard error
}

// start starts heureka with the arguments. The test's end kills it.
func start(t *testing.T, binary string, plan dev.Plan, args ...string) *command {
	t.Helper()
	c := &command{t: t, cmd: exec.Command(binary, args...), lines: make(chan string, 1000), ended: make(chan struct{})}
	c.cmd.Env = append(os.Environ(),
		"HEUREKA_WRITE="+strings.Join(dev.HTTPOf(plan.Writes()), ","),
		"HEUREKA_READ="+strings.Join(dev.HTTPOf(plan.Reads()), ","))
	c.cmd.Stderr = c
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(c.ended)
		defer close(c.lines)
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			c.lines <- scanner.Text()
		}
		_ = c.cmd.Wait() // the test looks at the state
	}()
	t.Cleanup(func() {
		_ = c.cmd.Process.Kill() // it may have ended
		<-c.ended
		if t.Failed() {
			t.Logf("heureka %s said:\n%s", strings.Join(args, " "), c.said())
		}
	})
	return c
}

// Write takes standard error.
func (c *command) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.errs.Write(p)
}

func (c *command) said() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.errs.String()
}

// line waits for the next line of standard output.
func (c *command) line() string {
	c.t.Helper()
	select {
	case line, ok := <-c.lines:
		if !ok {
			c.t.Fatalf("%v ended: %s", c.cmd.Args, c.said())
		}
		return line
	case <-time.After(patience):
		c.t.Fatalf("%v says nothing", c.cmd.Args)
	}
	return ""
}

// stop asks it to stop and waits until it has, with the exit code 0.
func (c *command) stop() {
	c.t.Helper()
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		c.t.Fatal(err)
	}
	c.end()
}

// end waits until it has ended with the exit code 0.
func (c *command) end() {
	c.t.Helper()
	c.endWith(exitDone)
}

func (c *command) endWith(want int) {
	c.t.Helper()
	for range c.lines {
	}
	<-c.ended
	if code := c.cmd.ProcessState.ExitCode(); code != want {
		c.t.Errorf("%v ended with %d: %s", c.cmd.Args, code, c.said())
	}
}

// kill kills it, and waits until it is dead.
func (c *command) kill() {
	c.t.Helper()
	if err := c.cmd.Process.Kill(); err != nil {
		c.t.Fatal(err)
	}
	<-c.ended
}

// output runs heureka to its end, with the exit code 0, and returns standard
// output.
func output(t *testing.T, binary string, plan dev.Plan, args ...string) string {
	t.Helper()
	return outputWith(t, exitDone, binary, plan, args...)
}

// outputWith is output with another exit code.
func outputWith(t *testing.T, code int, binary string, plan dev.Plan, args ...string) string {
	t.Helper()
	c := start(t, binary, plan, args...)
	var out strings.Builder
	for line := range c.lines {
		out.WriteString(line + "\n")
	}
	c.endWith(code)
	return out.String()
}

// event is a line of watch --json, as far as tests look at it.
type event struct {
	Type, App, ID string
}

// event waits for the next event that isn't about the sample services.
func (c *command) event() event {
	c.t.Helper()
	for {
		line := c.line()
		var e struct {
			event
			Metadata map[string]string
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			c.t.Fatalf("%q: %v", line, err)
		}
		if e.Type != "synced" && e.Metadata["sample"] == "" {
			return e.event
		}
	}
}

// expect waits for exactly that event.
func (c *command) expect(kind, id string) {
	c.t.Helper()
	if got, want := c.event(), (event{kind, "ORDERS", id}); got != want {
		c.t.Fatalf("told %v, want %v", got, want)
	}
}

// announced reads the lines that nodes announce themselves with.
func (c *command) announced(n int) map[string]dev.Started {
	c.t.Helper()
	nodes := make(map[string]dev.Started)
	for range n {
		line := c.line()
		decoder := json.NewDecoder(strings.NewReader(line))
		decoder.DisallowUnknownFields()
		var s dev.Started
		if err := decoder.Decode(&s); err != nil {
			c.t.Fatalf("%q: %v", line, err)
		}
		want := fmt.Sprintf(`{"node":%q,"role":%q,"pid":%d,"http":%q,"admin":%q}`, s.Node, s.Role, s.PID, s.HTTP, s.Admin)
		if line != want {
			c.t.Errorf("announced as %s, want %s", line, want)
		}
		nodes[s.Node] = s
	}
	return nodes
}

// eventually waits until the condition holds, which it asks again and again.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	timeout := time.After(patience)
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for !holds() {
		select {
		case <-ticker.C:
		case <-timeout:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// offset returns the flags that move a cluster to the plan's ports.
func offset(plan dev.Plan) []string { return []string{"--port-offset", strconv.Itoa(plan.PortOffset)} }

// listens reports whether something listens there.
func listens(address string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}
