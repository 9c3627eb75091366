package clustertest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"heureka/model"
)

// plainLease is what clients over plain HTTP ask for here. Who gets no
// acknowledgement for a renewal gives its owner half of that.
const plainLease = 5 * time.Second

// TestPlainRenewalsMayReachAnyWriteNode renews an instance at nodes that don't own
// it, as a balancer would, for two leases; then its owner is killed.
func TestPlainRenewalsMayReachAnyWriteNode(t *testing.T) {
	c := start(t, 3, 1)
	web := &http.Client{Timeout: patience, Transport: &http.Transport{}}
	t.Cleanup(web.CloseIdleConnections)
	w := watch(t, c.reads[0].Node.HTTP, full)
	owner, others := c.writes[0], c.writes[1:]
	in := plainInstance("kept")
	version := put(t, web, owner, in)
	w.lives(in.Key())
	w.sees(in)

	for _, n := range others {
		reaches(t, web, n, in.Key())
	}
	stop := renewing(t, web, others, in.Key())
	outlasts(t, web, w, owner, "first")
	outlasts(t, web, w, owner, "second")
	for _, n := range c.writes {
		if got := versionAt(t, web, n, in.Key()); got != version {
			t.Errorf("%s has version %v, it was put as %v", n.Node.Name, got, version)
		}
	}

	c.kill(owner)
	outlasts(t, web, w, others[0], "third")
	stop()
	if got := versionAt(t, web, others[0], in.Key()); got.Time != version.Time || got.Incarnation == version.Incarnation {
		t.Errorf("after its owner's death it has version %v, it was put as %v", got, version)
	}
	if puts, removes := w.history(in.Key()); puts != 1 || removes != 0 {
		t.Errorf("%s was told %d puts and %d removes", w.name, puts, removes)
	}
	w.converged(in)
}

// plainInstance returns an instance that lives for plainLease unless renewed.
func plainInstance(id string) *model.Instance {
	in := instance("plain", id, "blue")
	in.Lease = model.Lease{DurationMs: plainLease.Milliseconds(), RenewalMs: plainLease.Milliseconds() / 2}
	return in
}

// outlasts waits until the watcher has seen an instance come and go that has the
// same lease and isn't renewed.
func outlasts(t *testing.T, web *http.Client, w *watcher, at *node, name string) {
	t.Helper()
	glass := plainInstance("hourglass-" + name)
	put(t, web, at, glass)
	w.hasSeen(glass)
	w.misses(glass.Key())
}

// renewing renews at the nodes in turn, several times within a lease, until the
// function that it returns is called.
func renewing(t *testing.T, web *http.Client, nodes []*node, key model.Key) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		ticker := time.NewTicker(plainLease / 20)
		defer ticker.Stop()
		for turn := 0; ; turn++ {
			n := nodes[turn%len(nodes)]
			resp, err := plain(ctx, web, n, http.MethodPost, key, "/renew", "")
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				t.Errorf("renew at %s: %v", n.Node.Name, err)
				return
			}
			if resp.StatusCode != http.StatusNoContent {
				t.Errorf("renew at %s: answered %s", n.Node.Name, resp.Status)
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
	t.Cleanup(stop)
	return stop
}

// put registers over plain HTTP.
func put(t *testing.T, web *http.Client, n *node, in *model.Instance) model.Version {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := plain(t.Context(), web, n, http.MethodPut, in.Key(), "", string(body))
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("put at %s: %v, %v", n.Node.Name, resp, err)
	}
	return versionAt(t, web, n, in.Key())
}

// reaches waits until a write node has heard of an instance.
func reaches(t *testing.T, web *http.Client, n *node, key model.Key) {
	t.Helper()
	ticker, timeout := time.NewTicker(beacon), time.NewTimer(patience)
	defer ticker.Stop()
	defer timeout.Stop()
	for versionAt(t, web, n, key).IsZero() {
		select {
		case <-ticker.C:
		case <-timeout.C:
			t.Fatalf("%s never heard of %s", n.Node.Name, key)
		}
	}
}

// versionAt returns the version that a write node has of an instance; zero if it
// has none.
func versionAt(t *testing.T, web *http.Client, n *node, key model.Key) model.Version {
	t.Helper()
	resp, err := plain(t.Context(), web, n, http.MethodGet, key, "", "")
	if err != nil {
		t.Fatal(err)
	}
	v, err := model.ParseVersion(strings.Trim(resp.Header.Get("ETag"), `"`))
	if err != nil {
		t.Fatalf("get at %s: %s, %v", n.Node.Name, resp.Status, err)
	}
	return v
}

// plain makes a request about an instance. Its body is not for the caller.
func plain(ctx context.Context, web *http.Client, n *node, method string, key model.Key, what, body string) (*http.Response, error) {
	url := fmt.Sprintf("http://%s/api/v1/apps/%s/instances/%s%s", n.Node.HTTP, key.App, key.ID, what)
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	resp, err := web.Do(req)
	if err == nil {
		err = resp.Body.Close()
	}
	return resp, err
}
