package server

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"heureka/wire"
)

// get asks a node and returns status and body.
func (n *node) get(address, path string) (int, string, http.Header) {
	n.t.Helper()
	defer http.DefaultClient.CloseIdleConnections()
	response, err := http.Get("http://" + address + path)
	if err != nil {
		n.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	return response.StatusCode, string(body), response.Header
}

func TestANodeWithoutAWriteNodeIsNotReady(t *testing.T) {
	w := startWriter(t)
	config := testConfig(w)
	w.close()
	n := startNode(t, config)
	for path, status := range map[string]int{
		"/livez": 200, "/readyz": 503, "/api/v1/apps": 503, "/api/v1/status": 200, wire.PathSubscriptions: 503, "/nothing": 404,
	} {
		if got, body, _ := n.get(n.Addresses().HTTP, path); got != status {
			t.Errorf("%s: %d %s", path, got, body)
		}
	}
	n.stop()
	n.await(n.done, "stopped")
	if n.err != nil {
		t.Error(n.err)
	}
}

func TestAStoppingNodeSendsItsSubscribersAway(t *testing.T) {
	w, n := startReady(t, func(c *Config) { c.DrainTimeout = time.Hour }, instance("A", "1", ""))
	early, late := n.subscribe(full()), n.subscribe(full())
	n.stop()
	for _, s := range []*subscriber{early, late} {
		if m := s.sentAway(); m.AfterMs < 0 || m.AfterMs > 20 {
			t.Errorf("go away after %d ms", m.AfterMs)
		}
	}
	if got, body, _ := n.get(n.Addresses().HTTP, "/readyz"); got != 503 || !strings.Contains(body, "stops") {
		t.Errorf("ready: %d %s", got, body)
	}
	if got, _, _ := n.get(n.Addresses().HTTP, wire.PathSubscriptions); got != 503 {
		t.Errorf("another subscriber gets %d", got)
	}
	_ = early.conn.CloseNow()
	w.put(instance("A", "2", "")) // it serves to the end
	late.has("A", "2", "")
	_ = late.conn.CloseNow()
	n.await(n.done, "stopped")
	if n.err != nil {
		t.Error(n.err)
	}
}

func TestAStoppingNodeClosesWhoDoesNotGo(t *testing.T) {
	_, n := startReady(t, func(c *Config) { c.DrainTimeout = 200 * time.Millisecond }, instance("A", "1", ""))
	stubborn := n.subscribe(full())
	n.stop()
	stubborn.sentAway()
	stubborn.closedWith(wire.CodeDraining)
	n.await(n.done, "stopped")
	if n.err != nil {
		t.Error(n.err)
	}
}

// sentAway reads on until the node asks to go elsewhere.
func (s *subscriber) sentAway() *wire.GoAway {
	s.t.Helper()
	for {
		if m, ok := s.next().(*wire.GoAway); ok {
			return m
		}
	}
}

// TestWhoOpensWhileTheNodeDrainsIsSentAway has somebody be let in before the node
// drains, and open after everyone was told.
func TestWhoOpensWhileTheNodeDrainsIsSentAway(t *testing.T) {
	_, n := startReady(t, nil, instance("A", "1", ""))
	id, refused := n.sessions.admit()
	if refused != nil {
		t.Fatal(refused)
	}
	drained, cancel := context.WithCancel(context.Background())
	cancel()
	gone := make(chan struct{})
	go func() {
		n.sessions.drain(drained, time.Millisecond)
		close(gone)
	}()
	n.eventually(func() bool { return n.sessions.check() != nil }, "drain")
	handshake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !n.acceptor.Serve(w, r, id) {
			n.sessions.leave(id)
		}
	}))
	defer handshake.Close()
	n.dialAt("ws"+strings.TrimPrefix(handshake.URL, "http"), wire.FormatJSON).closedWith(wire.CodeDraining)
	n.await(gone, "drained")
}

func TestAKilledNodeSaysNothing(t *testing.T) {
	_, n := startReady(t, nil)
	s := n.subscribe(full())
	n.Kill()
	for {
		m, err := s.read()
		if err != nil {
			break
		}
		if m.Type() != "heartbeat" {
			t.Errorf("got %+v", m)
		}
	}
	n.await(n.done, "dead")
}

func TestANodeIsKilledWhileItDrains(t *testing.T) {
	_, n := startReady(t, func(c *Config) { c.DrainTimeout = time.Hour }, instance("A", "1", ""))
	s := n.subscribe(full())
	n.stop()
	s.sentAway()
	n.Kill()
	n.await(n.done, "dead")
}

func TestAnAddressInUseIsSaid(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for name, set := range map[string]func(*Config){
		"http":  func(c *Config) { c.HTTP = taken.Addr().String() },
		"admin": func(c *Config) { c.Admin = taken.Addr().String() },
	} {
		config := DefaultConfig()
		config.Name, config.HTTP, config.Admin = "read-1", "127.0.0.1:0", "127.0.0.1:0"
		set(&config)
		if _, err := New(config, slog.New(slog.DiscardHandler)); err == nil || !strings.HasPrefix(err.Error(), name+":") {
			t.Errorf("%s: err = %v", name, err)
		}
	}
}

func TestMetricsAndStatusTellOfTheNode(t *testing.T) {
	w, n := startReady(t, nil, instance("A", "1", ""))
	s := n.subscribe(full())
	w.put(instance("A", "2", ""))
	s.has("A", "2", "")
	s.send(&wire.Subscribe{Seq: 2, Interests: nil})
	s.say(1, []byte("nonsense"))
	s.closedWith(wire.CodeMalformed)
	want := map[string]string{
		"heureka_read_ready ": "1", "heureka_read_view_entries ": "2", "heureka_read_nats_connected ": "1",
		`heureka_read_errors_total{code="100",name="malformed"} `: "1", `heureka_read_limit{of="sessions"} `: "20000",
		"heureka_read_propagation_seconds_count ": "1", "heureka_read_sessions_stuck ": "0", "heureka_read_sessions_given_up_total ": "0",
		"heureka_read_portions ": "0", `heureka_read_limit{of="portions"} `: "256", "heureka_read_frames_patiently_total ": "0",
	}
	n.eventually(func() bool {
		_, body, _ := n.get(n.Addresses().Admin, "/metrics")
		for name, value := range want {
			if !strings.Contains(body, "\n"+name+value+"\n") {
				return false
			}
		}
		return true
	}, "metrics as wanted")

	var st status
	n.eventually(func() bool {
		_, body, _ := n.get(n.Addresses().HTTP, "/api/v1/status")
		if err := json.Unmarshal([]byte(body), &st); err != nil {
			t.Fatal(err)
		}
		return st.Sessions == 0 && st.Live == 2
	}, "status as wanted")
	if st.Node != "read-1" || !st.Ready || st.Stale || st.Instances != 2 || len(st.Members) != 1 || st.Members[0].Name != "write-1" {
		t.Errorf("status = %+v", st)
	}
	if st.Digest != st.Members[0].Digest {
		t.Logf("the beacon is older than the status: %s, %s", st.Digest, st.Members[0].Digest)
	}
}

// eventually asks again until the condition holds: what is asked for is copied
// with each tick.
func (n *node) eventually(holds func() bool, what string) {
	n.t.Helper()
	for deadline := time.Now().Add(patience); !holds(); {
		if time.Now().After(deadline) {
			n.t.Fatalf("no %s within %v", what, patience)
		}
	}
}
