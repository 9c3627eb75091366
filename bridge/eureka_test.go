package bridge

import (
	"flag"
	"net/http"
	"strings"
	"testing"
	"time"

	"heureka/internal/dev"
	"heureka/internal/foreign"
	"heureka/model"
)

// clients says, as in internal/eurekatest, whether programs of others are to be built
// and run.
var clients = flag.String("clients", "none", "which programs of others are run: none, newest or all")

// TestWithTheRealServer has a service move there and back between a real Eureka server
// and Heureka, and then kills that server and starts it empty.
func TestWithTheRealServer(t *testing.T) {
	if *clients == "none" {
		t.Skip("builds and runs a Java program: -clients newest")
	}
	s := newScene(t)
	heureka := s.heureka()
	address, bridgeAt := freeAddresses(t)
	old := s.eureka(address, "http://"+bridgeAt+"/eureka/")
	slow := func(c *Config) { c.HTTP, c.Settle, c.Absent = bridgeAt, 5*time.Second, 5*time.Second }
	b, stop := s.bridge(heureka, slow, strings.TrimRight(old.URL, "/"))
	url := strings.TrimRight(old.URL, "/")
	moveThereAndBack(s, url, heureka+"/eureka")
	quiet(s, b)

	stays, ours := registered("KEPT", "host:kept:1", "10.0.0.4"), registered("OURS", "host:ours:2", "10.0.0.5")
	s.register(url, stays)
	s.register(heureka+"/eureka", ours)
	s.shows(heureka+"/eureka", stays, "as the old cluster's", as("10.0.0.4", model.StatusUp, false))
	s.shows(url, ours, "as Heureka's", as("10.0.0.5", model.StatusUp, true))
	old.Kill()
	s.shows(heureka+"/eureka", stays, "when the server has died", as("10.0.0.4", model.StatusUp, false))
	s.eureka(address, "http://"+bridgeAt+"/eureka/")
	s.shows(url, ours, "told to the empty server", as("10.0.0.5", model.StatusUp, true))
	s.shows(heureka+"/eureka", stays, "when the server has forgotten it", as("10.0.0.4", model.StatusUp, false))
	s.register(url, stays) // at its next heartbeat, which is answered 404
	s.shows(url, stays, "known to the server again", as("10.0.0.4", model.StatusUp, false))
	s.shows(heureka+"/eureka", stays, "never having gone", as("10.0.0.4", model.StatusUp, false))
	quiet(s, b)

	stop()
	second, _ := s.bridge(heureka, slow, url)
	s.until("another bridge is ready", func() bool { return second.ready() == nil })
	quiet(s, second)
	s.say(http.StatusOK, http.MethodDelete, url, path(stays), nil)
	s.shows(heureka+"/eureka", stays, "after it ended", nil)
	s.say(http.StatusOK, http.MethodDelete, heureka+"/eureka", path(ours), nil)
	s.shows(url, ours, "after it ended", nil)
}

// eureka starts the real server, which passes on to a peer.
func (s *scene) eureka(address, peer string) *foreign.Server {
	s.t.Helper()
	server, err := foreign.StartServer(s.t.Context(), foreign.ServerConfig{Address: address, Peers: []string{peer},
		Settings: []string{"--eureka.client.fetch-registry=true"}})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(server.Kill)
	return server
}

// freeAddresses returns two addresses that nobody listens at, nor will before the test
// ends: the server takes its time to start, and is started twice.
func freeAddresses(t *testing.T) (server, bridge string) {
	t.Helper()
	plan, release, err := dev.FreePlan(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	return plan.Writes()[0].HTTP, plan.Reads()[0].HTTP
}
