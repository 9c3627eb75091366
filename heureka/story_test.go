package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"heureka/internal/dev"
)

// TestTheClusterSurvivesItsNodes is the story of the README, with real processes
// that are really killed.
func TestTheClusterSurvivesItsNodes(t *testing.T) {
	heureka, plan, data := binary(t), freePlan(t), t.TempDir()
	devArgs := append([]string{"dev", "--processes", "--data", data}, offset(plan)...)
	cluster := start(t, heureka, plan, devArgs...)
	nodes := cluster.announced(5)

	watch := start(t, heureka, plan, "watch", "--app", "ORDERS", "--json")
	register := func(id string, more ...string) *command {
		args := append([]string{"register", "--app", "ORDERS", "--id", id, "--ip", "127.0.0.1", "--port", "9000"}, more...)
		return start(t, heureka, plan, args...)
	}

	// A client that dies stays until its lease ends.
	const lease = 2 * time.Second
	began := time.Now()
	short := register("o-1", "--lease", lease.String())
	watch.expect("added", "o-1")
	short.kill()
	watch.expect("removed", "o-1")
	if after := time.Since(began); after < lease {
		t.Errorf("removed after %v, its lease is %v", after, lease)
	}

	// Kill the nodes that the two commands talk to.
	long := register("o-2")
	watch.expect("added", "o-2")
	write, read := busiest(t, plan.Writes()), busiest(t, plan.Reads())
	for _, name := range []string{write.Name, read.Name} {
		if err := syscall.Kill(nodes[name].PID, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	other := register("o-3")
	watch.expect("added", "o-3") // watch goes on elsewhere, and nothing was removed
	if got := output(t, heureka, plan, "get", "--app", "ORDERS", "--id", "o-2"); !strings.Contains(got, "o-2") {
		t.Errorf("get shows %s", got)
	}

	// The one that was killed stays dead, until it is started again.
	if got := outputWith(t, exitFailed, heureka, plan, "cluster"); strings.Count(got, "no answer") != 2 {
		t.Errorf("cluster shows\n%s", got)
	}
	again := start(t, heureka, plan, append(devArgs, "--only", write.Name)...)
	if s := again.announced(1)[write.Name]; s.HTTP != write.HTTP || s.PID != again.cmd.Process.Pid {
		t.Errorf("%s came back as %+v", write.Name, s)
	}
	again.stop()

	// Who leaves is gone at once, also when its node is another than at first.
	long.stop()
	watch.expect("removed", "o-2")
	other.stop()
	watch.expect("removed", "o-3")
	watch.stop()

	for _, n := range plan.Nodes() {
		if log, err := os.ReadFile(filepath.Join(data, n.Name+".log")); err != nil || len(log) == 0 {
			t.Errorf("the log of %s: %d bytes, %v", n.Name, len(log), err)
		}
	}
	cluster.stop()
	for _, n := range plan.Nodes() {
		if listens(n.HTTP) {
			t.Errorf("%s goes on after its parent", n.Name)
		}
	}
}

// busiest returns the node with the most clients.
func busiest(t *testing.T, nodes []dev.Node) dev.Node {
	t.Helper()
	best, most := dev.Node{}, -1
	for _, n := range nodes {
		body, err := ask(t.Context(), n.HTTP, "/api/v1/status")
		if err != nil {
			t.Fatal(err)
		}
		var s struct{ Sessions, Connections int }
		if err := json.Unmarshal(body, &s); err != nil {
			t.Fatal(err)
		}
		if clients := s.Sessions + s.Connections; clients > most {
			best, most = n, clients
		}
	}
	return best
}

func TestNodesDieWithTheirParent(t *testing.T) {
	heureka, plan := binary(t), freePlan(t)
	args := append([]string{"dev", "--processes", "--bare", "--data", t.TempDir()}, offset(plan)...)
	cluster := start(t, heureka, plan, args...)
	cluster.announced(5)
	cluster.kill()
	for _, n := range plan.Nodes() {
		eventually(t, "the end of "+n.Name, func() bool { return !listens(n.HTTP) })
	}
}

func TestDevShowsSampleServices(t *testing.T) {
	heureka, plan := binary(t), freePlan(t)
	cluster := start(t, heureka, plan, append([]string{"dev", "--data", t.TempDir()}, offset(plan)...)...)
	if got := cluster.line(); got != "Heureka is ready." {
		t.Errorf("got %q", got)
	}
	watch := start(t, heureka, plan, "watch")
	samples := 0
	for samples < 5 {
		if strings.HasPrefix(watch.line(), "added") {
			samples++
		}
	}
	var list struct {
		Instances []struct{ HomePageURL string }
	}
	if err := json.Unmarshal([]byte(output(t, heureka, plan, "get", "--app", "catalog", "--json")), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Instances) != 1 {
		t.Fatalf("got %+v", list)
	}
	answer, err := http.Get(list.Instances[0].HomePageURL)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("the sample answers %s", answer.Status)
	}
	if got := output(t, heureka, plan, "cluster"); strings.Count(got, "ready") != 5 {
		t.Errorf("cluster shows\n%s", got)
	}
	watch.stop()
	cluster.stop()
}
