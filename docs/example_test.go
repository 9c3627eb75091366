package docs_test

import (
	"bufio"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
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
	"heureka/wire"

	"github.com/coder/websocket"
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

	lines := start(t, ctx, node, "ws://"+writes[0].HTTP, "ws://"+reads[0].HTTP)
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

// TestTheExampleClientResumes plays the read node that the client loses, and the
// one that it goes on at.
func TestTheExampleClientResumes(t *testing.T) {
	folder := install(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	subscribes := make(chan *wire.Subscribe, 8)
	answers := make(chan []wire.Message, 8)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == wire.PathSubscriptions {
			serveSubscriber(ctx, w, r, subscribes, answers)
		} else {
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	said := func() *wire.Subscribe {
		select {
		case s := <-subscribes:
			return s
		case <-ctx.Done():
			t.Fatal("it doesn't subscribe")
			return nil
		}
	}
	one, two, stays := put("1", 7), put("2", 1<<63), put("3", 1<<63+1)
	check := func(count int, digest uint64) wire.Check {
		return wire.Check{Count: count, Digest: wire.FormatHash(digest)}
	}
	base := "ws" + strings.TrimPrefix(server.URL, "http")
	answers <- []wire.Message{&wire.Heartbeat{}, &wire.Snapshot{Seq: 1}, one, stays, &wire.Synced{Seq: 1, Check: check(2, 1<<63+8), Token: "t1"}}
	lines := start(t, ctx, folder, base, base)
	expect(t, lines, "added 1 UP")
	expect(t, lines, "added 3 UP")
	if got := said(); got.Token != "" {
		t.Errorf("the first token is %q", got.Token)
	}
	answers <- []wire.Message{two} // after the token
	expect(t, lines, "added 2 UP")
	answers <- nil // the connection is lost
	answers <- []wire.Message{&wire.Resumed{Seq: 2}, two, &wire.Remove{App: "ORDERS", ID: "1"},
		&wire.Synced{Seq: 2, Check: check(2, 1), Token: "t2"}} // modulo 2^64
	expect(t, lines, "removed 1")
	expect(t, lines, "synced 2")
	if got := said(); got.Token != "t1" {
		t.Errorf("resumes from %q", got.Token)
	}
	answers <- []wire.Message{&wire.Heartbeat{Check: new(check(2, 8)), Token: "t3"}} // differs
	if got := said(); got.Token != "" || got.Seq != 3 {
		t.Errorf("repairs with %+v", got)
	}
	answers <- nil
}

func put(id string, hash uint64) *wire.Put {
	return &wire.Put{Version: "v", Hash: wire.FormatHash(hash), Instance: &model.Instance{App: "ORDERS", ID: id, Status: model.StatusUp}}
}

// serveSubscriber hands on what a subscriber says and says the answers, until one
// is nil.
func serveSubscriber(ctx context.Context, w http.ResponseWriter, r *http.Request, subscribes chan<- *wire.Subscribe, answers <-chan []wire.Message) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{wire.SubprotocolJSON}})
	if err != nil {
		return
	}
	defer conn.CloseNow()
	ctx, gone := context.WithCancel(ctx)
	said := make(chan struct{}, 8)
	go func() {
		defer gone()
		for {
			_, frame, err := conn.Read(ctx)
			if err != nil {
				return
			}
			for m := range wire.FormatJSON.Messages(frame) {
				if s, ok := m.(*wire.Subscribe); ok {
					subscribes <- s
				}
				said <- struct{}{}
			}
		}
	}()
	say := func(messages ...wire.Message) {
		var frame []byte
		for _, m := range messages {
			frame, _ = wire.FormatJSON.Append(frame, m) // plain data
		}
		_ = conn.Write(ctx, websocket.MessageText, frame) // the test waits for what it brings about
	}
	var next <-chan []wire.Message // of the answers, once it has subscribed
	for n := 1; ; {
		select {
		case <-said:
			if n == 1 {
				say(&wire.Welcome{Version: 1, Node: "read-1", HeartbeatMs: 10_000, MaxMessage: 1 << 18})
			} else {
				next = answers
			}
			n++
		case messages := <-next:
			if messages == nil {
				return
			}
			say(messages...)
		case <-ctx.Done():
			return
		}
	}
}

// start runs the example for the rest of the test and returns what it prints.
func start(t *testing.T, ctx context.Context, folder, write, read string) *bufio.Scanner {
	t.Helper()
	run := exec.CommandContext(ctx, "node", "heureka.mjs", write, read, "ORDERS", "o-1")
	run.Dir = folder
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
	return bufio.NewScanner(out)
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
