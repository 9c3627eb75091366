package server

import (
	"encoding/json"
	"net/http"
	"strconv"
	"testing"
	"time"

	"heureka/wire"
)

// knock asks for a websocket without becoming one, and returns the status and for
// how long to stay away; 204 if there would be room.
func (n *node) knock() (status, seconds int) {
	n.t.Helper()
	status, body, header := n.get(n.Addresses().HTTP, wire.PathSubscriptions)
	if status != http.StatusServiceUnavailable {
		return http.StatusNoContent, 0 // it was let in, and isn't a handshake
	}
	var e wire.Error
	if err := json.Unmarshal([]byte(body), &e); err != nil || e.Code != wire.CodeOverloaded || e.Retry != wire.RetryElsewhere {
		n.t.Errorf("refused with %s", body)
	}
	seconds, err := strconv.Atoi(header.Get("Retry-After"))
	if err != nil {
		n.t.Errorf("refused without a time to come back: %v", err)
	}
	return status, seconds
}

func (n *node) status() (st status) {
	n.t.Helper()
	_, body, _ := n.get(n.Addresses().HTTP, "/api/v1/status")
	if err := json.Unmarshal([]byte(body), &st); err != nil {
		n.t.Fatal(err)
	}
	return st
}

// TestOnlySoManyOpenAtOnce: who has been told everything makes room for the next.
func TestOnlySoManyOpenAtOnce(t *testing.T) {
	_, n := startReady(t, func(c *Config) { c.MaxOpening, c.Hello, c.RetryAfter = 2, time.Hour, 3*time.Second }, instance("A", "1", ""))
	first, second := n.dial(), n.dial()
	n.eventually(func() bool { return n.status().Opening == 2 }, "two that are opening")
	different := make(map[int]bool)
	for range 100 {
		status, seconds := n.knock()
		if status != http.StatusServiceUnavailable || seconds < 1 || seconds > 3 {
			t.Fatalf("a third gets %d, and is to come back after %d s", status, seconds)
		}
		different[seconds] = true
	}
	if len(different) != 3 {
		t.Errorf("all are to come back after %v s", different)
	}
	second.send(&wire.Hello{Version: wire.ProtocolVersion})
	second.next()
	second.change(full())
	n.eventually(func() bool { return n.status().Opening == 1 }, "only one that is opening")
	third := n.subscribe(full())
	third.has("A", "1", "")
	_ = first.conn.CloseNow() // it never subscribed
	n.eventually(func() bool { st := n.status(); return st.Opening == 0 && st.Sessions == 2 }, "nobody who is opening")
}

// TestWhoNeverSubscribesKeepsNobodyOut: it counts as opening for a while only.
func TestWhoNeverSubscribesKeepsNobodyOut(t *testing.T) {
	_, n := startReady(t, func(c *Config) { c.MaxOpening, c.Hello = 1, time.Hour }, instance("A", "1", ""))
	idle := n.dial()
	idle.greet()
	if status, _ := n.knock(); status != http.StatusServiceUnavailable {
		t.Errorf("beside one that is opening another gets %d", status)
	}
	n.sessions.mu.Lock()
	if while := n.sessions.guests.openFor; while != time.Hour {
		t.Errorf("it counts as opening for %v", while)
	}
	n.sessions.guests.openFor = 0 // its time is over, and the hello has come in time
	n.sessions.mu.Unlock()
	if status, _ := n.knock(); status != http.StatusNoContent {
		t.Errorf("beside one that never subscribes another gets %d", status)
	}
	late := n.subscribe(full())
	late.has("A", "1", "")
	idle.change(full()) // it is still there, and served
	idle.has("A", "1", "")
}
