package store

import (
	"bufio"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// childFolder is the variable that makes this test's program a child that writes
// into a folder's store without end.
const childFolder = "HEUREKA_TEST_STORE"

// writeWithoutEnd goes on from the state that the store holds, and says each number
// when it is written.
func writeWithoutEnd(folder string) int {
	s, contents, err := Open(config(folder), slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for n := number(contents) + 1; ; n++ {
		if err := s.Write(step(n)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		fmt.Println(n)
	}
}

// TestAKilledProcessLosesNothing kills a process in the middle of its writing, again
// and again: what comes back is a state that was written, none before the last one
// that was reported.
func TestAKilledProcessLosesNothing(t *testing.T) {
	folder := t.TempDir()
	random := rand.New(rand.NewPCG(*seed, 2))
	last := uint64(0)
	for run := range 12 {
		reported := killed(t, folder, last+uint64(random.IntN(60)))
		s, contents := opened(t, config(folder))
		n := number(contents)
		if n < reported || n < last || !same(contents, stateAfter(n)) {
			t.Fatalf("run %d: state %d came back; %d was reported as written", run, n, reported)
		}
		closed(t, s)
		last = n
	}
	if files := aside(t, folder); len(files) > 0 {
		t.Errorf("set aside: %v", files)
	}
}

// killed lets a child write until it has reported a state, and a bit more, kills it
// and returns the last state that it reported.
func killed(t *testing.T, folder string, until uint64) (reported uint64) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childFolder+"="+folder)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	dead := false
	for lines.Scan() {
		n, err := strconv.ParseUint(strings.TrimSpace(lines.Text()), 10, 64)
		if err != nil {
			break // a line that was cut short
		}
		reported = n
		if n >= until && !dead {
			dead = true
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || !dead {
		t.Fatalf("the child ended by itself: %v", err)
	}
	return reported
}
