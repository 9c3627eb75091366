package sides

import "time"

// Config says how a bridge decides.
type Config struct {
	// Name is what marks in the old cluster that an instance is of this Heureka.
	Name string
	// BothWays tells the old cluster of what is registered in Heureka.
	BothWays bool
	// Keep is the shortest lease of what the bridge registers on either side: how long
	// that stays when no bridge renews it.
	Keep time.Duration
	// Renew is how often the old servers hear of each instance at least: they count
	// renewals, and expect two a minute.
	Renew time.Duration
	// Resend is how soon something is said again that was accepted and isn't seen.
	Resend time.Duration
	// Settle is how long a page of the old cluster may be older than what is known
	// otherwise. Its servers keep pages for half a minute.
	Settle time.Duration
	// Absent is for how long pages must leave out an instance that nothing was said
	// of: a server that has forgotten it gets its client's next heartbeat meanwhile, and
	// one that answers while something changes may keep that page for three minutes.
	Absent time.Duration
	// Patience replaces Absent if too much is left out. It is also how long a side
	// that can't be reached is taken to be as it was.
	Patience time.Duration
	// Twin is how long the old cluster may show a client that has left it for Heureka
	// and isn't there any more either: it keeps leases for twice their duration.
	Twin time.Duration
	// Fresh is how old an answer may be for which a server was asked.
	Fresh time.Duration
	// Share of all instances is too much to be left out at once, and Few is not.
	Share float64
	Few   int
	// MaxInstances bounds how many are known of; others are left out.
	MaxInstances int
}

// DefaultConfig returns the defaults.
func DefaultConfig() Config {
	return Config{
		Name: "heureka", Keep: 10 * time.Minute, Renew: 30 * time.Second, Resend: 5 * time.Second,
		Settle: time.Minute, Absent: 3 * time.Minute, Patience: 30 * time.Minute, Twin: 3 * time.Minute,
		Fresh: 5 * time.Second, Share: 0.15, Few: 5, MaxInstances: 100_000,
	}
}
