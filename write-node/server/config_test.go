package server

import (
	"strings"
	"testing"
)

func TestConfigNamesTheWrongSetting(t *testing.T) {
	valid := DefaultConfig()
	valid.Name = "write-1"
	if err := valid.Validate(); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(*Config){
		"name":               func(c *Config) { c.Name = "" },
		"other than /":       func(c *Config) { c.Name = "a/b" },
		"http: ":             func(c *Config) { c.HTTP = "7001" },
		"admin: ":            func(c *Config) { c.Admin = "localhost" },
		"nats: ":             func(c *Config) { c.NATS = "" },
		"nats: \"somewhere":  func(c *Config) { c.NATS = "somewhere:4222" },
		"nats-listen":        func(c *Config) { c.NATSListen = "7201" },
		"routes-listen":      func(c *Config) { c.RoutesListen = "7301" },
		"peers":              func(c *Config) { c.Peers = []string{"host"} },
		"cluster name":       func(c *Config) { c.Cluster = "a b" },
		"cluster-size":       func(c *Config) { c.ClusterSize = 0 },
		"dead-after":         func(c *Config) { c.DeadAfter = c.Beacon },
		"drain":              func(c *Config) { c.DrainSpread = -1 },
		"lease":              func(c *Config) { c.Lease = 0 },
		"eviction share":     func(c *Config) { c.EvictionShare = 2 },
		"heartbeat":          func(c *Config) { c.Heartbeat = 0 },
		"max message":        func(c *Config) { c.MaxMessage = 0 },
		"max-metadata":       func(c *Config) { c.MaxMetadata = 0 },
		"read timeout":       func(c *Config) { c.ReadTimeout = 0 },
		"registration":       func(c *Config) { c.MaxRegistrations = 0 },
		"write timeout":      func(c *Config) { c.Patience = 0 },
		"times and limits":   func(c *Config) { c.MaxIncoming = 0 },
		"max header bytes":   func(c *Config) { c.MaxHeader = 0 },
		"tombstones":         func(c *Config) { c.Tombstones = 0 },
		"join-timeout":       func(c *Config) { c.JoinTimeout = 0 },
		"longest hold":       func(c *Config) { c.HeldMax = -1 },
		"longest hold while": func(c *Config) { c.BehindMax = -1 },
	} {
		c := valid
		spoil(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v", want, err)
		}
	}
}

func TestServersAreAListOrNone(t *testing.T) {
	for nats, want := range map[string]string{
		"embedded":                              "",
		"nats://a:4222":                         "nats://a:4222",
		"nats://a:4222, tls://b:4222":           "nats://a:4222 tls://b:4222",
		"nats://user:secret@a:4222,nats://b:42": "nats://user:secret@a:4222 nats://b:42",
	} {
		if got := strings.Join((Config{NATS: nats}).servers(), " "); got != want {
			t.Errorf("%q is %q", nats, got)
		}
	}
}
