package bridge

import (
	"cmp"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"heureka/bridge/sides"
	"heureka/internal/ops"
)

// Config is how a bridge runs. The tags are those of its settings.
type Config struct {
	From     []string `help:"Service URLs of the old cluster's Eureka servers, such as http://old-1:8761/eureka; with --both-ways, of all of them." required:"" placeholder:"URL" env:"HEUREKA_FROM"`
	To       []string `help:"Read nodes of Heureka, or a balancer before them, as URLs; not told --no-eureka1." required:"" placeholder:"URL" env:"HEUREKA_TO"`
	BothWays bool     `name:"both-ways" help:"Tell the old cluster of what is registered in Heureka." env:"HEUREKA_BOTH_WAYS"`
	Cluster  string   `help:"Name of this Heureka. It marks in the old cluster what comes from here, so it is the same for all bridges of one Heureka, and another for each other Heureka." default:"heureka" env:"HEUREKA_CLUSTER"`

	HTTP  string `name:"http" help:"Where batches of the old cluster's servers are taken, if they are told of the bridge as of a peer, as host:port." default:"127.0.0.1:8763" env:"HEUREKA_HTTP"`
	Admin string `help:"Where metrics and profiles are served, as host:port. Nobody is asked who they are there." default:"127.0.0.1:8863" env:"HEUREKA_ADMIN"`

	Poll    time.Duration `help:"How often the old cluster is asked for what has changed." default:"2s" env:"HEUREKA_POLL"`
	Full    time.Duration `help:"How often it is asked for everything." default:"5m" env:"HEUREKA_FULL"`
	Recheck time.Duration `help:"How soon at least it is asked for everything once more, if its changes don't add up." default:"15s" env:"HEUREKA_RECHECK"`
	Timeout time.Duration `help:"For one request to either side." default:"5s" env:"HEUREKA_TIMEOUT"`
	Backoff time.Duration `help:"Longest pause between attempts after failures in a row." default:"15s" env:"HEUREKA_BACKOFF"`

	Keep     time.Duration `help:"Shortest lease of what the bridge registers: how long that stays if every bridge has died." default:"10m" env:"HEUREKA_KEEP"`
	Renew    time.Duration `help:"How often the old cluster's servers are told at least that an instance lives." default:"30s" env:"HEUREKA_RENEW"`
	Settle   time.Duration `help:"How long the pages of the old cluster may be behind what is known otherwise. Its servers keep them for 30 s." default:"1m" env:"HEUREKA_SETTLE"`
	Absent   time.Duration `help:"How long an instance must be missing, nobody having said that it was taken out, before it counts as gone." default:"3m" env:"HEUREKA_ABSENT"`
	Patience time.Duration `help:"The same if more is missing than --share; also, how long a side that can't be reached is taken to be as it was." default:"30m" env:"HEUREKA_PATIENCE"`
	Share    float64       `help:"Share of all instances that may be missing at once." default:"0.15" env:"HEUREKA_SHARE"`

	MaxInstances int   `name:"max-instances" help:"Instances of both sides together. Others are left out, and counted." default:"100000" env:"HEUREKA_MAX_INSTANCES"`
	MaxPage      int64 `name:"max-page" help:"Bytes of one answer of either side, unpacked." default:"268435456" env:"HEUREKA_MAX_PAGE"`
	MaxBatch     int64 `name:"max-batch" help:"Bytes of one batch from a server of the old cluster, unpacked." default:"4194304" env:"HEUREKA_MAX_BATCH"`
	MaxBatches   int   `name:"max-batches" help:"Batches that are read at once." default:"16" env:"HEUREKA_MAX_BATCHES"`
	BatchItems   int   `name:"batch-items" help:"Instances that one batch of the bridge's own tells of." default:"250" env:"HEUREKA_BATCH_ITEMS"`
}

// DefaultConfig returns the defaults, without the two clusters.
func DefaultConfig() Config {
	var defaults Config
	ops.SetDefaults(&defaults)
	return defaults
}

// Validate reports the first setting that can't be worked with, by its flag.
func (c Config) Validate() error {
	return cmp.Or(
		urls("from", c.From, true),
		urls("to", c.To, false),
		apart(c.From, c.To),
		ops.ClusterName("cluster", c.Cluster),
		ops.HostPort("http", c.HTTP),
		ops.HostPort("admin", c.Admin),
		ops.Positive("poll", c.Poll),
		ops.AtLeastThatOf("full", c.Full, "poll", c.Poll),
		ops.Positive("recheck", c.Recheck),
		ops.Positive("timeout", c.Timeout),
		ops.Positive("backoff", c.Backoff),
		ops.AtLeast("keep", c.Keep, time.Second),
		ops.Between("renew", c.Renew, time.Millisecond, c.Keep/3),
		ops.Positive("settle", c.Settle),
		ops.Positive("absent", c.Absent),
		ops.AtLeastThatOf("patience", c.Patience, "absent", c.Absent),
		ops.Between("share", c.Share, 0, 1),
		ops.AtLeast("max-instances", c.MaxInstances, 1),
		ops.AtLeast("max-page", c.MaxPage, 1024),
		ops.AtLeast("max-batch", c.MaxBatch, 1024),
		ops.AtLeast("max-batches", c.MaxBatches, 1),
		ops.Between("batch-items", c.BatchItems, 2, 1000),
	)
}

// urls wants at least one URL of a server, and where none is meant, no path.
func urls(flag string, list []string, path bool) error {
	if len(list) == 0 {
		return ops.Wrong(flag, "", "name a server")
	}
	for _, text := range list {
		u, err := url.Parse(text)
		switch {
		case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "", u.RawQuery != "", u.Fragment != "":
			return ops.Wrong(flag, hidden(text), "be URLs such as http://host:8761")
		case !path && strings.Trim(u.Path, "/") != "":
			return ops.Wrong(flag, hidden(text), "be URLs without a path")
		}
	}
	return nil
}

// apart wants two clusters: a bridge from Heureka to itself would mark what is registered
// there as another's. What is no URL is said elsewhere.
func apart(from, to []string) error {
	for _, text := range to {
		node, err := url.Parse(text)
		if err != nil {
			continue
		}
		for _, f := range from {
			if server, err := url.Parse(f); err == nil && isHeurekas(server.Path) && hostPort(server) == hostPort(node) {
				return ops.Wrong("to", hidden(text), "be no server of --from")
			}
		}
	}
	return nil
}

// isHeurekas reports whether a node of Heureka answers at the path as a Eureka server. A
// proxy may have the old cluster at another one, and Heureka at the same host.
func isHeurekas(path string) bool {
	return slices.Contains([]string{"eureka", "eureka/v1", "eureka/v2", "v2"}, strings.Trim(path, "/"))
}

// hostPort returns where a URL leads, in one way of writing: clients' default is a server
// at localhost, and heureka dev listens at 127.0.0.1.
func hostPort(u *url.URL) string {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(host, port)
}

// hidden returns a URL without its password, for people.
func hidden(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "something that is no URL"
	}
	return u.Redacted()
}

// sides returns what decides what is told.
func (c Config) sides() sides.Config {
	s := sides.DefaultConfig()
	s.Name, s.BothWays, s.Keep, s.Renew = c.Cluster, c.BothWays, c.Keep, c.Renew
	s.Settle, s.Absent, s.Patience, s.Share, s.MaxInstances = c.Settle, c.Absent, c.Patience, c.Share, c.MaxInstances
	return s
}
