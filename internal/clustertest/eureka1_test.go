package clustertest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// eurekaClient is a client of Eureka 1 that takes one server after the other.
type eurekaClient struct {
	t     *testing.T
	web   *http.Client
	nodes []*node
}

func newEurekaClient(t *testing.T, nodes ...*node) *eurekaClient {
	web := &http.Client{Timeout: patience, Transport: &http.Transport{},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(web.CloseIdleConnections)
	return &eurekaClient{t, web, nodes}
}

// ask makes a request at one node.
func (c *eurekaClient) ask(ctx context.Context, n *node, method, path string, body []byte) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+n.Node.HTTP+"/eureka/"+path, strings.NewReader(string(body)))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.web.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	out, err := io.ReadAll(resp.Body)
	return resp.StatusCode, out, err
}

// wants makes a request at one node and wants that status. Who is sent elsewhere asks
// again: a node that a busy machine kept from its work for three of these short heartbeats
// takes nothing for a second.
func (c *eurekaClient) wants(n *node, code int, method, path string, body []byte) []byte {
	c.t.Helper()
	again := time.NewTicker(beacon)
	defer again.Stop()
	got, out, err := c.ask(c.t.Context(), n, method, path, body)
	for begun := time.Now(); err == nil && got == http.StatusServiceUnavailable && time.Since(begun) < patience; {
		<-again.C
		got, out, err = c.ask(c.t.Context(), n, method, path, body)
	}
	if err != nil || got != code {
		c.t.Fatalf("%s %s at %s: %d %s, %v; want %d", method, path, n.Node.Name, got, out, err, code)
	}
	return out
}

// register registers an instance as a Eureka 1 client does.
func (c *eurekaClient) register(n *node, in *model.Instance) {
	c.t.Helper()
	info := dialect.InfoOf(in, dialect.Shown{})
	c.wants(n, http.StatusNoContent, http.MethodPost, "apps/"+in.App, dialect.AppendInstanceDocument(nil, dialect.JSONFull, &info))
}

// applications gets a document of many from one node.
func (c *eurekaClient) applications(n *node, path string) *dialect.Applications {
	c.t.Helper()
	apps, err := dialect.DecodeApplications(dialect.JSON, c.wants(n, http.StatusOK, http.MethodGet, path, nil), 10_000)
	if err != nil {
		c.t.Fatal(err)
	}
	return apps
}

// shown waits until every node shows of an instance in all its documents what is
// wanted; nil: nothing.
func (c *eurekaClient) shown(key model.Key, what string, holds func(*dialect.Info) bool) {
	c.t.Helper()
	for _, n := range c.nodes {
		for deadline := time.Now().Add(patience); ; {
			if holds(find(c.applications(n, "apps/"), key)) && c.inDelta(n, key, holds) {
				break
			}
			if time.Now().After(deadline) {
				c.t.Fatalf("%s doesn't show that %s is %s", n.Node.Name, key, what)
			}
		}
	}
}

func (c *eurekaClient) inDelta(n *node, key model.Key, holds func(*dialect.Info) bool) bool {
	info := find(c.applications(n, "apps/delta"), key)
	if info != nil && info.Action == dialect.Deleted {
		info = nil
	}
	return holds(info)
}

func find(apps *dialect.Applications, key model.Key) *dialect.Info {
	for _, app := range apps.List {
		for i := range app.Instances {
			if info := &app.Instances[i]; app.Name == key.App && info.EffectiveID() == key.ID {
				return info
			}
		}
	}
	return nil
}

func gone(info *dialect.Info) bool { return info == nil }

func up(address string) func(*dialect.Info) bool {
	return func(info *dialect.Info) bool {
		return info != nil && info.Status == model.StatusUp && info.IPAddr == address
	}
}

// eurekaInstance returns an instance of which Eureka can say everything.
func eurekaInstance(app, id, address string) *model.Instance {
	in := instance(app, id, "blue")
	in.HostName, in.Address, in.Ports = "host-"+id, address, []model.Port{{Number: 8080}}
	in.DataCenter = model.DataCenter{Kind: model.DataCenterBasic, Name: dialect.MyOwn}
	in.Lease = model.Lease{RenewalMs: 30_000, DurationMs: 90_000}
	in.LastChangedMs = 1_767_225_600_000
	return in
}

// TestOneRegistryForEureka1AndAllOthers registers in both ways, at read and at write
// nodes, and looks in both.
func TestOneRegistryForEureka1AndAllOthers(t *testing.T) {
	c := start(t, 2, 2)
	all := slices.Concat(c.writes, c.reads)
	e := newEurekaClient(t, all...)
	watchers := c.watchAll(func(node string) *watcher { return watch(t, node, full) })
	for i, n := range all {
		in := eurekaInstance("ORDERS", fmt.Sprint("shared-", i), "10.0.0.1")
		other := eurekaInstance("BILLING", in.ID, "10.0.0.2")
		for _, one := range []*model.Instance{in, other} {
			e.register(n, one)
			for _, w := range watchers {
				w.sees(one)
			}
			e.shown(one.Key(), "up", up(one.Address))
		}
		// As a client that looks whether it is registered, at the very node.
		e.wants(n, http.StatusOK, http.MethodGet, "apps/ORDERS/"+in.ID, nil)

		path := "apps/ORDERS/" + in.ID
		e.wants(n, http.StatusOK, http.MethodPut, path+"/status?value=OUT_OF_SERVICE", nil)
		for _, w := range watchers {
			w.sees(in.Overridden(model.StatusOutOfService))
		}
		e.shown(in.Key(), "out of service", func(info *dialect.Info) bool { return info != nil && info.Status == model.StatusOutOfService })
		e.shown(other.Key(), "none the worse", up(other.Address)) // although it has the same id
		e.wants(n, http.StatusOK, http.MethodDelete, path+"/status", nil)
		e.wants(n, http.StatusOK, http.MethodPut, path+"/metadata?tier=gold", nil)
		in.Metadata = map[string]string{"tier": "gold"}
		for _, w := range watchers {
			w.sees(in)
		}
		e.wants(n, http.StatusOK, http.MethodDelete, path, nil)
		for _, w := range watchers {
			w.misses(in.Key())
			w.sees(other)
		}
		e.shown(in.Key(), "gone", gone)
		e.wants(n, http.StatusOK, http.MethodDelete, "apps/BILLING/"+in.ID, nil)
		e.shown(other.Key(), "gone", gone)
	}

	native := eurekaInstance("NATIVE", "n-1", "10.0.0.3")
	registration := registered(t, c.client(c.writes, c.reads), native, watchers...)
	e.shown(native.Key(), "up", up(native.Address))
	unregistered(t, registration, watchers...)
	e.shown(native.Key(), "gone", gone)
	for _, n := range all { // nothing changes, so nobody may find a difference
		for range 10 {
			if apps, delta := e.applications(n, "apps/"), e.applications(n, "apps/delta"); apps.Hash != delta.Hash {
				t.Fatalf("%s: apps have %q, the delta %q", n.Node.Name, apps.Hash, delta.Hash)
			}
		}
	}
}

// TestEureka1ClientsOutliveTheirNode kills the write node that owns an instance while
// its client heartbeats through a read node and another write node: it is never asked
// to register again, and nobody sees it go.
func TestEureka1ClientsOutliveTheirNode(t *testing.T) {
	c := start(t, 3, 1)
	e := newEurekaClient(t, c.reads[0], c.writes[1], c.writes[2])
	w := watch(t, c.reads[0].Node.HTTP, full)
	in := eurekaInstance("ORDERS", "o-1", "10.0.0.1")
	in.Lease = model.Lease{RenewalMs: 2000, DurationMs: 5000}
	e.register(c.writes[0], in)
	w.lives(in.Key())
	w.sees(in)
	e.shown(in.Key(), "up", up(in.Address))

	stop := e.heartbeats(in)
	outlasts(t, e.web, w, c.writes[1], "before")
	c.kill(c.writes[0])
	outlasts(t, e.web, w, c.writes[1], "first")
	outlasts(t, e.web, w, c.writes[2], "second")
	stop()
	e.shown(in.Key(), "up", up(in.Address))
	if puts, removes := w.history(in.Key()); puts != 1 || removes != 0 {
		t.Errorf("a subscriber was told %d puts and %d removes", puts, removes)
	}
}

// heartbeats sends them to the nodes in turn, several times within a lease, until the
// function that it returns is called. One that is told to try elsewhere does.
func (c *eurekaClient) heartbeats(in *model.Instance) (stop func()) {
	ctx, cancel := context.WithCancel(c.t.Context())
	var running sync.WaitGroup
	path := fmt.Sprintf("apps/%s/%s?status=UP&lastDirtyTimestamp=%d", in.App, in.ID, in.LastChangedMs)
	running.Go(func() {
		ticker := time.NewTicker(in.Lease.Duration() / 20)
		defer ticker.Stop()
		for turn := 0; ; turn++ {
			n := c.nodes[turn%len(c.nodes)]
			code, body, err := c.ask(ctx, n, http.MethodPut, path, nil)
			if ctx.Err() != nil {
				return
			}
			if err != nil || code != http.StatusOK && code != http.StatusServiceUnavailable || len(body) > 0 {
				c.t.Errorf("a heartbeat at %s: %d %s, %v", n.Node.Name, code, body, err)
			}
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return
			}
		}
	})
	stop = sync.OnceFunc(func() {
		cancel()
		running.Wait()
	})
	c.t.Cleanup(stop)
	return stop
}
