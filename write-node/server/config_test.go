package server

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestConfigNamesTheWrongSetting(t *testing.T) {
	valid := DefaultConfig()
	valid.Name = "write-1"
	if err := valid.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		spoil func(*Config)
		want  string // all that is said
	}{
		{func(c *Config) { c.Name = "" }, `--name (HEUREKA_NAME) is "": must have printable characters other than space and /`},
		{func(c *Config) { c.Name = "a/b" }, `--name (HEUREKA_NAME) is "a/b": must have printable characters other than space and /`},
		{func(c *Config) { c.Name = "a b" }, `--name (HEUREKA_NAME) is "a b": must have printable characters other than space and /`},
		{func(c *Config) { c.HTTP = "7001" }, `--http (HEUREKA_HTTP) is "7001": must be host:port`},
		{func(c *Config) { c.Admin = "localhost:http" }, `--admin (HEUREKA_ADMIN) is "localhost:http": must be host:port`},
		{func(c *Config) { c.NATS = "" }, `--nats (HEUREKA_NATS) is "": must be embedded, nats://host:port, or a list of these`},
		{func(c *Config) { c.NATS = "somewhere:4222" }, `--nats (HEUREKA_NATS) is "somewhere:4222": must be embedded, nats://host:port, or a list of these`},
		{func(c *Config) { c.NATS = "nats://a:1,http://me:secret@x:1" }, `--nats (HEUREKA_NATS) is "http://xxxxx@x:1": must be embedded, nats://host:port, or a list of these`},
		{func(c *Config) { c.NATSCredentials = "file" }, `--nats-credentials (HEUREKA_NATS_CREDENTIALS) is "file": must be left out with embedded NATS, which asks for none`},
		{func(c *Config) { c.NATSListen = "7201" }, `--nats-listen (HEUREKA_NATS_LISTEN) is "7201": must be host:port`},
		{func(c *Config) { c.RoutesListen = "7301" }, `--routes-listen (HEUREKA_ROUTES_LISTEN) is "7301": must be host:port`},
		{func(c *Config) { c.Peers = []string{"a:1", "host"} }, `--peers (HEUREKA_PEERS) is "host": must be host:port`},
		{func(c *Config) { c.Cluster = "a b" }, `--cluster (HEUREKA_CLUSTER) is "a b": must be 1 to 64 letters, digits, - or _`},
		{func(c *Config) { c.ClusterSize = 0 }, `--cluster-size (HEUREKA_CLUSTER_SIZE) is 0: must be at least 1`},
		{func(c *Config) { c.StorePatience = -1 }, `--store-patience (HEUREKA_STORE_PATIENCE) is -1ns: must be at least 0s`},
		{func(c *Config) { c.MaxAside = -1 }, `--max-aside (HEUREKA_MAX_ASIDE) is -1: must be at least 0`},
		{func(c *Config) { c.JoinTimeout = 0 }, `--join-timeout (HEUREKA_JOIN_TIMEOUT) is 0s: must be above zero`},
		{func(c *Config) { c.Beacon = -1 }, `--beacon (HEUREKA_BEACON) is -1ns: must be above zero`},
		{func(c *Config) { c.DeadAfter = c.Beacon }, `--dead-after (HEUREKA_DEAD_AFTER) is 1s: must be at least three times --beacon, which is 1s, or a lost one counts as a death`},
		{func(c *Config) { c.Minority = -1 }, `--minority-takeover (HEUREKA_MINORITY_TAKEOVER) is -1ns: must be at least 0s`},
		{func(c *Config) { c.Tombstones = 0 }, `--tombstones (HEUREKA_TOMBSTONES) is 0s: must be above zero`},
		{func(c *Config) { c.Tombstones = time.Second }, `--tombstones (HEUREKA_TOMBSTONES) is 1s: must be at least --dead-after, which is 10s`},
		{func(c *Config) { c.Heartbeat = 0 }, `--heartbeat (HEUREKA_HEARTBEAT) is 0s: must be at least 1ms`},
		{func(c *Config) { c.Lease = 9 * time.Second }, `--lease (HEUREKA_LEASE) is 9s: must be at least --heartbeat, which is 10s`},
		{func(c *Config) { c.EvictionWindow = 2 * time.Hour }, `--eviction-window (HEUREKA_EVICTION_WINDOW) is 2h0m0s: must be between 1ns and 1h0m0s`},
		{func(c *Config) { c.EvictionShare = 2 }, `--eviction-share (HEUREKA_EVICTION_SHARE) is 2: must be between 0 and 1`},
		{func(c *Config) { c.EvictionShare = math.NaN() }, `--eviction-share (HEUREKA_EVICTION_SHARE) is NaN: must be between 0 and 1`},
		{func(c *Config) { c.HeldMax = -1 }, `--held-max (HEUREKA_HELD_MAX) is -1ns: must be at least 0s`},
		{func(c *Config) { c.BehindMax = -1 }, `--behind-max (HEUREKA_BEHIND_MAX) is -1ns: must be at least 0s`},
		{func(c *Config) { c.SilentClients = 0 }, `--silent-clients (HEUREKA_SILENT_CLIENTS) is 0: must be at least 1`},
		{func(c *Config) { c.SilentMax = -1 }, `--silent-max (HEUREKA_SILENT_MAX) is -1ns: must be at least 0s`},
		{func(c *Config) { c.HoldMax = 0 }, `--hold-max (HEUREKA_HOLD_MAX) is 0s: must be above zero`},
		{func(c *Config) { c.Hello = 0 }, `--hello-timeout (HEUREKA_HELLO_TIMEOUT) is 0s: must be above zero`},
		{func(c *Config) { c.Patience = 0 }, `--patience (HEUREKA_PATIENCE) is 0s: must be above zero`},
		{func(c *Config) { c.DrainSpread = -1 }, `--drain-spread (HEUREKA_DRAIN_SPREAD) is -1ns: must be at least 0s`},
		{func(c *Config) { c.DrainTimeout = 0 }, `--drain-timeout (HEUREKA_DRAIN_TIMEOUT) is 0s: must be at least --drain-spread, which is 10s`},
		{func(c *Config) { c.MaxConnections = 0 }, `--max-connections (HEUREKA_MAX_CONNECTIONS) is 0: must be at least 1`},
		{func(c *Config) { c.MaxRegistrations = 0 }, `--max-registrations (HEUREKA_MAX_REGISTRATIONS) is 0: must be at least 1`},
		{func(c *Config) { c.MaxMessage = 0 }, `--max-message (HEUREKA_MAX_MESSAGE) is 0: must be at least 256`},
		{func(c *Config) { c.MaxFrame = 0 }, `--max-frame (HEUREKA_MAX_FRAME) is 0: must be at least 256`},
		{func(c *Config) { c.MaxMetadata = 0 }, `--max-metadata (HEUREKA_MAX_METADATA) is 0: must be at least 1`},
		{func(c *Config) { c.MaxBatch = 0 }, `--max-batch (HEUREKA_MAX_BATCH) is 0: must be at least 1`},
		{func(c *Config) { c.MaxUnwritten = 0 }, `--max-unwritten (HEUREKA_MAX_UNWRITTEN) is 0: must be at least 1`},
		{func(c *Config) { c.MaxCommands = 0 }, `--max-commands (HEUREKA_MAX_COMMANDS) is 0: must be at least 1`},
		{func(c *Config) { c.MaxIncoming = 0 }, `--max-incoming (HEUREKA_MAX_INCOMING) is 0: must be at least 1`},
		{func(c *Config) { c.MaxWaiting = 0 }, `--max-waiting (HEUREKA_MAX_WAITING) is 0: must be at least 1`},
		{func(c *Config) { c.MaxForwards = 0 }, `--max-forwards (HEUREKA_MAX_FORWARDS) is 0: must be at least 1`},
		{func(c *Config) { c.ReadTimeout = 0 }, `--http-read-timeout (HEUREKA_HTTP_READ_TIMEOUT) is 0s: must be above zero`},
		{func(c *Config) { c.MaxHeader = 0 }, `--http-max-header (HEUREKA_HTTP_MAX_HEADER) is 0: must be at least 1024`},
		{func(c *Config) { c.Eureka1.MaxBody = 0 }, `--eureka1-max-body (HEUREKA_EUREKA1_MAX_BODY) is 0: must be at least 1024`},
	} {
		c := valid
		test.spoil(&c)
		if err := c.Validate(); err == nil || err.Error() != test.want {
			t.Errorf("got  %v\nwant %s", err, test.want)
		}
	}
}

func TestOtherNATSNeedsNothingOfTheEmbedded(t *testing.T) {
	c := DefaultConfig()
	c.Name, c.NATS, c.NATSCredentials = "write-1", "nats://a:4222, tls://b:4222", "file"
	c.Peers, c.NATSListen = []string{"a:1"}, "a:2"
	if err := c.Validate(); err != nil {
		t.Error(err)
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
