package server

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"heureka/model"
	"heureka/wire"

	"github.com/coder/websocket"
)

func instance(id string) *model.Instance {
	return &model.Instance{App: "ORDERS", ID: id, Status: model.StatusUp}
}

func TestOneNodeRegisters(t *testing.T) {
	n := startAll(t, 1)[0]
	c := n.open("p", 1)
	ack, ok := n.say(c, &wire.Register{Seq: 1, Instance: instance("o-1")})[0].(*wire.Ack)
	if !ok || ack.Seq != 1 || ack.Version == "" {
		t.Fatalf("answered %+v", ack)
	}
	if code, body := n.request(http.MethodGet, "/api/v1/apps/orders/instances/o-1", ""); code != http.StatusOK {
		t.Errorf("get: %d %s", code, body)
	}
	if _, body := n.request(http.MethodGet, "/api/v1/status", ""); !strings.Contains(body, `"queue": []`) {
		t.Errorf("an empty queue is no list: %s", body)
	}
	n.until("status with the lease", func(s status) bool {
		return s.Live == 1 && s.Leases["own"].Held == 1 && s.Leases["own"].Quota == 1 && s.Connections == 1 &&
			s.Ready && !s.Behind && !s.Draining && s.Node == "write-1" && s.ID == n.self.ID.String() &&
			s.Vector[n.self.String()] == 1 && s.Digest != wire.FormatHash(0)
	})
	for path, want := range map[string]int{"/livez": 200, "/readyz": 200, "/api/v1/nothing": 404} {
		if code, body := n.request(http.MethodGet, path, ""); code != want {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
	code, body := n.ask(n.Addresses().Admin, http.MethodGet, "/metrics", "")
	for _, want := range []string{
		`heureka_write_leases{class="own"} 1`, "heureka_write_connections 1", "heureka_write_registered_total 1",
		"heureka_write_acks_total 1", `heureka_write_messages_total{type="register"} 1`, "heureka_write_ready 1",
		`heureka_write_errors_total{code="201",name="not_registered"} 0`, `heureka_write_limit{of="connections"} 20000`,
		`heureka_write_evictions_total{class="adopted"} 0`, "heureka_write_map_entries 1", "heureka_write_commands 0",
		"heureka_write_forwards 0", `heureka_write_limit{of="forwards"} 100000`, "heureka_write_forwarded_total 0",
		"heureka_write_forwards_acknowledged_total 0", "heureka_write_forwards_denied_total 0", "heureka_write_forwards_unanswered_total 0",
		"heureka_write_forwards_refused_total 0", "heureka_write_copied_total 0", "heureka_write_renewed_for_others_total 0",
	} {
		if code != http.StatusOK || !strings.Contains(body, want+"\n") {
			t.Errorf("the metrics lack %s", want)
		}
	}
}

func TestTheStatusAndTheMetricsSayWhyEvictionsAreHeld(t *testing.T) {
	n := startAll(t, 1, func(c *Config) { c.SilentClients = 2 })[0]
	for _, id := range []string{"o-1", "o-2", "o-3"} {
		path := "/api/v1/apps/orders/instances/" + id
		if code, body := n.request(http.MethodPut, path, `{"lease":{"durationMs":200}}`); code != http.StatusOK {
			t.Fatalf("put: %d %s", code, body)
		}
	}
	n.until("silence", func(s status) bool { return s.Clients.Silent >= 2 && s.Leases["own"].Holds["silent"] > 0 })
	if code, body := n.request(http.MethodPost, wire.PathEvictions, `{"do":"hold","class":"adopted","forMs":3600000}`); code != http.StatusOK {
		t.Fatalf("hold: %d %s", code, body)
	}
	n.until("the operator's hold", func(s status) bool { return s.Leases["adopted"].Holds["operator"] > 0 })
	_, body := n.ask(n.Addresses().Admin, http.MethodGet, "/metrics", "")
	for _, want := range []string{
		`heureka_write_eviction_held{class="own",reason="silent"} 1`, `heureka_write_eviction_held{class="own",reason="operator"} 0`,
		`heureka_write_eviction_held{class="adopted",reason="operator"} 1`, "heureka_write_clients_heard 0",
		`heureka_write_limit{of="silent_clients"} 2`,
	} {
		if !strings.Contains(body, want+"\n") {
			t.Errorf("the metrics lack %s", want)
		}
	}
	if code, body := n.request(http.MethodPost, wire.PathEvictions, `{"do":"release"}`); code != http.StatusOK {
		t.Fatalf("release: %d %s", code, body)
	}
	n.until("release", func(s status) bool {
		own := s.Leases["own"]
		return s.Live == 0 && own.Released >= 2 && own.Released+own.Evicted == 3 && own.Releasing == 0
	})
}

// What a visitor's browser sends for a web page of another origin is nobody's order.
func TestAWebPageGivesNoOrders(t *testing.T) {
	n := startAll(t, 1)[0]
	for site, want := range map[string]int{"cross-site": http.StatusForbidden, "same-site": http.StatusForbidden, "same-origin": http.StatusOK, "": http.StatusOK} {
		req, err := http.NewRequest(http.MethodPost, "http://"+n.Addresses().HTTP+wire.PathEvictions, strings.NewReader(`{"do":"release"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "text/plain")
		if site != "" {
			req.Header.Set("Sec-Fetch-Site", site)
		}
		resp, err := n.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != want || (want != http.StatusOK) != strings.Contains(string(body), `"code":100`) {
			t.Errorf("%q: %d %s %v", site, resp.StatusCode, body, err)
		}
	}
}

func TestALeaseThatEndsIsEvicted(t *testing.T) {
	n := startAll(t, 1)[0]
	c := n.open("p", 1)
	inst := instance("o-1")
	inst.Lease.DurationMs = 200
	n.say(c, &wire.Register{Seq: 1, Instance: inst})
	n.until("eviction", func(s status) bool { return s.Live == 0 && s.Tombstones == 1 })
	answers := n.say(c, &wire.Heartbeat{Seq: 2})
	for len(answers) < 2 {
		answers = append(answers, n.hear(c)...)
	}
	if again, ok := answers[1].(*wire.Again); !ok || again.Key() != inst.Key() {
		t.Errorf("its client isn't asked to say it again: %+v", answers)
	}
}

func TestNodesShareWhatTheyOwn(t *testing.T) {
	nodes := startAll(t, 3, func(c *Config) { c.DeadAfter = time.Hour }) // nobody dies
	c := nodes[0].open("p", 1)
	nodes[0].say(c, &wire.Register{Seq: 1, Instance: instance("o-1")})
	for _, n := range nodes {
		n.until("instance", func(s status) bool { return s.Live == 1 && s.Digest == nodes[0].status().Digest })
		n.until("peers", func(s status) bool { return len(s.Members) == 2 })
	}
	// A put elsewhere moves it there; a renewal at the former owner goes there.
	const path = "/api/v1/apps/ORDERS/instances/o-1"
	if code, body := nodes[1].request(http.MethodPut, path, `{"status":"DOWN"}`); code != http.StatusOK {
		t.Fatalf("put: %d %s", code, body)
	}
	nodes[0].until("loss", func(s status) bool { return s.Leases["own"].Held == 0 })
	if code, body := nodes[0].request(http.MethodPost, path+"/renew", ""); code != http.StatusNoContent {
		t.Errorf("renew at the former owner: %d %s", code, body)
	}
	if code, body := nodes[1].request(http.MethodPost, path+"/renew", ""); code != http.StatusNoContent {
		t.Errorf("renew at the owner: %d %s", code, body)
	}
	nodes[2].until("the put", func(s status) bool { return s.Vector[nodes[1].self.String()] == 1 }) // or it would end what was before
	if code, _ := nodes[2].request(http.MethodDelete, path, ""); code != http.StatusNoContent {
		t.Errorf("delete elsewhere: %d", code)
	}
	for _, n := range nodes {
		n.until("removal", func(s status) bool { return s.Live == 0 })
	}
}

func TestWhatAKilledNodeOwnedIsTakenOver(t *testing.T) {
	nodes := startAll(t, 3)
	c := nodes[0].open("p", 1)
	first, ok := nodes[0].say(c, &wire.Register{Seq: 1, Instance: instance("o-1")})[0].(*wire.Ack)
	if !ok {
		t.Fatal("not acknowledged")
	}
	nodes[1].until("instance", func(s status) bool { return s.Live == 1 })
	nodes[0].Kill()
	<-nodes[0].ended
	if _, err := c.Receive(t.Context()); websocket.CloseStatus(err) != -1 {
		t.Errorf("the client was told of it: %v", err)
	}
	heir := func() *node {
		for _, n := range nodes[1:] {
			if n.status().Leases["adopted"].Held == 1 {
				return n
			}
		}
		return nil
	}
	for deadline := time.Now().Add(patience); heir() == nil; {
		if time.Now().After(deadline) {
			t.Fatal("nobody took it over")
		}
	}
	// The client comes back and brings its version.
	n := nodes[1]
	again := n.open("p", 2)
	ack, ok := n.say(again, &wire.Register{Seq: 1, Instance: instance("o-1"), Acked: first.Version})[0].(*wire.Ack)
	if !ok || ack.Version == first.Version {
		t.Fatalf("answered %+v", ack)
	}
	n.until("lease of its own", func(s status) bool { return s.Leases["own"].Held == 1 && s.Leases["adopted"].Held == 0 })
}

func TestAGracefulStopSendsClientsAwayAndLeaves(t *testing.T) {
	nodes := startAll(t, 2, func(c *Config) { c.DeadAfter = time.Hour }) // so that only its leaving tells
	n, peer := nodes[0], nodes[1]
	c := n.open("p", 1)
	n.say(c, &wire.Register{Seq: 1, Instance: instance("o-1")})
	peer.until("instance", func(s status) bool { return s.Live == 1 })
	n.stop()
	away, ok := n.hear(c)[0].(*wire.GoAway)
	if !ok || away.AfterMs < 0 || away.AfterMs > n.config.DrainSpread.Milliseconds() {
		t.Fatalf("told %+v", away)
	}
	if code, body := n.request(http.MethodGet, "/readyz", ""); code != http.StatusServiceUnavailable {
		t.Errorf("ready while it drains: %d %s", code, body)
	}
	code, body := n.request(http.MethodPut, "/api/v1/apps/A/instances/i", "{}")
	if m, err := wire.DecodeJSON([]byte(body)); err != nil || code != http.StatusServiceUnavailable || m.(*wire.Error).Code != wire.CodeDraining {
		t.Errorf("a put while it drains: %d %s", code, body)
	}
	c.Close()
	n.wait("stopped", n.ended)
	peer.until("inheritance", func(s status) bool { return s.Leases["adopted"].Held == 1 && s.Live == 1 })
}

func TestADrainEndsInTime(t *testing.T) {
	config := quick("write-1")
	config.DrainSpread, config.DrainTimeout = 100*time.Millisecond, 300*time.Millisecond
	n := start(t, config)
	n.wait("ready", n.Ready())
	c := n.open("p", 1)
	n.stop()
	said := n.hear(c)
	for len(said) < 2 { // or both in one frame
		said = append(said, n.hear(c)...)
	}
	if _, ok := said[0].(*wire.GoAway); !ok {
		t.Errorf("told %+v at first", said[0])
	}
	last, ok := said[1].(*wire.Error)
	if !ok || last.Code != wire.CodeDraining {
		t.Errorf("told %+v at the end", said[1])
	}
	if _, err := c.Receive(t.Context()); int(websocket.CloseStatus(err)) != wire.CodeDraining.CloseCode() {
		t.Errorf("closed with %v", err)
	}
	n.wait("stopped", n.ended)
}

func TestAKillCutsADrainShort(t *testing.T) {
	config := quick("write-1")
	config.DrainTimeout = time.Hour
	n := start(t, config)
	n.wait("ready", n.Ready())
	c := n.open("p", 1)
	n.stop()
	n.hear(c)
	n.Kill()
	n.wait("stopped", n.ended)
}

func TestANodeThatJoinsTakesNoClients(t *testing.T) {
	config := quick("write-1")
	config.ClusterSize, config.JoinTimeout = 3, time.Hour
	n := start(t, config)
	for _, path := range []string{wire.PathRegistrations, "/api/v1/apps/A/instances/i"} {
		code, body := n.request(http.MethodGet, path, "")
		if m, err := wire.DecodeJSON([]byte(body)); err != nil || code != http.StatusServiceUnavailable || m.(*wire.Error).Code != wire.CodeNotReady {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
	for path, want := range map[string]int{"/livez": 200, "/readyz": 503, "/api/v1/status": 200} {
		if code, body := n.request(http.MethodGet, path, ""); code != want {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
	select {
	case <-n.Ready():
		t.Error("it is ready without its peers")
	default:
	}
}

func TestAPortThatIsTaken(t *testing.T) {
	first := start(t, quick("write-1"))
	for name, change := range map[string]func(*Config){
		"http":   func(c *Config) { c.HTTP = first.Addresses().HTTP },
		"admin":  func(c *Config) { c.Admin = first.Addresses().Admin },
		"listen": func(c *Config) { c.NATSListen = first.Addresses().NATS },
	} {
		config := quick("write-2")
		change(&config)
		if _, err := New(config, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestANamesakeIsReported(t *testing.T) {
	nodes := startAll(t, 2, func(c *Config) { c.Name = "write-1" })
	for _, n := range nodes {
		n.until("the other of its name is reported", func(s status) bool { return s.Namesakes == 1 })
	}
}
