package main

import (
	"errors"
	"fmt"
	"time"

	"heureka/internal/dev"
	"heureka/internal/raw"
	"heureka/wire"
)

// config is what the load is.
type config struct {
	Write []string `help:"Write nodes of the cluster to load, as host:port." placeholder:"ADDRESS" env:"HEUREKA_WRITE"`
	Read  []string `help:"Read nodes of the cluster to load, as host:port." placeholder:"ADDRESS" env:"HEUREKA_READ"`
	Dev   bool     `help:"Run a cluster in this process. So without --write and --read."`

	WriteNodes int `help:"Write nodes of that cluster." default:"3"`
	ReadNodes  int `help:"Read nodes of that cluster." default:"2"`

	Services    int           `help:"Instances to register." default:"1000"`
	Apps        int           `help:"Applications that they belong to." default:"100"`
	Subscribers int           `help:"Subscribers, each of one application." default:"100"`
	Rate        int           `help:"Changes a second, all services together." default:"200"`
	Duration    time.Duration `help:"How long the changes go on." default:"10s"`
	Size        int           `help:"Bytes of metadata that each instance carries." default:"300"`
	Connections int           `help:"Connections that the services share." default:"8"`
	Settle      time.Duration `help:"How long views may take to come level." default:"30s"`
	Format      string        `help:"Form of the messages: proto where a node speaks it, or json." enum:"proto,json" default:"proto"`
	JSON        bool          `name:"json" help:"The report as one JSON object."`
}

// The ceilings of a test, beyond which its driver and not the cluster would be
// measured, or the driver's memory would be at stake.
const (
	maxServices    = 1_000_000
	maxSubscribers = 50_000
	maxRate        = 1_000_000
	maxDuration    = 24 * time.Hour
	maxSize        = 16 << 10
	maxConnections = 1_000
	maxHeld        = 20_000_000 // instances held by all subscribers together
)

// dialer opens the connections.
func (c config) dialer() raw.Dialer {
	if c.Format == "json" {
		return raw.Dialer{}
	}
	return raw.Dialer{Formats: []wire.Format{wire.FormatProto, wire.FormatJSON}}
}

// validate reports the first thing that makes no sense.
func (c config) validate() error {
	for _, n := range []struct {
		flag            string
		value, min, max int
	}{
		{"write-nodes", c.WriteNodes, 1, dev.MaxNodes},
		{"read-nodes", c.ReadNodes, 1, dev.MaxNodes},
		{"services", c.Services, 1, maxServices},
		{"apps", c.Apps, 1, c.Services},
		{"subscribers", c.Subscribers, 1, maxSubscribers},
		{"rate", c.Rate, 0, maxRate},
		{"size", c.Size, 0, maxSize},
		{"connections", c.Connections, 1, min(c.Services, maxConnections)},
	} {
		if n.value < n.min || n.value > n.max {
			return fmt.Errorf("--%s is %d; %d to %d are possible", n.flag, n.value, n.min, n.max)
		}
	}
	if c.Duration < 0 || c.Duration > maxDuration {
		return fmt.Errorf("--duration is %v; up to %v is possible", c.Duration, maxDuration)
	}
	if c.Settle <= 0 || c.Settle > maxDuration {
		return fmt.Errorf("--settle is %v; up to %v is possible", c.Settle, maxDuration)
	}
	if held := c.Subscribers * (c.Services/c.Apps + 1); held > maxHeld {
		return fmt.Errorf("subscribers would hold %d instances together, %d are possible: more --apps or fewer --subscribers",
			held, maxHeld)
	}
	switch named := len(c.Write) + len(c.Read); {
	case named > 0 && c.Dev:
		return errors.New("--dev runs a cluster of its own: leave out --write and --read")
	case named > 0 && (len(c.Write) == 0 || len(c.Read) == 0):
		return errors.New("--write and --read are needed together")
	}
	return nil
}
