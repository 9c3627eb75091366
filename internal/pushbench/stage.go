package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"heureka/cluster"
	"heureka/internal/dev"
)

// stage is where one row plays: its processes, all of which end with it.
type stage struct {
	config
	*table
	ctx      context.Context // of the row
	self     string          // this program, for roles
	folder   string          // of logs and data; removed at the end
	all      []*process
	releases []func() // of ports
	profiled map[string]bool
}

// rowPatience is how long a row may take.
const rowPatience = 4 * time.Minute

// runRow plays one row.
func runRow(ctx context.Context, cfg config, self string, r row) (t table, err error) {
	t = table{Row: r.letter, Title: r.title}
	ctx, cancel := context.WithTimeout(ctx, rowPatience)
	defer cancel()
	folder, err := os.MkdirTemp("", "pushbench")
	if err != nil {
		return t, err
	}
	defer os.RemoveAll(folder)
	s := &stage{config: cfg, table: &t, ctx: ctx, self: self, folder: folder, profiled: make(map[string]bool)}
	defer s.end()
	if err = r.play(s); err != nil {
		err = errors.Join(err, s.said())
		t.note("FAILED: %v", err)
	}
	return t, err
}

// end stops all processes, the newest first: drivers before servers.
func (s *stage) end() {
	for _, p := range slices.Backward(s.all) {
		p.stop()
	}
	for _, release := range s.releases {
		release()
	}
}

// stop stops one process before the end.
func (s *stage) stop(processes ...*process) {
	for _, p := range processes {
		p.stop()
		s.all = slices.DeleteFunc(s.all, func(other *process) bool { return other == p })
	}
}

// said returns the last of what the processes logged, to explain a failure.
func (s *stage) said() error {
	const enough = 2000
	var all []error
	for _, p := range s.all {
		log, err := os.ReadFile(filepath.Join(s.folder, p.name+".log"))
		if err == nil && len(log) > 0 {
			all = append(all, fmt.Errorf("%s logged: %s", p.name, log[max(0, len(log)-enough):]))
		}
	}
	return errors.Join(all...)
}

// role starts a process of this program and waits until it is ready.
func (s *stage) role(name, role string) (*process, error) {
	p, err := launch(s.folder, name, s.self, roleWord, role)
	if err != nil {
		return nil, err
	}
	s.all = append(s.all, p)
	if err := p.out.Decode(&p.started); err != nil {
		return nil, fmt.Errorf("%s isn't ready: %w", name, errors.Join(err, s.said()))
	}
	return p, nil
}

// fleet is a cluster of nodes.
type fleet struct {
	writes, reads []*process
}

func (f *fleet) all() []*process { return slices.Concat(f.writes, f.reads) }

// cluster starts nodes with the settings that they have by default, and waits
// until all are ready. Write nodes keep their registry on disk if that is asked.
func (s *stage) cluster(writes, reads int, stored bool) (*fleet, error) {
	plan, release, err := dev.FreePlan(writes, reads)
	if err != nil {
		return nil, err
	}
	s.releases = append(s.releases, release)
	f := &fleet{}
	for _, node := range plan.Nodes() {
		args := append(arguments(node, plan.Writes()), "--beacon", s.Beacon.String())
		if stored && node.Role == cluster.Write {
			args = append(args, "--data", filepath.Join(s.folder, fmt.Sprintf("data-%d", len(s.all))))
		}
		name := fmt.Sprintf("%s of %d", node.Name, writes)
		p, err := launch(s.folder, name, filepath.Join(s.Programs, string(node.Role)+"-node"), args...)
		if err != nil {
			return nil, err
		}
		p.started.Address, p.admin = node.HTTP, node.Admin
		s.all = append(s.all, p)
		if node.Role == cluster.Write {
			f.writes = append(f.writes, p)
		} else {
			f.reads = append(f.reads, p)
		}
	}
	for _, p := range f.all() {
		if err := s.ready(p); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// maxSeats is how many seats of one process may be on their way to open.
const maxSeats = 20_000

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
		// Seats connect before any of them subscribes: they are all opening at once.
		return append(args, "--nats", strings.Join(nats, ","), "--max-opening", fmt.Sprint(maxSeats))
	}
	return append(args, "--nats-listen", n.NATS, "--routes-listen", n.Routes, "--peers", strings.Join(peers, ","),
		"--cluster-size", fmt.Sprint(len(writes)))
}

// ready waits until a node is.
func (s *stage) ready(p *process) error {
	const look = 20 * time.Millisecond
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	for {
		answer, err := get(ctx, "http://"+p.started.Address+"/readyz")
		if err == nil {
			_ = answer.Body.Close() // only the status matters
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-time.After(look):
		case <-p.ended:
			return fmt.Errorf("%s ended before it was ready: %w", p.name, s.said())
		case <-ctx.Done():
			return fmt.Errorf("%s isn't ready: %w", p.name, errors.Join(ctx.Err(), s.said()))
		}
	}
}

func get(ctx context.Context, url string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return http.DefaultClient.Do(request)
}
