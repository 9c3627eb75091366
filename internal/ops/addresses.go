package ops

// Addresses says where a server listens, as host:port. NATS, for read nodes, and
// Routes, for the other write nodes, are empty unless the node embeds NATS.
type Addresses struct {
	HTTP   string
	Admin  string
	NATS   string
	Routes string
}
