//go:build unix

package session

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"strings"
	"testing"
)

// measure has TestMeasureMemory open as many connections as the file limit allows
// for, and look at resident bytes.
var measure = flag.Int("measure", 0, "measure memory with so many connections")

// holding is what a serving process says of itself.
type holding struct {
	connections, resident, heap, stacks int
}

// each returns what one more connection costs.
func (h holding) each(before holding) holding {
	n := h.connections - before.connections
	return holding{n, (h.resident - before.resident) / n, (h.heap - before.heap) / n, (h.stacks - before.stacks) / n}
}

// server is another process that holds connections.
type server struct {
	t           *testing.T
	in          io.Writer
	out         *bufio.Reader
	address     string
	connections int // that it was filled with
}

func startServer(t *testing.T, kind string) *server {
	t.Helper()
	in, out, stop := start(t, kind)
	t.Cleanup(stop)
	address, err := out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return &server{t: t, in: in, out: out, address: strings.TrimSpace(address)}
}

// ask has the server measure itself.
func (s *server) ask(what string) holding {
	s.t.Helper()
	fmt.Fprintln(s.in, what)
	var h holding
	if _, err := fmt.Fscanln(s.out, &h.connections, &h.resident, &h.heap, &h.stacks); err != nil {
		s.t.Fatal(err)
	}
	return h
}

// fill opens connections and returns when the server counts them all.
func (s *server) fill(n int) {
	s.t.Helper()
	in, _, stop := start(s.t, "drink "+s.address)
	s.t.Cleanup(stop)
	if _, err := io.WriteString(in, strings.Repeat("\n", n)); err != nil {
		s.t.Fatal(err)
	}
	s.connections += n
	if h := s.ask(fmt.Sprint("await ", s.connections)); h.connections < s.connections {
		s.t.Fatalf("%d of %d were accepted", h.connections, s.connections)
	}
}

// costs returns what one idle connection costs a server of that kind: as it is, and
// after garbage was collected.
func costs(t *testing.T, kind string, n int) (asIs, collected holding) {
	s := startServer(t, kind)
	s.fill(100) // what the first ones bring isn't theirs
	before := s.ask("collect")
	s.fill(n)
	asIs = s.ask("").each(before)
	return asIs, s.ask("collect").each(before)
}

// TestMemoryOfAnIdleSession bounds what a session holds of heap and stack, which
// doesn't depend on the machine, and leaves room for what the registry's side and the
// collector need of the 10 KiB that a subscriber may cost. What is resident is measured with -measure, in
// servers of their own, beside a bare socket with one goroutine that reads.
func TestMemoryOfAnIdleSession(t *testing.T) {
	n := 500
	if *measure > 0 {
		n = *measure
	}
	asIs, collected := costs(t, "session", n)
	if most := 7 << 10; !raceEnabled && collected.heap+collected.stacks > most {
		t.Errorf("an idle session holds %d bytes of heap and %d of stack, together at most %d are allowed",
			collected.heap, collected.stacks, most)
	}
	if *measure == 0 {
		return
	}
	bareAsIs, bare := costs(t, "bare", n)
	for _, line := range []struct {
		name string
		holding
	}{{"session, as it is", asIs}, {"session, collected", collected}, {"bare, as it is", bareAsIs}, {"bare, collected", bare}} {
		t.Logf("%-20s %6d resident %6d heap %6d stack, bytes each of %d", line.name, line.resident, line.heap, line.stacks, n)
	}
	t.Logf("resident: %.1f times bare as it is, %.1f collected", float64(asIs.resident)/float64(bareAsIs.resident), float64(collected.resident)/float64(bare.resident))
}
