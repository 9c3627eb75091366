package server

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"heureka/cluster"
	"heureka/eureka1"
	"heureka/internal/ops"
	"heureka/replication"
	"heureka/write-node/api"
	"heureka/write-node/journal"
	"heureka/write-node/lease"
	"heureka/write-node/owner"
	"heureka/write-node/store"
)

// embedded is what the setting nats is for a node that embeds its server.
const embedded = "embedded"

// Config is how a write node is run. The tags say what each setting means and its
// default, for flags and environment alike.
type Config struct {
	Name      string `help:"Name of the node, the same after each restart; by default the host's." default:"${hostname}" env:"HEUREKA_NAME"`
	HTTP      string `name:"http" help:"Where clients are served, as host:port." default:"127.0.0.1:7001" env:"HEUREKA_HTTP"`
	Advertise string `help:"Address of the service port as others reach it; by default the one listened on." env:"HEUREKA_ADVERTISE"`
	Admin     string `help:"Where metrics and profiles are served, as host:port. Nobody is asked who they are there." default:"127.0.0.1:7101" env:"HEUREKA_ADMIN"`

	NATS            string   `name:"nats" help:"The NATS that carries replication: embedded, for one among the write nodes, or a list of nats://host:port." default:"embedded" env:"HEUREKA_NATS"`
	NATSCredentials string   `name:"nats-credentials" help:"File with NATS user credentials; not for embedded." type:"path" env:"HEUREKA_NATS_CREDENTIALS"`
	NATSListen      string   `name:"nats-listen" help:"Where the embedded NATS serves read nodes, as host:port." default:"127.0.0.1:7201" env:"HEUREKA_NATS_LISTEN"`
	RoutesListen    string   `name:"routes-listen" help:"Where the embedded NATS serves the other write nodes, as host:port." default:"127.0.0.1:7301" env:"HEUREKA_ROUTES_LISTEN"`
	Peers           []string `help:"Where the embedded NATS of the other write nodes serves its peers, as host:port; a name may stand for all of them." env:"HEUREKA_PEERS"`
	Cluster         string   `help:"Name of the cluster; several may share one NATS." default:"heureka" env:"HEUREKA_CLUSTER"`
	ClusterSize     int      `help:"How many write nodes the cluster is meant to have." default:"1" env:"HEUREKA_CLUSTER_SIZE"`

	Data          string        `help:"Folder in which the node keeps its registry over restarts; of no other node. Empty: it keeps nothing and starts from its peers." env:"HEUREKA_DATA"`
	StorePatience time.Duration `help:"Acknowledgements wait at most so long for a batch to be on disk; for their own, and for the one before it." default:"250ms" env:"HEUREKA_STORE_PATIENCE"`
	MaxAside      int           `help:"Files with a registry that couldn't be trusted, kept beside the good one." default:"3" env:"HEUREKA_MAX_ASIDE"`

	JoinTimeout time.Duration `help:"A starting node that doesn't hear half of the others by then goes on alone." default:"10s" env:"HEUREKA_JOIN_TIMEOUT"`
	Beacon      time.Duration `help:"Between two beacons; the same on all nodes." default:"1s" env:"HEUREKA_BEACON"`
	DeadAfter   time.Duration `help:"A node silent for so long is dead; the same on all nodes." default:"10s" env:"HEUREKA_DEAD_AFTER"`
	Minority    time.Duration `name:"minority-takeover" help:"A node that hears less than half of the write nodes takes a dead one's instances over after this time." default:"1h" env:"HEUREKA_MINORITY_TAKEOVER"`
	Tombstones  time.Duration `help:"How long removals are remembered; the same on all nodes." default:"1h" env:"HEUREKA_TOMBSTONES"`

	Heartbeat time.Duration `help:"Asked of clients: say something at least this often. After three of silence their connection is closed." default:"10s" env:"HEUREKA_HEARTBEAT"`
	Lease     time.Duration `help:"How long an instance outlives its client's silence, unless it asks for another time." default:"30s" env:"HEUREKA_LEASE"`

	EvictionWindow time.Duration `help:"Evictions are counted over this time." default:"60s" env:"HEUREKA_EVICTION_WINDOW"`
	EvictionShare  float64       `help:"How much of the most that was held within the last hour may be evicted in one window; one instance may always." default:"0.15" env:"HEUREKA_EVICTION_SHARE"`
	HeldMax        time.Duration `help:"How long taking over may keep an instance whose lease has ended." default:"15m" env:"HEUREKA_HELD_MAX"`
	BehindMax      time.Duration `help:"How long a node that knows itself behind, or hears less than half of its peers, keeps what it took over." default:"1h" env:"HEUREKA_BEHIND_MAX"`
	SilentClients  int           `help:"When so many clients have fallen silent without closing their connection and none is heard, the node takes the fault for its own and evicts none of theirs." default:"10" env:"HEUREKA_SILENT_CLIENTS"`
	SilentMax      time.Duration `help:"For how long it does so; and for how long a node that hears less than half of its peers does, while it hears no client." default:"24h" env:"HEUREKA_SILENT_MAX"`
	HoldMax        time.Duration `help:"The longest time for which an operator may hold evictions." default:"24h" env:"HEUREKA_HOLD_MAX"`

	Hello    time.Duration `name:"hello-timeout" help:"From a client's connection to its hello." default:"10s" env:"HEUREKA_HELLO_TIMEOUT"`
	Patience time.Duration `help:"A client that doesn't take a frame within this time is given up." default:"5m" env:"HEUREKA_PATIENCE"`

	DrainSpread  time.Duration `help:"When stopping, clients are asked to go elsewhere within this time." default:"10s" env:"HEUREKA_DRAIN_SPREAD"`
	DrainTimeout time.Duration `help:"When stopping, clients that are still there after this time are closed." default:"15s" env:"HEUREKA_DRAIN_TIMEOUT"`

	MaxConnections   int `help:"Registration channels open at once." default:"20000" env:"HEUREKA_MAX_CONNECTIONS"`
	MaxRegistrations int `help:"Registrations on one connection." default:"10000" env:"HEUREKA_MAX_REGISTRATIONS"`
	MaxMessage       int `help:"Bytes of one message, or HTTP body, from a client." default:"262144" env:"HEUREKA_MAX_MESSAGE"`
	MaxFrame         int `help:"Bytes of one frame to a client, exceeded by one message at most." default:"65536" env:"HEUREKA_MAX_FRAME"`
	MaxMetadata      int `help:"Bytes of an instance's metadata." default:"32768" env:"HEUREKA_MAX_METADATA"`
	MaxBatch         int `help:"Messages of one connection that are applied together." default:"256" env:"HEUREKA_MAX_BATCH"`
	MaxUnwritten     int `help:"Batches of one connection whose answers haven't left; above, it isn't read." default:"8" env:"HEUREKA_MAX_UNWRITTEN"`
	MaxCommands      int `help:"Batches and requests that wait for the node's loop." default:"4096" env:"HEUREKA_MAX_COMMANDS"`
	MaxIncoming      int `help:"Messages of other nodes that wait for the node's loop." default:"1024" env:"HEUREKA_MAX_INCOMING"`
	MaxWaiting       int `help:"Entries that wait for what is missing before them." default:"100000" env:"HEUREKA_MAX_WAITING"`
	MaxForwards      int `help:"Renewals that wait for the acknowledgement of the nodes that own the instances." default:"100000" env:"HEUREKA_MAX_FORWARDS"`

	HeaderTimeout time.Duration `name:"http-header-timeout" help:"For the headers of a request." default:"10s" env:"HEUREKA_HTTP_HEADER_TIMEOUT"`
	ReadTimeout   time.Duration `name:"http-read-timeout" help:"For a whole request." default:"30s" env:"HEUREKA_HTTP_READ_TIMEOUT"`
	WriteTimeout  time.Duration `name:"http-write-timeout" help:"For a whole answer." default:"2m" env:"HEUREKA_HTTP_WRITE_TIMEOUT"`
	IdleTimeout   time.Duration `name:"http-idle-timeout" help:"Between two requests." default:"2m" env:"HEUREKA_HTTP_IDLE_TIMEOUT"`
	MaxHeader     int           `name:"http-max-header" help:"Bytes of a request's headers." default:"32768" env:"HEUREKA_HTTP_MAX_HEADER"`

	Eureka1 eureka1.Config `embed:""`
}

// DefaultConfig returns the defaults that the tags give, without a name.
func DefaultConfig() Config {
	var defaults Config
	ops.SetDefaults(&defaults)
	return defaults
}

// standstill is by how much the loop is late at least when the node counts as having
// stood still: by less it is only busy.
const standstill = time.Second

// shortest is the shortest time between two heartbeats that makes any sense.
const shortest = time.Millisecond

// Validate reports the first setting that can't be worked with, by its flag.
func (c Config) Validate() error {
	err := cmp.Or(
		ops.NodeName("name", c.Name),
		ops.HostPort("http", c.HTTP),
		ops.HostPort("admin", c.Admin),
		c.validateNATS(),
		ops.ClusterName("cluster", c.Cluster),
		c.validateTimes(),
		c.validateLimits(),
		c.web().Settings(),
		c.Eureka1.Validate(),
	)
	if err != nil {
		return err
	}
	// What follows from the settings above, and what has none.
	return errors.Join(c.owner().Validate(), c.api().Validate(), c.web().Validate(), c.replica().Validate(), c.link().Validate(), c.journal().Validate())
}

// validateNATS leaves alone what is for the embedded NATS if there is another:
// its settings have defaults.
func (c Config) validateNATS() error {
	if c.NATS != embedded {
		return ops.NATSServers("nats", c.servers(), "embedded, ")
	}
	if c.NATSCredentials != "" {
		return ops.Wrong("nats-credentials", c.NATSCredentials, "be left out with embedded NATS, which asks for none")
	}
	errs := []error{ops.HostPort("nats-listen", c.NATSListen), ops.HostPort("routes-listen", c.RoutesListen)}
	for _, peer := range c.Peers {
		errs = append(errs, ops.HostPort("peers", peer))
	}
	return cmp.Or(errs...)
}

func (c Config) validateTimes() error {
	return cmp.Or(
		ops.AtLeast("store-patience", c.StorePatience, 0),
		ops.Positive("join-timeout", c.JoinTimeout),
		ops.Heard(c.Beacon, c.DeadAfter, c.Tombstones),
		ops.AtLeast("minority-takeover", c.Minority, 0),
		ops.AtLeast("heartbeat", c.Heartbeat, shortest),
		ops.AtLeastThatOf("lease", c.Lease, "heartbeat", c.Heartbeat),
		ops.Between("eviction-window", c.EvictionWindow, 1, lease.DefaultConfig().History),
		ops.Between("eviction-share", c.EvictionShare, 0, 1),
		ops.AtLeast("held-max", c.HeldMax, 0),
		ops.AtLeast("behind-max", c.BehindMax, 0),
		ops.AtLeast("silent-max", c.SilentMax, 0),
		ops.Positive("hold-max", c.HoldMax),
		ops.Positive("hello-timeout", c.Hello),
		ops.Positive("patience", c.Patience),
		ops.Drain(c.DrainSpread, c.DrainTimeout),
	)
}

func (c Config) validateLimits() error {
	return cmp.Or(
		ops.AtLeast("cluster-size", c.ClusterSize, 1),
		ops.AtLeast("silent-clients", c.SilentClients, 1),
		ops.AtLeast("max-aside", c.MaxAside, 0),
		ops.AtLeast("max-connections", c.MaxConnections, 1),
		ops.AtLeast("max-registrations", c.MaxRegistrations, 1),
		ops.AtLeast("max-message", c.MaxMessage, 256),
		ops.AtLeast("max-frame", c.MaxFrame, 256),
		ops.AtLeast("max-metadata", c.MaxMetadata, 1),
		ops.AtLeast("max-batch", c.MaxBatch, 1),
		ops.AtLeast("max-unwritten", c.MaxUnwritten, 1),
		ops.AtLeast("max-commands", c.MaxCommands, 1),
		ops.AtLeast("max-incoming", c.MaxIncoming, 1),
		ops.AtLeast("max-waiting", c.MaxWaiting, 1),
		ops.AtLeast("max-forwards", c.MaxForwards, 1),
	)
}

// alone reports whether the node can't reach the peers that it is meant to have,
// unless they are told of it. A port of the system's choosing says that they are.
func (c Config) alone() bool {
	return c.ClusterSize > 1 && c.NATS == embedded && len(c.Peers) == 0 && !strings.HasSuffix(c.RoutesListen, ":0")
}

// servers returns the NATS servers to connect to; none: embed one.
func (c Config) servers() []string {
	if c.NATS == embedded || c.NATS == "" {
		return nil
	}
	servers := strings.Split(c.NATS, ",")
	for i := range servers {
		servers[i] = strings.TrimSpace(servers[i])
	}
	return servers
}

func (c Config) owner() owner.Config {
	out := owner.DefaultConfig()
	out.Lease, out.BehindMax, out.Registrations, out.Limits.Metadata = c.Lease, c.BehindMax, c.MaxRegistrations, c.MaxMetadata
	out.HoldMax = c.HoldMax
	out.Silence = max(c.api().Silence(), standstill)
	out.Forwards = c.MaxForwards
	out.Eviction = lease.DefaultConfig()
	out.Eviction.Window, out.Eviction.Share, out.Eviction.HeldMax = c.EvictionWindow, c.EvictionShare, c.HeldMax
	out.Eviction.Silent, out.Eviction.SilentMax = c.SilentClients, c.SilentMax
	return out
}

func (c Config) api() api.Config {
	out := api.DefaultConfig()
	out.Node, out.Heartbeat, out.Lease = c.Name, c.Heartbeat, c.Lease
	out.Hello, out.WriteTimeout = c.Hello, c.Patience
	out.Connections, out.MaxMessage, out.MaxFrame = c.MaxConnections, c.MaxMessage, c.MaxFrame
	out.Batch, out.Batches = c.MaxBatch, c.MaxUnwritten
	return out
}

func (c Config) web() ops.HTTPConfig {
	out := ops.DefaultHTTPConfig()
	out.ReadHeaderTimeout, out.ReadTimeout = c.HeaderTimeout, c.ReadTimeout
	out.WriteTimeout, out.IdleTimeout, out.MaxHeaderBytes = c.WriteTimeout, c.IdleTimeout, c.MaxHeader
	return out
}

func (c Config) replica() cluster.Config {
	out := cluster.DefaultConfig()
	out.Size, out.JoinTimeout, out.Beacon, out.DeadAfter = c.ClusterSize, c.JoinTimeout, c.Beacon, c.DeadAfter
	out.MinorityTakeOver, out.Tombstones, out.MaxWaiting = c.Minority, c.Tombstones, c.MaxWaiting
	out.View.Quiet = true // but for Eureka 1 clients nobody is told of changes
	return out
}

func (c Config) store() store.Config {
	return store.Config{Folder: c.Data, Cluster: c.Cluster, Node: c.Name, Aside: c.MaxAside, Departure: c.replica().Departure}
}

func (c Config) journal() journal.Config {
	out := journal.DefaultConfig()
	out.Patience = c.StorePatience
	return out
}

func (c Config) link() replication.Config {
	out := replication.DefaultConfig()
	out.Cluster, out.URLs, out.Credentials = c.Cluster, c.servers(), c.NATSCredentials
	out.Listen, out.Routes, out.Peers, out.Incoming = c.NATSListen, c.RoutesListen, c.Peers, c.MaxIncoming
	return out
}
