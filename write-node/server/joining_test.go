package server

import (
	"bytes"
	"errors"
	"log/slog"
	"net"
	"strings"
	"syscall"
	"testing"

	"heureka/cluster"
)

func TestANodeKnowsWhatItWaitsFor(t *testing.T) {
	const half, rest = "waits for half of the write nodes", "the registry isn't complete yet"
	write, read := member{Role: cluster.Write}, member{Role: cluster.Read}
	for _, test := range []struct {
		name    string
		members []member
		size    int
		want    string
	}{
		{"alone and meant to be", nil, 1, rest},
		{"alone of two: one peer is waited for", nil, 2, half},
		{"alone of three", nil, 3, half},
		{"a read node doesn't count", []member{read}, 3, half},
		{"two of three", []member{write}, 3, rest},
		{"two of five", []member{write, read}, 5, half},
	} {
		if got := waitsFor(test.members, test.size); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestANodeWithoutItsPeersWarns before it listens anywhere: here it doesn't come to that, so
// that it may name any port for its routes.
func TestANodeWithoutItsPeersWarns(t *testing.T) {
	taken, err := net.Listen("tcp", anyPort)
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	const routes = "127.0.0.1:7301"
	for _, test := range []struct {
		name   string
		change func(*Config)
		warns  bool
	}{
		{"alone", func(*Config) {}, false},
		{"one of three", func(c *Config) { c.ClusterSize, c.RoutesListen = 3, routes }, true},
		{"one of three, found by the others", func(c *Config) { c.ClusterSize = 3 }, false},
		{"one of three with peers", func(c *Config) {
			c.ClusterSize, c.RoutesListen, c.Peers = 3, routes, []string{"127.0.0.1:1"}
		}, false},
	} {
		var log bytes.Buffer
		config := quick("write-1")
		config.HTTP = taken.Addr().String()
		test.change(&config)
		if _, err := New(config, slog.New(slog.NewTextHandler(&log, nil))); !errors.Is(err, syscall.EADDRINUSE) {
			t.Fatalf("%s: %v", test.name, err)
		}
		if got := strings.Contains(log.String(), "level=WARN") && strings.Contains(log.String(), "--peers"); got != test.warns {
			t.Errorf("%s: %s", test.name, log.String())
		}
	}
}

// TestANodeThatAdvertisesAllInterfacesWarns, as whoever dials these reaches itself.
func TestANodeThatAdvertisesAllInterfacesWarns(t *testing.T) {
	for advertise, warns := range map[string]bool{
		"": false, "write-1:7001": false, "10.0.0.1:7001": false, "0.0.0.0:7001": true, "[::]:7001": true,
	} {
		var log bytes.Buffer
		config := quick("write-1")
		config.Advertise = advertise // without it a node says what it listens on
		s, err := New(config, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		s.Kill()
		if err := s.Run(t.Context()); err != nil { // until then others write to the log
			t.Error(err)
		}
		if got := strings.Contains(log.String(), "level=WARN") && strings.Contains(log.String(), "--advertise"); got != warns {
			t.Errorf("advertised as %q: %s", advertise, log.String())
		}
	}
}
