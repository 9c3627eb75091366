package docs_test

import (
	"bufio"
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"heureka/client"
	"heureka/cluster"
	"heureka/interest"
	"heureka/internal/dev"
	"heureka/model"
)

// TestTheExampleClient runs the client in JavaScript, written from protocol.md
// alone, against real nodes: what it registers is seen by a subscriber in Go, and
// what it prints is what happens.
func TestTheExampleClient(t *testing.T) {
	node := install(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	writes, reads := startCluster(t, ctx)

	c, err := client.New(client.Config{WriteNodes: []string{writes[0].HTTP}, ReadNodes: []string{reads[0].HTTP}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	sub, err := c.Subscribe(ctx, interest.Interest{Kind: interest.App, Value: "ORDERS"})
	if err != nil {
		t.Fatal(err)
	}

	run := exec.CommandContext(ctx, "node", "heureka.mjs", "ws://"+writes[0].HTTP, "ws://"+reads[0].HTTP, "ORDERS", "o-1")
	run.Dir = node
	run.Stderr = os.Stderr
	out, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = run.Process.Kill()
		_ = run.Wait()
	})
	lines := bufio.NewScanner(out)

	expect(t, lines, "added o-1 UP")
	awaitEvent(t, ctx, sub, client.Added, "o-1")

	other, err := c.Register(ctx, &model.Instance{App: "orders", ID: "o-2", Status: model.StatusStarting})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, lines, "added o-2 STARTING")
	if err := other.Update(ctx, func(in *model.Instance) { in.Status = model.StatusUp }); err != nil {
		t.Fatal(err)
	}
	expect(t, lines, "modified o-2 UP")
	if err := other.Unregister(ctx); err != nil {
		t.Fatal(err)
	}
	expect(t, lines, "removed o-2")
}

// install puts the example and the package it needs into a folder of the test's.
func install(t *testing.T) string {
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("the example needs %s", program)
			}
			t.Skipf("NOT TESTED: the example needs %s, which isn't installed", program)
		}
	}
	dir := t.TempDir()
	for _, file := range []string{"package.json", "package-lock.json", "heureka.mjs"} {
		content, err := os.ReadFile(filepath.Join("examples", file))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	return dir
}

// startCluster runs one write node and one read node for the rest of the test.
func startCluster(t *testing.T, ctx context.Context) (writes, reads []dev.Node) {
	nodes, err := dev.NewCluster(dev.AnyPorts(1, 1), dev.Settings{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	running, stop := context.WithCancel(ctx)
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- nodes.Run(running, func() { close(ready) }) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the cluster ended with %v", err)
		}
	})
	select {
	case <-ready:
	case <-ctx.Done():
		t.Fatal("the cluster isn't ready")
	}
	return nodes.Nodes(cluster.Write), nodes.Nodes(cluster.Read)
}

// expect reads lines until one is as wanted; only "synced" may come before.
func expect(t *testing.T, lines *bufio.Scanner, want string) {
	t.Helper()
	for lines.Scan() {
		switch line := lines.Text(); {
		case line == want:
			return
		case !strings.HasPrefix(line, "synced"):
			t.Fatalf("it printed %q, not %q", line, want)
		}
	}
	t.Fatalf("it ended before it printed %q: %v", want, lines.Err())
}

func awaitEvent(t *testing.T, ctx context.Context, sub *client.Subscription, kind client.EventType, id string) {
	t.Helper()
	for {
		event, err := sub.Next(ctx)
		if err != nil {
			t.Fatalf("waiting for %s %s: %v", kind, id, err)
		}
		if event.Type == kind && event.Instance.ID == id {
			return
		}
	}
}
