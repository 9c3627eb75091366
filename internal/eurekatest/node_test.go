package eurekatest

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"heureka/internal/dev"
	"heureka/internal/foreign"
	read "heureka/read-node/server"
	write "heureka/write-node/server"
)

// playing is the environment variable that makes this program a node: a part as JSON.
const playing = "HEUREKA_EUREKATEST_NODE"

// part is which node of which cluster a process is.
type part struct {
	Plan dev.Plan
	Name string
}

// play is the main of such a process: a node as those of heureka dev.
func play(text string) int {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	var p part
	err := json.Unmarshal([]byte(text), &p)
	if err == nil {
		var node dev.Node
		if node, err = p.Plan.Node(p.Name); err == nil {
			err = dev.RunNode(ctx, node, p.Plan.Writes(), settings(log), os.Stdout)
		}
	}
	if err != nil {
		log.Error("node failed", "err", err)
		return 1
	}
	return 0
}

// settings are those of heureka dev, but nodes are dead sooner than any lease ends, and
// what isn't renewed is evicted soon.
func settings(log *slog.Logger) dev.Settings {
	const beacon, deadAfter, window = 200 * time.Millisecond, 2 * time.Second, time.Second
	return dev.Settings{
		Write: func(c *write.Config) { c.Beacon, c.DeadAfter, c.EvictionWindow = beacon, deadAfter, window },
		Read:  func(c *read.Config) { c.Beacon, c.DeadAfter = beacon, deadAfter },
		Log:   log,
	}
}

// node is a node with a process of its own, which may be started again.
type node struct {
	dev.Node
	plan    dev.Plan
	process *foreign.Process // of its last start
	said    lines
}

// start starts the node.
func (n *node) start(t *testing.T) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(part{n.plan, n.Name})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), playing+"="+string(text))
	cmd.Stdout, cmd.Stderr = &n.said, &n.said
	if n.process, err = foreign.Start(n.Name, cmd); err != nil {
		t.Fatal(err)
	}
}

// ended reports whether the node's process has.
func (n *node) ended() bool {
	select {
	case <-n.process.Ended():
		return true
	default:
		return false
	}
}

// counted matches a node's counter of requests.
var counted = regexp.MustCompile(`(?m)^heureka_\w+_eureka1_requests_total\{code="(\d+)",operation="(\w+)"\} (\S+)$`)

// requests returns how many requests of Eureka 1 clients the node has answered since it
// was started, by what they were for and the status: "heartbeat 200".
func (f *fleet) requests(t *testing.T, n *node) map[string]int {
	t.Helper()
	code, metrics, err := f.get(t.Context(), "http://"+n.Admin+"/metrics")
	if err != nil || code != 200 {
		t.Fatalf("the metrics of %s: %d, %v", n.Name, code, err)
	}
	counts := make(map[string]int)
	for _, m := range counted.FindAllStringSubmatch(metrics, -1) {
		count, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			t.Fatalf("a metric of %s: %v", n.Name, err)
		}
		counts[fmt.Sprint(m[2], " ", m[1])] = int(count)
	}
	return counts
}
