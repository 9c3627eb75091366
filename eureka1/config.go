package eureka1

import (
	"cmp"
	"time"

	"heureka/internal/ops"
)

// Config is how a node serves Eureka 1. The tags are those of the nodes' settings.
type Config struct {
	On         bool          `name:"eureka1" negatable:"" help:"Serve Eureka 1 clients, under /eureka and /v2 on the service port; --no-eureka1: don't." default:"true" env:"HEUREKA_EUREKA1"`
	MaxReads   int           `name:"eureka1-max-reads" help:"Requests of Eureka 1 clients for documents that are answered at once." default:"1024" env:"HEUREKA_EUREKA1_MAX_READS"`
	MaxSlow    int           `name:"eureka1-max-slow" help:"Beside these, documents that Eureka 1 clients are slow to take; what is slow beyond that is broken off." default:"1024" env:"HEUREKA_EUREKA1_MAX_SLOW"`
	MaxWrites  int           `name:"eureka1-max-writes" help:"Registrations, heartbeats and the like of Eureka 1 clients that are answered at once." default:"1024" env:"HEUREKA_EUREKA1_MAX_WRITES"`
	MaxBatches int           `name:"eureka1-max-batches" help:"Of these, batches from Eureka 1 servers that are answered at once." default:"32" env:"HEUREKA_EUREKA1_MAX_BATCHES"`
	MaxBody    int           `name:"eureka1-max-body" help:"Bytes of a registration from a Eureka 1 client, unpacked." default:"262144" env:"HEUREKA_EUREKA1_MAX_BODY"`
	MaxBatch   int           `name:"eureka1-max-batch" help:"Bytes of a batch from a Eureka 1 server, unpacked." default:"4194304" env:"HEUREKA_EUREKA1_MAX_BATCH"`
	MaxPages   int           `name:"eureka1-max-pages" help:"Bytes kept of encoded documents for Eureka 1 clients, with their files in memory." default:"268435456" env:"HEUREKA_EUREKA1_MAX_PAGES"`
	Timeout    time.Duration `name:"eureka1-timeout" help:"For the body of a Eureka 1 client's request, and then for the node to do it, or to gather the documents if nobody asked for any lately; for a write node to which a read node passes it on." default:"2s" env:"HEUREKA_EUREKA1_TIMEOUT"`
	Patience   time.Duration `name:"eureka1-patience" help:"How long a Eureka 1 client that is slow may take for each MiB of a document, or for less that is left, before the rest is broken off." default:"30s" env:"HEUREKA_EUREKA1_PATIENCE"`
	Idle       time.Duration `name:"eureka1-idle" help:"After how long without a request for documents of Eureka 1 the node lets go of what it keeps for these." default:"10m" env:"HEUREKA_EUREKA1_IDLE"`
	Merge      time.Duration `name:"eureka1-merge" help:"How long a read node waits at most, before it answers a Eureka 1 client what a write node has done, to hear of that itself; 0: not at all." default:"50ms" env:"HEUREKA_EUREKA1_MERGE"`
}

// DefaultConfig returns the defaults that the tags give.
func DefaultConfig() Config {
	var defaults Config
	ops.SetDefaults(&defaults)
	return defaults
}

// Validate reports the first setting that can't be worked with, by its flag.
func (c Config) Validate() error {
	return cmp.Or(
		ops.AtLeast("eureka1-max-reads", c.MaxReads, 1),
		ops.AtLeast("eureka1-max-slow", c.MaxSlow, 1),
		ops.AtLeast("eureka1-max-writes", c.MaxWrites, 1),
		ops.AtLeast("eureka1-max-batches", c.MaxBatches, 1),
		ops.AtLeast("eureka1-max-body", c.MaxBody, 1024),
		ops.AtLeast("eureka1-max-batch", c.MaxBatch, 1024),
		ops.AtLeast("eureka1-max-pages", c.MaxPages, 0),
		ops.Positive("eureka1-timeout", c.Timeout),
		ops.Positive("eureka1-patience", c.Patience),
		ops.Positive("eureka1-idle", c.Idle),
		ops.AtLeast("eureka1-merge", c.Merge, 0),
	)
}
