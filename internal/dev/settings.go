package dev

import (
	"log/slog"
	"path/filepath"
	"time"

	read "heureka/read-node/server"
	write "heureka/write-node/server"
)

// Settings is what the nodes of a cluster have in common.
type Settings struct {
	// Write and Read, if set, change the settings of each node before it is made.
	Write func(*write.Config)
	Read  func(*read.Config)
	// Data is the folder in which the write nodes keep their registries, each in one
	// of its own name; empty: they keep nothing.
	Data string
	Log  *slog.Logger
}

// drain is how long a node sees its clients out: people wait for a cluster on
// their own machine to stop.
const drain = time.Second

// write returns the settings of a write node, one of so many, whose peers are at
// those addresses.
func (s Settings) write(node Node, size int, peers []string) write.Config {
	c := write.DefaultConfig()
	c.Name, c.HTTP, c.Admin, c.NATSListen, c.RoutesListen = node.Name, node.HTTP, node.Admin, node.NATS, node.Routes
	c.ClusterSize, c.Peers = size, peers
	if s.Data != "" {
		c.Data = filepath.Join(s.Data, node.Name)
	}
	c.DrainSpread, c.DrainTimeout = drain/2, drain
	if s.Write != nil {
		s.Write(&c)
	}
	return c
}

// read returns the settings of a read node that reaches NATS at those addresses.
func (s Settings) read(node Node, nats []string) read.Config {
	c := read.DefaultConfig()
	c.Name, c.HTTP, c.Admin, c.NATS = node.Name, node.HTTP, node.Admin, nats
	c.DrainDelay, c.DrainSpread, c.DrainTimeout = 0, drain/2, drain
	if s.Read != nil {
		s.Read(&c)
	}
	return c
}
