package eureka1

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"heureka/eureka1/dialect"
	"heureka/model"
)

func TestConfigNamesTheWrongSetting(t *testing.T) {
	for want, spoil := range map[string]func(*Config){
		"--eureka1-max-reads (HEUREKA_EUREKA1_MAX_READS)":     func(c *Config) { c.MaxReads = 0 },
		"--eureka1-max-slow (HEUREKA_EUREKA1_MAX_SLOW)":       func(c *Config) { c.MaxSlow = 0 },
		"--eureka1-max-writes (HEUREKA_EUREKA1_MAX_WRITES)":   func(c *Config) { c.MaxWrites = 0 },
		"--eureka1-max-batches (HEUREKA_EUREKA1_MAX_BATCHES)": func(c *Config) { c.MaxBatches = 0 },
		"--eureka1-max-body (HEUREKA_EUREKA1_MAX_BODY)":       func(c *Config) { c.MaxBody = 1 },
		"--eureka1-max-batch (HEUREKA_EUREKA1_MAX_BATCH)":     func(c *Config) { c.MaxBatch = 1 },
		"--eureka1-max-pages (HEUREKA_EUREKA1_MAX_PAGES)":     func(c *Config) { c.MaxPages = -1 },
		"--eureka1-timeout (HEUREKA_EUREKA1_TIMEOUT)":         func(c *Config) { c.Timeout = 0 },
		"--eureka1-patience (HEUREKA_EUREKA1_PATIENCE)":       func(c *Config) { c.Patience = 0 },
		"--eureka1-idle (HEUREKA_EUREKA1_IDLE)":               func(c *Config) { c.Idle = 0 },
		"--eureka1-merge (HEUREKA_EUREKA1_MERGE)":             func(c *Config) { c.Merge = -1 },
	} {
		c := DefaultConfig()
		if spoil(&c); c.Validate() == nil || !strings.HasPrefix(c.Validate().Error(), want+" is ") {
			t.Errorf("%s: %v", want, c.Validate())
		}
	}
	if c := DefaultConfig(); !c.On || c.Validate() != nil {
		t.Errorf("%+v: %v", c, c.Validate())
	}
}

// TestRequestsHaveRoomOrAreRefused holds that reads and writes don't take each other's.
func TestRequestsHaveRoomOrAreRefused(t *testing.T) {
	w := newWriter(t)
	h := newReader(t, func(c *Config) { c.MaxReads, c.MaxWrites, c.MaxBatches = 1, 1, 1 }, w.address())
	read := func() int { return ask(h, "GET", "/eureka/apps", "").Code }
	write := func() int { return ask(h, "PUT", "/eureka/apps/A/1", "").Code }
	batch := func() int { return ask(h, "POST", "/eureka/peerreplication/batch", `{"replicationList":[]}`).Code }
	for _, test := range []struct {
		rule               string
		full               chan struct{}
		read, write, batch int
	}{
		{"nothing", make(chan struct{}, 1), 200, 200, 200},
		{"reads", h.reads, 503, 200, 200},
		{"writes", h.writes, 200, 503, 503},
		{"batches", h.batches, 200, 200, 503},
		{"nothing in the end", make(chan struct{}, 1), 200, 200, 200},
	} {
		test.full <- struct{}{}
		if r, w, b := read(), write(), batch(); r != test.read || w != test.write || b != test.batch {
			t.Errorf("%s full: answered %d, %d and %d", test.rule, r, w, b)
		}
		<-test.full
	}
}

// TestASlowBodyIsGivenUp has a client that begins a registration and says no more.
func TestASlowBodyIsGivenUp(t *testing.T) {
	w := newWriter(t)
	server := httptest.NewServer(newReader(t, func(c *Config) { c.Timeout = 300 * time.Millisecond }, w.address()))
	defer server.Close()
	slow, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	fmt.Fprint(slow, "POST /eureka/apps/A HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
	if err := slow.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(slow), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusRequestTimeout {
		t.Errorf("answered %d", resp.StatusCode)
	}
}

// populated returns the handler of a node that shows that many instances of one
// application.
func populated(t *testing.T, instances int) *Handler {
	h := newReader(t, nil)
	for i := range instances {
		h.node.(*reader).put(&model.Instance{App: "A", ID: fmt.Sprint("i-", i), Address: "10.0.0.1", VIP: "a,b", Status: model.StatusUp})
	}
	return h
}

// TestLargeChoicesAreStreamed reads documents of more than one portion, compressed and
// not, and a small one.
func TestLargeChoicesAreStreamed(t *testing.T) {
	for _, n := range []int{1, 300} {
		h := populated(t, n)
		for _, path := range []string{"/eureka/apps/a", "/eureka/vips/b"} {
			for _, accept := range []string{"identity", "gzip"} {
				got := ask(h, "GET", path, "", "Accept: application/json", "Accept-Encoding: "+accept)
				var body io.Reader = got.Body
				if packed := got.Header().Get("Content-Encoding") == "gzip"; packed != (accept == "gzip" && n > 1) {
					t.Errorf("%s of %d with %s: packed %v", path, n, accept, packed)
				} else if packed {
					var err error
					if body, err = gzip.NewReader(body); err != nil {
						t.Fatal(err)
					}
				}
				text, err := io.ReadAll(body)
				if err != nil {
					t.Fatal(err)
				}
				if count := strings.Count(string(text), `"instanceId"`); count != n {
					t.Errorf("%s of %d: %d instances", path, n, count)
				}
				if strings.Contains(path, "vips") {
					apps, err := dialect.DecodeApplications(dialect.JSON, text, n)
					if err != nil || apps.Hash != fmt.Sprintf("UP_%d_", n) {
						t.Errorf("%s of %d: %v, %v", path, n, apps, err)
					}
				} else if _, err := dialect.DecodeApplication(dialect.JSON, text, n); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

// TestANodeThatIsNotReadySendsClientsOn holds that nobody is told half of a registry.
func TestANodeThatIsNotReadySendsClientsOn(t *testing.T) {
	h := newReader(t, nil)
	h.node = unready{}
	for _, path := range []string{"apps", "apps/", "apps/delta", "apps/A", "apps/A/1", "vips/a", "status", "healthcheck"} {
		if got := ask(h, "GET", "/eureka/"+path, ""); got.Code != http.StatusServiceUnavailable || got.Body.Len() > 0 {
			t.Errorf("%s: answered %d %s", path, got.Code, got.Body)
		}
	}
}

type unready struct{ *reader }

func (unready) State() State { return State{} }
