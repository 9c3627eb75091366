package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"heureka/cluster"
	"heureka/internal/dev"
)

// Fleet is a cluster of nodes.
type Fleet struct {
	Writes, Reads []*Process
}

// All lists its nodes.
func (f *Fleet) All() []*Process { return slices.Concat(f.Writes, f.Reads) }

// Patience is how long a process may take to do what it is told, or to be ready.
const Patience = time.Minute

// Cluster starts nodes with the settings that they have by default, and waits
// until all are ready. Write nodes keep their registry on disk if that is asked. More
// arguments go to every node.
func (s *Stage) Cluster(writes, reads int, stored bool, more ...string) (*Fleet, error) {
	plan, release, err := dev.FreePlan(writes, reads)
	if err != nil {
		return nil, err
	}
	s.releases = append(s.releases, release)
	f := &Fleet{}
	for _, node := range plan.Nodes() {
		args := append(append(arguments(node, plan.Writes()), "--beacon", s.Beacon.String()), more...)
		if stored && node.Role == cluster.Write {
			args = append(args, "--data", filepath.Join(s.Folder, fmt.Sprintf("data-%d", len(s.all))))
		}
		name := fmt.Sprintf("%s of %d", node.Name, writes)
		p, err := launch(s.Folder, name, filepath.Join(s.Programs, string(node.Role)+"-node"), args...)
		if err != nil {
			return nil, err
		}
		p.Started.Address, p.Admin = node.HTTP, node.Admin
		s.all = append(s.all, p)
		if node.Role == cluster.Write {
			f.Writes = append(f.Writes, p)
		} else {
			f.Reads = append(f.Reads, p)
		}
	}
	for _, p := range f.All() {
		if err := s.ready(p); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// maxOpening is how many subscribers of one reader may be on their way to open.
const maxOpening = 20_000

// arguments returns those of a node's program.
func arguments(n dev.Node, writes []dev.Node) []string {
	args := []string{"--name", n.Name, "--http", n.HTTP, "--admin", n.Admin, "--log-format", "text", "--log-level", "warn",
		"--drain-spread", "0s", "--drain-timeout", "100ms"}
	var peers, nats []string
	for _, w := range writes {
		nats = append(nats, "nats://"+w.NATS)
		if w.Name != n.Name {
			peers = append(peers, w.Routes)
		}
	}
	if n.Role == cluster.Read {
		// Subscribers connect before any of them subscribes: they are all opening at once.
		return append(args, "--nats", strings.Join(nats, ","), "--max-opening", fmt.Sprint(maxOpening))
	}
	return append(args, "--nats-listen", n.NATS, "--routes-listen", n.Routes, "--peers", strings.Join(peers, ","),
		"--cluster-size", fmt.Sprint(len(writes)))
}

// ready waits until a node is.
func (s *Stage) ready(p *Process) error {
	const look = 20 * time.Millisecond
	ctx, cancel := context.WithTimeout(s.Context, Patience)
	defer cancel()
	for {
		answer, err := Get(ctx, "http://"+p.Started.Address+"/readyz")
		if err == nil {
			_ = answer.Body.Close() // only the status matters
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-time.After(look):
		case <-p.ended:
			return fmt.Errorf("%s ended before it was ready: %w", p.Name, s.said())
		case <-ctx.Done():
			return fmt.Errorf("%s isn't ready: %w", p.Name, errors.Join(ctx.Err(), s.said()))
		}
	}
}
