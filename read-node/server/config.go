package server

import (
	"cmp"
	"errors"
	"time"

	"heureka/cluster"
	"heureka/eureka1"
	"heureka/interest"
	"heureka/internal/ops"
	"heureka/read-node/fanout"
	"heureka/read-node/level"
	"heureka/read-node/resume"
	"heureka/read-node/session"
	"heureka/replication"
	"heureka/wire"
)

// Config is how a read node is run. The tags say what each setting means and its
// default, for flags and environment alike.
type Config struct {
	Name      string `help:"Name of the node, the same after each restart; by default the host's." default:"${hostname}" env:"HEUREKA_NAME"`
	HTTP      string `name:"http" help:"Where subscribers and queries are served, as host:port." default:"127.0.0.1:8761" env:"HEUREKA_HTTP"`
	Advertise string `help:"Address of the service port as others reach it; by default the one listened on." env:"HEUREKA_ADVERTISE"`
	Admin     string `help:"Where metrics and profiles are served, as host:port. Nobody is asked who they are there." default:"127.0.0.1:8861" env:"HEUREKA_ADMIN"`

	NATS            []string `name:"nats" help:"NATS servers, as nats://host:port: those of the write nodes, or what these use." default:"nats://127.0.0.1:7201,nats://127.0.0.1:7202,nats://127.0.0.1:7203" env:"HEUREKA_NATS"`
	NATSCredentials string   `name:"nats-credentials" help:"File with NATS user credentials." type:"path" env:"HEUREKA_NATS_CREDENTIALS"`
	Cluster         string   `help:"Name of the cluster; several may share one NATS." default:"heureka" env:"HEUREKA_CLUSTER"`

	Heartbeat time.Duration `help:"Between two heartbeats to a subscriber. A node that did nothing for three stood still." default:"10s" env:"HEUREKA_HEARTBEAT"`
	Hello     time.Duration `name:"hello-timeout" help:"From a subscriber's connection to its hello." default:"10s" env:"HEUREKA_HELLO_TIMEOUT"`
	Patience  time.Duration `help:"A subscriber that has taken no byte for so long is given up." default:"5m" env:"HEUREKA_PATIENCE"`
	Close     time.Duration `name:"close-timeout" help:"For the last words to a subscriber." default:"5s" env:"HEUREKA_CLOSE_TIMEOUT"`
	Pace      time.Duration `name:"subscribe-pace" help:"Shortest time between two changes of interest on one connection; who is faster is read more slowly." default:"20ms" env:"HEUREKA_SUBSCRIBE_PACE"`

	ResumeWait time.Duration `help:"How long a subscriber with a token waits for this node to come as far as the one it comes from; longer than grace." default:"4s" env:"HEUREKA_RESUME_WAIT"`

	MaxMissed int `help:"Changes that a subscriber with a token may have missed; who missed more gets everything anew." default:"25000" env:"HEUREKA_MAX_MISSED"`

	DrainDelay   time.Duration `help:"When stopping, for how long subscribers are still taken, while balancers find out that the node isn't ready." default:"3s" env:"HEUREKA_DRAIN_DELAY"`
	DrainSpread  time.Duration `help:"After that, subscribers are asked to go elsewhere within this time." default:"10s" env:"HEUREKA_DRAIN_SPREAD"`
	DrainTimeout time.Duration `help:"After that delay, subscribers that are still there after this time are closed." default:"15s" env:"HEUREKA_DRAIN_TIMEOUT"`

	ShedShare     float64       `help:"Share of its subscribers that a node with more than the average of all read nodes asks to go elsewhere, per second; 0: none." default:"0.01" env:"HEUREKA_SHED_SHARE"`
	ShedMost      int           `help:"Subscribers that it asks per second at most." default:"25" env:"HEUREKA_SHED_MOST"`
	ShedTolerance float64       `help:"Share of the average by which a node may differ from it." default:"0.1" env:"HEUREKA_SHED_TOLERANCE"`
	ShedLeast     int           `help:"Subscribers by which it may differ in any case." default:"10" env:"HEUREKA_SHED_LEAST"`
	ShedAge       time.Duration `help:"Subscribers that came within this time aren't asked." default:"2m" env:"HEUREKA_SHED_AGE"`

	SendBuffer  int `help:"Bytes that the kernel is asked to keep for a subscriber that doesn't read; Linux keeps twice as many, and at most net.core.wmem_max." default:"65536" env:"HEUREKA_SEND_BUFFER"`
	Writers     int `help:"Goroutines that write frames to subscribers; 0 is one for each processor." default:"0" env:"HEUREKA_WRITERS"`
	MaxPortions int `help:"Portions of up to 64 frames that are with the writers at once; what is beyond, the node's loop writes itself." default:"256" env:"HEUREKA_MAX_PORTIONS"`

	MaxSessions   int `help:"Subscribers connected at once." default:"20000" env:"HEUREKA_MAX_SESSIONS"`
	MaxOpening    int `help:"Of those, who haven't been told everything yet; each counts for --hello-timeout at most." default:"4000" env:"HEUREKA_MAX_OPENING"`
	MaxMessage    int `help:"Bytes of one message from a subscriber." default:"262144" env:"HEUREKA_MAX_MESSAGE"`
	MaxFrame      int `help:"Bytes of one frame to a subscriber: all that is held for one that doesn't read." default:"65536" env:"HEUREKA_MAX_FRAME"`
	MaxInterests  int `help:"Interests of one subscription." default:"1000" env:"HEUREKA_MAX_INTERESTS"`
	MaxValue      int `help:"Bytes of one interest's value or pattern." default:"512" env:"HEUREKA_MAX_VALUE"`
	MaxPattern    int `help:"Bytes of one compiled pattern, estimated." default:"65536" env:"HEUREKA_MAX_PATTERN"`
	MaxVerdicts   int `help:"Bytes of what is remembered of which values match which patterns." default:"67108864" env:"HEUREKA_MAX_VERDICTS"`
	MaxReferences int `help:"Places in all groups' logs together; groups that don't fit walk the node's one log." default:"4000000" env:"HEUREKA_MAX_REFERENCES"`
	Departures    int `help:"Departures that a log remembers at least." default:"256" env:"HEUREKA_DEPARTURES"`
	MaxPatterns   int `help:"Distinct patterns of all subscribers together; a group that brings more is refused." default:"20000" env:"HEUREKA_MAX_PATTERNS"`
	SharedBytes   int `help:"Bytes of frames kept to be shared by subscribers." default:"8388608" env:"HEUREKA_SHARED_BYTES"`
	EncodedBytes  int `help:"Bytes of instances kept as JSON, for subscribers that take it; what doesn't fit is encoded again when needed." default:"16777216" env:"HEUREKA_ENCODED_BYTES"`
	MaxSurveys    int `help:"Subscriptions whose patterns are matched against the view at the same time." default:"16" env:"HEUREKA_MAX_SURVEYS"`
	MaxQueries    int `help:"Plain HTTP queries answered at the same time." default:"64" env:"HEUREKA_MAX_QUERIES"`
	MaxCommands   int `help:"Words of sessions and queries that wait for the node's loop." default:"4096" env:"HEUREKA_MAX_COMMANDS"`
	MaxIncoming   int `help:"Messages of other nodes that wait for the node's loop." default:"1024" env:"HEUREKA_MAX_INCOMING"`
	MaxWaiting    int `help:"Entries that wait for what is missing before them." default:"100000" env:"HEUREKA_MAX_WAITING"`

	RetryAfter time.Duration `help:"Who finds the node full is told to come back after a time of its own, up to this." default:"2s" env:"HEUREKA_RETRY_AFTER"`

	Origins []string `help:"Hosts whose web pages may subscribe from a browser, beside this node's own." env:"HEUREKA_ORIGINS"`

	HeaderTimeout time.Duration `name:"http-header-timeout" help:"For the headers of a request." default:"10s" env:"HEUREKA_HTTP_HEADER_TIMEOUT"`
	ReadTimeout   time.Duration `name:"http-read-timeout" help:"For a whole request." default:"30s" env:"HEUREKA_HTTP_READ_TIMEOUT"`
	WriteTimeout  time.Duration `name:"http-write-timeout" help:"For a whole answer." default:"2m" env:"HEUREKA_HTTP_WRITE_TIMEOUT"`
	IdleTimeout   time.Duration `name:"http-idle-timeout" help:"Between two requests." default:"2m" env:"HEUREKA_HTTP_IDLE_TIMEOUT"`
	MaxHeader     int           `name:"http-max-header" help:"Bytes of a request's headers." default:"32768" env:"HEUREKA_HTTP_MAX_HEADER"`

	Beacon     time.Duration `help:"Between two beacons; the same on all nodes." default:"1s" env:"HEUREKA_BEACON"`
	DeadAfter  time.Duration `help:"A node silent for so long is dead; the same on all nodes." default:"10s" env:"HEUREKA_DEAD_AFTER"`
	Tombstones time.Duration `help:"How long removals are remembered; the same on all nodes." default:"1h" env:"HEUREKA_TOMBSTONES"`
	Grace      time.Duration `help:"How long the eviction of a taken-over instance stays hidden, for its owner to come back." default:"3s" env:"HEUREKA_GRACE"`

	Eureka1 eureka1.Config `embed:""`
}

// DefaultConfig returns the defaults that the tags give, without a name.
func DefaultConfig() Config {
	var defaults Config
	ops.SetDefaults(&defaults)
	return defaults
}

// shortest is the shortest time between two heartbeats that makes any sense.
const shortest = time.Millisecond

// Validate reports the first setting that can't be worked with, by its flag.
func (c Config) Validate() error {
	err := cmp.Or(
		ops.NodeName("name", c.Name),
		ops.HostPort("http", c.HTTP),
		ops.HostPort("admin", c.Admin),
		ops.NATSServers("nats", c.NATS, ""),
		ops.ClusterName("cluster", c.Cluster),
		c.validateTimes(),
		c.validateLimits(),
		ops.Origins("origins", c.Origins),
		c.web().Settings(),
		c.Eureka1.Validate(),
	)
	if err != nil {
		return err
	}
	// What follows from the settings above, and what has none.
	return errors.Join(c.fanout().Validate(), c.level().Validate(), c.session().Validate(), c.web().Validate(),
		c.replica().Validate(), c.link().Validate())
}

func (c Config) validateTimes() error {
	return cmp.Or(
		ops.AtLeast("heartbeat", c.Heartbeat, shortest),
		ops.Positive("hello-timeout", c.Hello),
		ops.Positive("patience", c.Patience),
		ops.Positive("close-timeout", c.Close),
		ops.AtLeast("subscribe-pace", c.Pace, 0),
		ops.AtLeast("grace", c.Grace, 0),
		ops.AtLeast("resume-wait", c.ResumeWait, 0),
		ops.AtLeast("drain-delay", c.DrainDelay, 0),
		ops.Drain(c.DrainSpread, c.DrainTimeout),
		ops.AtLeast("shed-age", c.ShedAge, 0),
		ops.Positive("retry-after", c.RetryAfter),
		ops.Heard(c.Beacon, c.DeadAfter, c.Tombstones),
	)
}

func (c Config) validateLimits() error {
	return cmp.Or(
		ops.AtLeast("send-buffer", c.SendBuffer, 4096),
		ops.AtLeast("writers", c.Writers, 0),
		ops.AtLeast("max-portions", c.MaxPortions, 1),
		ops.Between("shed-share", c.ShedShare, 0, 1),
		ops.AtLeast("shed-most", c.ShedMost, 1),
		ops.Between("shed-tolerance", c.ShedTolerance, 0, 1),
		ops.AtLeast("shed-least", c.ShedLeast, 1),
		ops.AtLeast("max-sessions", c.MaxSessions, 1),
		ops.AtLeast("max-opening", c.MaxOpening, 1),
		ops.AtLeast("max-message", c.MaxMessage, 256),
		ops.AtLeast("max-frame", c.MaxFrame, 256),
		ops.AtLeast("max-interests", c.MaxInterests, 1),
		ops.AtLeast("max-value", c.MaxValue, 1),
		ops.AtLeast("max-pattern", c.MaxPattern, 1),
		ops.AtLeast("max-verdicts", c.MaxVerdicts, 1),
		ops.AtLeast("max-references", c.MaxReferences, 1),
		ops.AtLeast("max-patterns", c.MaxPatterns, 0),
		ops.AtLeast("max-missed", c.MaxMissed, 0),
		ops.AtLeast("departures", c.Departures, 1),
		ops.AtLeast("shared-bytes", c.SharedBytes, 0),
		ops.AtLeast("encoded-bytes", c.EncodedBytes, 0),
		ops.AtLeast("max-surveys", c.MaxSurveys, 1),
		ops.AtLeast("max-queries", c.MaxQueries, 1),
		ops.AtLeast("max-commands", c.MaxCommands, 1),
		ops.AtLeast("max-incoming", c.MaxIncoming, 1),
		ops.AtLeast("max-waiting", c.MaxWaiting, 1),
	)
}

func (c Config) interests() interest.Limits {
	return interest.Limits{Interests: c.MaxInterests, Value: c.MaxValue, Pattern: c.MaxPattern, Verdicts: c.MaxVerdicts}
}

func (c Config) fanout() fanout.Config {
	return fanout.Config{
		MaxFrame: c.MaxFrame, Departures: c.Departures, References: c.MaxReferences, Patterns: c.MaxPatterns,
		SharedBytes: c.SharedBytes, EncodedBytes: c.EncodedBytes, MaxPace: c.Heartbeat / 2,
		Headroom: wire.FrameHeadroom, Seal: wire.SealFrame,
	}
}

func (c Config) resume() resume.Config {
	return resume.Config{Cluster: c.Cluster, Wait: c.ResumeWait, MaxMissed: c.MaxMissed}
}

func (c Config) limits() limits {
	return limits{sessions: c.MaxSessions, opening: c.MaxOpening, openFor: c.Hello}
}

func (c Config) level() level.Config {
	out := level.DefaultConfig()
	out.Share, out.Most, out.Tolerance, out.Least = c.ShedShare, c.ShedMost, c.ShedTolerance, c.ShedLeast
	out.Calm = calmFor * c.Beacon
	return out
}

func (c Config) session() session.Config {
	return session.Config{
		Node: c.Name, Heartbeat: c.Heartbeat, HelloTimeout: c.Hello, Patience: c.Patience, CloseTimeout: c.Close,
		Pace: c.Pace, SendBuffer: c.SendBuffer, MaxMessage: c.MaxMessage, Interests: c.interests(), Origins: c.Origins,
	}
}

func (c Config) web() ops.HTTPConfig {
	out := ops.DefaultHTTPConfig()
	out.ReadHeaderTimeout, out.ReadTimeout = c.HeaderTimeout, c.ReadTimeout
	out.WriteTimeout, out.IdleTimeout, out.MaxHeaderBytes = c.WriteTimeout, c.IdleTimeout, c.MaxHeader
	return out
}

func (c Config) replica() cluster.Config {
	out := cluster.DefaultConfig()
	out.Beacon, out.DeadAfter, out.Tombstones = c.Beacon, c.DeadAfter, c.Tombstones
	out.View.Grace, out.MaxWaiting = c.Grace, c.MaxWaiting
	return out
}

func (c Config) link() replication.Config {
	out := replication.DefaultConfig()
	out.Cluster, out.URLs, out.Credentials, out.Incoming = c.Cluster, c.NATS, c.NATSCredentials, c.MaxIncoming
	out.Listen, out.Routes, out.Peers = "", "", nil
	return out
}
