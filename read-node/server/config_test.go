package server

import (
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
)

func TestWrongSettingsAreNamed(t *testing.T) {
	valid := DefaultConfig()
	valid.Name = "read-1"
	valid.NATS = []string{"nats://me:secret@a:4222", " tls://b"}
	valid.Origins = []string{"app.example.org", "*.example.org", "https://app.example.org:8443", "localhost:3000", "*"}
	if err := valid.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		spoil func(*Config)
		want  string // all that is said
	}{
		{func(c *Config) { c.Name = "" }, `--name (HEUREKA_NAME) is "": must have printable characters other than space and /`},
		{func(c *Config) { c.Name = "a/b" }, `--name (HEUREKA_NAME) is "a/b": must have printable characters other than space and /`},
		{func(c *Config) { c.Name = "a\tb" }, `--name (HEUREKA_NAME) is "a\tb": must have printable characters other than space and /`},
		{func(c *Config) { c.HTTP = "8761" }, `--http (HEUREKA_HTTP) is "8761": must be host:port`},
		{func(c *Config) { c.Admin = "here:70000" }, `--admin (HEUREKA_ADMIN) is "here:70000": must be host:port`},
		{func(c *Config) { c.NATS = nil }, `--nats (HEUREKA_NATS) is "": must be nats://host:port, or a list of these`},
		{func(c *Config) { c.NATS = []string{"nats://a:1", "foo"} }, `--nats (HEUREKA_NATS) is "foo": must be nats://host:port, or a list of these`},
		{func(c *Config) { c.NATS = []string{"nats://a:1", "http://x:1"} }, `--nats (HEUREKA_NATS) is "http://x:1": must be nats://host:port, or a list of these`},
		{func(c *Config) { c.NATS = []string{"nats://a:1", "embedded"} }, `--nats (HEUREKA_NATS) is "embedded": must be nats://host:port, or a list of these`},
		{func(c *Config) { c.NATS = []string{"nats://a:1", "nats://:4222"} }, `--nats (HEUREKA_NATS) is "nats://:4222": must be nats://host:port, or a list of these`},
		{func(c *Config) { c.NATS = []string{"me:secret@x"} }, `--nats (HEUREKA_NATS) is "xxxxx@x": must be nats://host:port, or a list of these`},
		{func(c *Config) { c.Cluster = "a.b" }, `--cluster (HEUREKA_CLUSTER) is "a.b": must be 1 to 64 letters, digits, - or _`},
		{func(c *Config) { c.Heartbeat = time.Microsecond }, `--heartbeat (HEUREKA_HEARTBEAT) is 1µs: must be at least 1ms`},
		{func(c *Config) { c.Hello = 0 }, `--hello-timeout (HEUREKA_HELLO_TIMEOUT) is 0s: must be above zero`},
		{func(c *Config) { c.Patience = 0 }, `--patience (HEUREKA_PATIENCE) is 0s: must be above zero`},
		{func(c *Config) { c.Close = 0 }, `--close-timeout (HEUREKA_CLOSE_TIMEOUT) is 0s: must be above zero`},
		{func(c *Config) { c.Beacon = 0 }, `--beacon (HEUREKA_BEACON) is 0s: must be above zero`},
		{func(c *Config) { c.HeaderTimeout = 0 }, `--http-header-timeout (HEUREKA_HTTP_HEADER_TIMEOUT) is 0s: must be above zero`},
		{func(c *Config) { c.Pace = -1 }, `--subscribe-pace (HEUREKA_SUBSCRIBE_PACE) is -1ns: must be at least 0s`},
		{func(c *Config) { c.Grace = -1 }, `--grace (HEUREKA_GRACE) is -1ns: must be at least 0s`},
		{func(c *Config) { c.DrainTimeout = 0 }, `--drain-timeout (HEUREKA_DRAIN_TIMEOUT) is 0s: must be at least --drain-spread, which is 10s`},
		{func(c *Config) { c.DeadAfter = c.Beacon }, `--dead-after (HEUREKA_DEAD_AFTER) is 1s: must be at least three times --beacon, which is 1s, or a lost one counts as a death`},
		{func(c *Config) { c.Tombstones = time.Second }, `--tombstones (HEUREKA_TOMBSTONES) is 1s: must be at least --dead-after, which is 10s`},
		{func(c *Config) { c.SendBuffer = 0 }, `--send-buffer (HEUREKA_SEND_BUFFER) is 0: must be at least 4096`},
		{func(c *Config) { c.Writers = -1 }, `--writers (HEUREKA_WRITERS) is -1: must be at least 0`},
		{func(c *Config) { c.MaxPortions = -1 }, `--max-portions (HEUREKA_MAX_PORTIONS) is -1: must be at least 1`},
		{func(c *Config) { c.DrainDelay = -1 }, `--drain-delay (HEUREKA_DRAIN_DELAY) is -1ns: must be at least 0s`},
		{func(c *Config) { c.ShedShare = 1.5 }, `--shed-share (HEUREKA_SHED_SHARE) is 1.5: must be between 0 and 1`},
		{func(c *Config) { c.ShedMost = 0 }, `--shed-most (HEUREKA_SHED_MOST) is 0: must be at least 1`},
		{func(c *Config) { c.ShedTolerance = -0.1 }, `--shed-tolerance (HEUREKA_SHED_TOLERANCE) is -0.1: must be between 0 and 1`},
		{func(c *Config) { c.ShedLeast = 0 }, `--shed-least (HEUREKA_SHED_LEAST) is 0: must be at least 1`},
		{func(c *Config) { c.ShedAge = -1 }, `--shed-age (HEUREKA_SHED_AGE) is -1ns: must be at least 0s`},
		{func(c *Config) { c.RetryAfter = 0 }, `--retry-after (HEUREKA_RETRY_AFTER) is 0s: must be above zero`},
		{func(c *Config) { c.MaxOpening = 0 }, `--max-opening (HEUREKA_MAX_OPENING) is 0: must be at least 1`},
		{func(c *Config) { c.MaxSessions = -1 }, `--max-sessions (HEUREKA_MAX_SESSIONS) is -1: must be at least 1`},
		{func(c *Config) { c.MaxMessage = -1 }, `--max-message (HEUREKA_MAX_MESSAGE) is -1: must be at least 256`},
		{func(c *Config) { c.MaxFrame = -1 }, `--max-frame (HEUREKA_MAX_FRAME) is -1: must be at least 256`},
		{func(c *Config) { c.MaxInterests = -1 }, `--max-interests (HEUREKA_MAX_INTERESTS) is -1: must be at least 1`},
		{func(c *Config) { c.MaxValue = -1 }, `--max-value (HEUREKA_MAX_VALUE) is -1: must be at least 1`},
		{func(c *Config) { c.MaxPattern = -1 }, `--max-pattern (HEUREKA_MAX_PATTERN) is -1: must be at least 1`},
		{func(c *Config) { c.MaxVerdicts = -1 }, `--max-verdicts (HEUREKA_MAX_VERDICTS) is -1: must be at least 1`},
		{func(c *Config) { c.MaxReferences = -1 }, `--max-references (HEUREKA_MAX_REFERENCES) is -1: must be at least 1`},
		{func(c *Config) { c.Departures = -1 }, `--departures (HEUREKA_DEPARTURES) is -1: must be at least 1`},
		{func(c *Config) { c.SharedBytes = -1 }, `--shared-bytes (HEUREKA_SHARED_BYTES) is -1: must be at least 0`},
		{func(c *Config) { c.EncodedBytes = -1 }, `--encoded-bytes (HEUREKA_ENCODED_BYTES) is -1: must be at least 0`},
		{func(c *Config) { c.MaxSurveys = -1 }, `--max-surveys (HEUREKA_MAX_SURVEYS) is -1: must be at least 1`},
		{func(c *Config) { c.MaxQueries = -1 }, `--max-queries (HEUREKA_MAX_QUERIES) is -1: must be at least 1`},
		{func(c *Config) { c.MaxCommands = -1 }, `--max-commands (HEUREKA_MAX_COMMANDS) is -1: must be at least 1`},
		{func(c *Config) { c.MaxIncoming = -1 }, `--max-incoming (HEUREKA_MAX_INCOMING) is -1: must be at least 1`},
		{func(c *Config) { c.MaxWaiting = -1 }, `--max-waiting (HEUREKA_MAX_WAITING) is -1: must be at least 1`},
		{func(c *Config) { c.MaxHeader = -1 }, `--http-max-header (HEUREKA_HTTP_MAX_HEADER) is -1: must be at least 1024`},
		{func(c *Config) { c.Eureka1.MaxReads = 0 }, `--eureka1-max-reads (HEUREKA_EUREKA1_MAX_READS) is 0: must be at least 1`},
		{func(c *Config) { c.Origins = []string{"*.example.org", ""} }, `--origins (HEUREKA_ORIGINS) is "": must be hosts such as app.example.org, *.example.org or https://app.example.org:8443`},
		{func(c *Config) { c.Origins = []string{"*.example.org", "https://"} }, `--origins (HEUREKA_ORIGINS) is "https://": must be hosts such as app.example.org, *.example.org or https://app.example.org:8443`},
		{func(c *Config) { c.Origins = []string{"*.example.org", "a.example.org/path"} }, `--origins (HEUREKA_ORIGINS) is "a.example.org/path": must be hosts such as app.example.org, *.example.org or https://app.example.org:8443`},
		{func(c *Config) { c.Origins = []string{"*.example.org", "[a"} }, `--origins (HEUREKA_ORIGINS) is "[a": must be hosts such as app.example.org, *.example.org or https://app.example.org:8443`},
		{func(c *Config) { c.Origins = []string{"*.example.org", "a b"} }, `--origins (HEUREKA_ORIGINS) is "a b": must be hosts such as app.example.org, *.example.org or https://app.example.org:8443`},
		{func(c *Config) { c.Origins = []string{"*.example.org", "://a"} }, `--origins (HEUREKA_ORIGINS) is "://a": must be hosts such as app.example.org, *.example.org or https://app.example.org:8443`},
	} {
		c := valid
		test.spoil(&c)
		if err := c.Validate(); err == nil || err.Error() != test.want {
			t.Errorf("got  %v\nwant %s", err, test.want)
		}
	}
}

func TestEverySettingHasAVariableOfItsName(t *testing.T) {
	var c Config
	parser, err := kong.New(&c, kong.Vars{"hostname": ""})
	if err != nil {
		t.Fatal(err)
	}
	for _, flag := range parser.Model.Flags {
		want := "HEUREKA_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))
		if flag.Name != "help" && (flag.Help == "" || len(flag.Envs) != 1 || flag.Envs[0] != want) {
			t.Errorf("%s has the help %q and the variables %q, not %s", flag.Name, flag.Help, flag.Envs, want)
		}
	}
}
