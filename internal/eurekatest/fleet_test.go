package eurekatest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
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

// fleet is a cluster of processes that scenarios share, one after the other.
type fleet struct {
	nodes  []*node // write nodes first
	writes []*node
	reads  []*node
	web    *http.Client
	sdk    *client.Client
	glass  int // hourglasses turned
}

// launch starts a fleet and waits until it is ready.
func launch(t *testing.T, writes, reads int) *fleet {
	t.Helper()
	plan, release, err := dev.FreePlan(writes, reads)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	f := &fleet{web: &http.Client{Timeout: patience, Transport: &http.Transport{}}}
	t.Cleanup(f.web.CloseIdleConnections)
	for _, n := range plan.Nodes() {
		f.nodes = append(f.nodes, &node{Node: n, plan: plan})
	}
	f.writes, f.reads = f.nodes[:writes], f.nodes[writes:]
	for _, n := range f.nodes {
		n.start(t)
		t.Cleanup(func() { f.end(t, n) })
	}
	for _, n := range f.nodes {
		f.ready(t, n)
	}
	f.sdk, err = client.New(client.Config{
		WriteNodes: dev.HTTPOf(plan.Writes()), ReadNodes: dev.HTTPOf(plan.Reads()),
		BackoffBase: 20 * time.Millisecond, BackoffMax: 500 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.sdk.Close)
	return f
}

// end ends a node, and shows its log if the test has failed.
func (f *fleet) end(t *testing.T, n *node) {
	n.process.Kill()
	if t.Failed() {
		t.Logf("%s said:\n%s", n.Name, &n.said)
	}
}

// ready waits until the node serves, and hears all write nodes.
func (f *fleet) ready(t *testing.T, n *node) {
	t.Helper()
	eventually(t, n.Name+" to be ready", func() error {
		code, body, err := f.get(t.Context(), "http://"+n.HTTP+"/api/v1/status")
		if err != nil {
			return err
		}
		var status struct {
			Ready   bool
			Members []struct{ Name string }
		}
		if err := json.Unmarshal([]byte(body), &status); err != nil {
			return fmt.Errorf("status: %d %s", code, body)
		}
		heard := 0
		for _, w := range f.writes {
			if w == n || slices.Contains(status.Members, struct{ Name string }{w.Name}) {
				heard++
			}
		}
		if !status.Ready || heard < len(f.writes) {
			return fmt.Errorf("it says %s", body)
		}
		return nil
	})
}

// others returns the nodes but those.
func others(nodes, but []*node) []*node {
	return slices.DeleteFunc(slices.Clone(nodes), func(n *node) bool { return slices.Contains(but, n) })
}

// get fetches something.
func (f *fleet) get(ctx context.Context, url string) (int, string, error) {
	return f.ask(ctx, http.MethodGet, url, "")
}

// ask makes a request whose body, if any, is JSON.
func (f *fleet) ask(ctx context.Context, method, url, body string) (int, string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := f.web.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(text), err
}

// wants makes a request and wants that status.
func (f *fleet) wants(t *testing.T, code int, method, url, body string) {
	t.Helper()
	got, text, err := f.ask(t.Context(), method, url, body)
	if err != nil || got != code {
		t.Fatalf("%s %s: %d %s, %v; want %d", method, url, got, text, err, code)
	}
}

// eureka returns the URL of a resource, as Eureka names it, at the node.
func eureka(n *node, path string) string { return "http://" + n.HTTP + "/eureka/" + path }

// outlasts waits until the subscriber has seen an instance come and go that lives for
// that long and isn't renewed.
func (f *fleet) outlasts(t *testing.T, s *subscriber, at *node, lease time.Duration) {
	t.Helper()
	f.glass++
	in := &model.Instance{
		App: "HOURGLASS", ID: fmt.Sprint("glass-", f.glass), Address: "127.0.0.1", Status: model.StatusUp,
		Lease: model.Lease{DurationMs: lease.Milliseconds(), RenewalMs: lease.Milliseconds() / 2},
	}
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	if at.Role != cluster.Write {
		t.Fatalf("%s takes no registrations of this protocol", at.Name)
	}
	f.wants(t, http.StatusOK, http.MethodPut, fmt.Sprintf("http://%s/api/v1/apps/%s/instances/%s", at.HTTP, in.App, in.ID), string(body))
	s.sees(t, in.Key(), in.Status)
	s.misses(t, in.Key())
}
