package clustertest

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"heureka/client"
	"heureka/cluster"
	"heureka/internal/dev"
	"heureka/model"
)

// fleet is a cluster of processes. Its methods belong to the test's goroutine.
type fleet struct {
	t      *testing.T
	all    []*process // write nodes first
	writes []*process
	reads  []*process
	webs   map[place]*http.Client
	appear time.Duration // within which what is acknowledged must be shown
}

// launch starts a cluster on the loopback address and waits until all nodes are
// ready.
func launch(t *testing.T, writes, reads int) *fleet {
	t.Helper()
	return launchWith(t, writes, reads, nil)
}

// launchWith is launch with more arguments for each node, which count more than
// the usual ones.
func launchWith(t *testing.T, writes, reads int, more []string) *fleet {
	t.Helper()
	built.of(t, cluster.Write) // or the test is skipped
	plan, release, err := dev.FreePlan(writes, reads)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	return launchAt(t, plan.Nodes(), func(dev.Node) place { return loopback{} }, more...)
}

// launchAt starts the nodes, each in its place, and waits until all are ready.
func launchAt(t *testing.T, nodes []dev.Node, at func(dev.Node) place, more ...string) *fleet {
	t.Helper()
	return launchEach(t, nodes, at, func(dev.Node) []string { return more })
}

// launchEach is launchAt with more arguments for each node of its own.
func launchEach(t *testing.T, nodes []dev.Node, at func(dev.Node) place, more func(dev.Node) []string) *fleet {
	t.Helper()
	f := &fleet{t: t, webs: make(map[place]*http.Client), appear: kept}
	folder := t.TempDir()
	for _, n := range nodes {
		p := &process{t: t, node: n, program: built.of(t, n.Role), args: slices.Concat(arguments(n, nodes), more(n)), place: at(n), folder: folder}
		f.all = append(f.all, p)
		if n.Role == cluster.Write {
			f.writes = append(f.writes, p)
		} else {
			f.reads = append(f.reads, p)
		}
	}
	t.Cleanup(func() {
		for _, p := range f.all {
			p.discard()
		}
	})
	for _, p := range f.all {
		p.start()
	}
	f.ready(f.all...)
	return f
}

// named returns the node with that name.
func (f *fleet) named(name string) *process {
	f.t.Helper()
	i := slices.IndexFunc(f.all, func(p *process) bool { return p.node.Name == name })
	if i < 0 {
		f.t.Fatalf("no node is called %q", name)
	}
	return f.all[i]
}

// others returns the nodes but that one.
func others(all []*process, but *process) []*process {
	return slices.DeleteFunc(slices.Clone(all), func(p *process) bool { return p == but })
}

// again starts a node that has ended and waits until it is ready.
func (f *fleet) again(p *process) {
	f.t.Helper()
	p.start()
	f.ready(p)
}

// ready waits until the nodes are.
func (f *fleet) ready(nodes ...*process) {
	f.t.Helper()
	for _, p := range nodes {
		f.await(p, "ready", func(s *nodeStatus) bool { return s.Ready })
	}
}

// web returns the HTTP client of a place.
func (f *fleet) web(p place) *http.Client {
	if f.webs[p] == nil {
		f.webs[p] = webIn(f.t, p)
	}
	return f.webs[p]
}

// plainly asks a write node for something over plain HTTP.
func (f *fleet) plainly(p *process, method string, key model.Key, body string) {
	f.t.Helper()
	url := fmt.Sprintf("http://%s/api/v1/apps/%s/instances/%s", p.node.HTTP, key.App, key.ID)
	request, err := http.NewRequestWithContext(f.t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	answer, err := f.web(p.place).Do(request)
	if err != nil {
		f.t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode >= http.StatusMultipleChoices {
		f.t.Fatalf("%s %s: %s", method, url, answer.Status)
	}
}

// knows waits until a write node has heard of an instance.
func (f *fleet) knows(p *process, key model.Key) {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://%s/api/v1/apps/%s/instances/%s", p.node.HTTP, key.App, key.ID), nil)
	if err != nil {
		f.t.Fatal(err)
	}
	f.eventually(p.node.Name+" to know "+key.String(), func() error {
		answer, err := f.web(p.place).Do(request)
		if err != nil {
			return err
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("it answers %s", answer.Status)
		}
		return nil
	})
}

// client returns a client that lives in the place and knows the nodes.
func (f *fleet) client(where place, nodes ...*process) *client.Client {
	f.t.Helper()
	c := client.Config{
		BackoffBase: 20 * time.Millisecond,
		BackoffMax:  500 * time.Millisecond,
		DialTimeout: 2 * time.Second,
		HTTPClient:  f.web(where),
	}
	for _, p := range nodes {
		if p.node.Role == cluster.Write {
			c.WriteNodes = append(c.WriteNodes, p.node.HTTP)
		} else {
			c.ReadNodes = append(c.ReadNodes, p.node.HTTP)
		}
	}
	cl, err := client.New(c)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(cl.Close)
	return cl
}

// watch subscribes to everything at a read node, from where the node is.
func (f *fleet) watch(p *process) *watcher {
	f.t.Helper()
	return watchVia(f.t, f.web(p.place), p.node.HTTP, f.appear, full)
}

// converged waits until all nodes and all who subscribed hold exactly what is
// registered, and judges it.
func (f *fleet) converged(registered []*model.Instance, watchers []*watcher, followers []*follower) {
	f.t.Helper()
	f.same(len(registered))
	for _, w := range watchers {
		w.holds(registered)
		w.converged(registered...)
	}
	for _, fo := range followers {
		fo.converged(registered)
	}
}
