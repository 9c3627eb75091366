package dev

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"heureka/cluster"
)

// nodeEnv makes the test binary play a node: "stay" announces itself and stops
// on SIGTERM, "fail" gives up before it is ready.
const nodeEnv = "HEUREKA_TEST_NODE"

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Getenv(nodeEnv) != "" {
		os.Exit(playNode(os.Getenv(nodeEnv), os.Args[1]))
	}
	goleak.VerifyTestMain(m)
}

func playNode(part, name string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	fmt.Fprintln(os.Stderr, name, "begins")
	if part == "fail" && name == "read-1" {
		return 3
	}
	if err := Announce(os.Stdout, Node{Name: name, Role: cluster.Write, HTTP: "h", Admin: "a"}); err != nil {
		return 1
	}
	<-ctx.Done()
	fmt.Fprintln(os.Stderr, name, "stops")
	return 0
}

// runPlayed runs played nodes until the test ends them, and returns their
// announcements, what ends them, and what Run returned.
func runPlayed(t *testing.T, part, folder string, nodes ...Node) (<-chan Started, context.CancelFunc, <-chan error, <-chan struct{}) {
	t.Helper()
	t.Setenv(nodeEnv, part)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	ready := make(chan struct{})
	lines, out := io.Pipe()
	p := &Processes{
		Executable: self,
		Arguments:  func(n Node) []string { return []string{n.Name} },
		LogFolder:  folder,
		Grace:      10 * time.Second,
		Out:        out,
		Ready:      func() { close(ready) },
		Log:        slog.New(slog.DiscardHandler),
	}
	ended := make(chan error, 1)
	go func() {
		err := p.Run(ctx, nodes)
		out.Close()
		ended <- err
	}()
	announcements := make(chan Started, len(nodes))
	go func() {
		defer close(announcements)
		for decoder := json.NewDecoder(lines); ; {
			var s Started
			if err := decoder.Decode(&s); err != nil {
				return
			}
			announcements <- s
		}
	}()
	return announcements, cancel, ended, ready
}

func TestProcessesRunUntilToldToStop(t *testing.T) {
	folder := t.TempDir()
	announcements, stop, ended, ready := runPlayed(t, "stay", folder, Plan{WriteNodes: 2, ReadNodes: 1}.Nodes()...)
	pids := make(map[string]int)
	for range 3 {
		s := <-announcements
		pids[s.Node] = s.PID
	}
	<-ready
	if len(pids) != 3 || pids["write-1"] == 0 || pids["write-1"] == pids["write-2"] {
		t.Fatalf("announced %v", pids)
	}
	if err := syscall.Kill(pids["write-1"], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"write-2", "read-1"} {
		log, err := os.ReadFile(filepath.Join(folder, name+".log"))
		if err != nil || !strings.HasSuffix(string(log), name+" stops\n") {
			t.Errorf("%s wasn't asked to stop: %q %v", name, log, err)
		}
	}
}

func TestProcessesStopWhenOneCantStart(t *testing.T) {
	_, _, ended, _ := runPlayed(t, "fail", t.TempDir(), Plan{WriteNodes: 1, ReadNodes: 1}.Nodes()...)
	err := <-ended
	if err == nil || !strings.Contains(err.Error(), "read-1 ended before it was ready") || !strings.Contains(err.Error(), "read-1.log") {
		t.Errorf("got %v", err)
	}
}

func TestAnnouncementsPassWholeLinesOnly(t *testing.T) {
	var out bytes.Buffer
	ready := 0
	all := &announced{out: &out, missing: 2, ready: func() { ready++ }}
	a, b := all.writer(), all.writer()
	for _, w := range []struct {
		to   *announcement
		text string
	}{{a, "one"}, {b, "other\n"}, {a, " line\nand"}, {b, "x\ny\n"}, {a, " more\n"}} {
		if _, err := io.WriteString(w.to, w.text); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := out.String(), "other\none line\nx\ny\nand more\n"; got != want || ready != 1 {
		t.Errorf("got %q, ready %d times", got, ready)
	}
	if _, err := a.Write(make([]byte, maxLine+1)); !errors.Is(err, errLongLine) {
		t.Errorf("an endless line gives %v", err)
	}
}
