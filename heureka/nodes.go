package main

// The nodes of heureka dev.
const (
	defaultWrite = "127.0.0.1:7001,127.0.0.1:7002,127.0.0.1:7003"
	defaultRead  = "127.0.0.1:8761,127.0.0.1:8762"
)

// writeNodes is the flag of commands that talk to write nodes.
type writeNodes struct {
	Write []string `help:"Write nodes, as host:port or URL; by default those of heureka dev." placeholder:"ADDRESS" env:"HEUREKA_WRITE" default:"${write}"`
}

// readNodes is the flag of commands that talk to read nodes.
type readNodes struct {
	Read []string `help:"Read nodes, as host:port or URL; by default those of heureka dev." placeholder:"ADDRESS" env:"HEUREKA_READ" default:"${read}"`
}
