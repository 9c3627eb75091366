package bridge

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"heureka/cluster"
	"heureka/eureka1/dialect"
	"heureka/internal/dev"
	"heureka/model"
	read "heureka/read-node/server"
	write "heureka/write-node/server"
)

// patience is how long a test waits for what should happen at once.
const patience = time.Minute

// beacon is how often nodes hear of each other: they are ready the sooner.
const beacon = 100 * time.Millisecond

// scene is what runs in a test: clusters, bridges, and clients of Eureka 1.
type scene struct {
	t   *testing.T
	web *http.Client
	log *slog.Logger
}

func newScene(t *testing.T) *scene {
	s := &scene{t: t, web: &http.Client{Timeout: patience, Transport: &http.Transport{}}, log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))}
	t.Cleanup(s.web.CloseIdleConnections)
	return s
}

// heureka starts a cluster and returns the URL of its read node.
func (s *scene) heureka() string {
	s.t.Helper()
	c, err := dev.NewCluster(dev.AnyPorts(1, 1), dev.Settings{
		Write: func(c *write.Config) { c.Beacon, c.Eureka1.Timeout = beacon, patience },
		Read: func(c *read.Config) {
			c.Beacon, c.Eureka1.Timeout = beacon, patience
			c.Eureka1.Merge = patience // what a bridge was answered is on the next page, long before Config.Settle
		},
		Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	ready := make(chan struct{})
	s.runs(func(ctx context.Context) error { return c.Run(ctx, func() { close(ready) }) })
	select {
	case <-ready:
	case <-time.After(patience):
		s.t.Fatal("a cluster doesn't become ready")
	}
	return "http://" + c.Nodes(cluster.Read)[0].HTTP
}

// runs runs something until the test ends, or what is returned is called.
func (s *scene) runs(run func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := run(ctx); err != nil {
			s.t.Error(err)
		}
	})
	stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	s.t.Cleanup(stop)
	return stop
}

// bridge starts a bridge that is quick.
func (s *scene) bridge(to string, change func(*Config), from ...string) (b *Bridge, stop func()) {
	s.t.Helper()
	c := DefaultConfig()
	c.From, c.To, c.HTTP, c.Admin, c.BothWays = from, []string{to}, "127.0.0.1:0", "127.0.0.1:0", true
	c.Poll, c.Full, c.Recheck, c.Backoff = 50*time.Millisecond, 200*time.Millisecond, 100*time.Millisecond, 200*time.Millisecond
	c.Settle, c.Absent, c.Renew = 300*time.Millisecond, 600*time.Millisecond, 500*time.Millisecond
	if change != nil {
		change(&c)
	}
	b, err := New(c, s.log)
	if err != nil {
		s.t.Fatal(err)
	}
	b.sweep = 100 * time.Millisecond
	return b, s.runs(b.Run)
}

// say makes a request of a client at a server, whose service URL it is.
func (s *scene) say(code int, method, at, path string, body []byte) []byte {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, strings.TrimRight(at, "/")+path, strings.NewReader(string(body)))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.web.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	out, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != code {
		s.t.Fatalf("%s %s%s: %d %s, %v; want %d", method, at, path, resp.StatusCode, out, err, code)
	}
	return out
}

// registered is what a client says of itself. Its lease outlives the test: nobody renews it.
func registered(app, id, address string) *model.Instance {
	return &model.Instance{
		App: app, ID: id, Address: address, HostName: id, Status: model.StatusUp, VIP: strings.ToLower(app),
		Ports: []model.Port{{Number: 8080}}, Metadata: map[string]string{"zone": "north"},
		Lease: model.Lease{RenewalMs: 30_000, DurationMs: 900_000}, LastChangedMs: time.Now().UnixMilli(),
	}
}

func path(in *model.Instance) string { return "/apps/" + in.App + "/" + url.PathEscape(in.ID) }

// register has a client register at a server.
func (s *scene) register(at string, in *model.Instance) {
	s.t.Helper()
	in.LastChangedMs = max(time.Now().UnixMilli(), in.LastChangedMs+1)
	info := dialect.InfoOf(in, dialect.Shown{})
	s.say(http.StatusNoContent, http.MethodPost, at, "/apps/"+in.App, dialect.AppendInstanceDocument(nil, dialect.JSONFull, &info))
}

// instance returns what a server has of an instance, nil if nothing. Eureka's pages may
// be old.
func (s *scene) instance(at string, in *model.Instance) *dialect.Info {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, at+path(in), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Accept", "application/json")
	resp, err := s.web.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	out, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusNotFound {
		s.t.Fatalf("%s of %s: %d, %v", in.Key(), at, resp.StatusCode, err)
	}
	if resp.StatusCode == http.StatusNotFound {
		return nil
	}
	info, err := dialect.DecodeInstance(dialect.JSON, out)
	if err != nil {
		s.t.Fatal(err)
	}
	return info
}

// shows waits until a server has an instance as is wanted; nil: not at all.
func (s *scene) shows(at string, in *model.Instance, what string, holds func(*dialect.Info) bool) {
	s.t.Helper()
	s.until(fmt.Sprintf("%s shows %s %s", at, in.Key(), what), func() bool {
		info := s.instance(at, in)
		if info == nil || holds == nil {
			return info == nil && holds == nil
		}
		return holds(info)
	})
}

// until waits until something holds.
func (s *scene) until(what string, holds func() bool) {
	s.t.Helper()
	for end := time.Now().Add(patience); !holds(); {
		if time.Now().After(end) {
			s.t.Fatalf("never: %s", what)
		}
		s.pause(20 * time.Millisecond)
	}
}

// pause keeps a test from asking all the time.
func (s *scene) pause(d time.Duration) {
	select {
	case <-time.After(d):
	case <-s.t.Context().Done():
	}
}

// said counts the answers to what a bridge told, but for heartbeats that went well.
func said(b *Bridge) (n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for w, count := range b.sides.Stats().Words {
		if w.Action != dialect.Heartbeat || w.Code != http.StatusOK {
			n += count
		}
	}
	return n
}
