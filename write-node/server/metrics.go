package server

import (
	"heureka/replication"
	"heureka/write-node/lease"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics is read, when asked for, from the copy that the loop made last.
type metrics struct {
	server *Server
	read   []reading
}

// reading is one metric that is read from what the node knows of itself.
type reading struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	of   func(*sample) float64
}

// sample is one moment of the node.
type sample struct {
	state
	link     replication.Stats
	commands int
	config   *Config
}

func newMetrics(s *Server) *metrics {
	m := &metrics{server: s}
	m.registrations()
	m.leases()
	m.forwards()
	m.loop()
	m.store()
	m.replication()
	return m
}

func (m *metrics) add(kind prometheus.ValueType, name, help string, labels prometheus.Labels, of func(*sample) float64) {
	m.read = append(m.read, reading{prometheus.NewDesc("heureka_write_"+name, help, nil, labels), kind, of})
}

func (m *metrics) gauge(name, help string, of func(*sample) float64) {
	m.add(prometheus.GaugeValue, name, help, nil, of)
}

func (m *metrics) counter(name, help string, of func(*sample) float64) {
	m.add(prometheus.CounterValue, name, help, nil, of)
}

func (m *metrics) limit(name string, of func(*Config) int) {
	m.add(prometheus.GaugeValue, "limit", "What a setting bounds a number to.", prometheus.Labels{"of": name},
		func(s *sample) float64 { return float64(of(s.config)) })
}

func (m *metrics) registrations() {
	m.gauge("ready", "1 once the registry has been complete.", func(s *sample) float64 { return flag(s.ready) })
	m.gauge("behind", "1 while something that was heard of is missing.", func(s *sample) float64 { return flag(s.behind) })
	m.gauge("namesakes", "Other write nodes that bear this one's name. Names must be unique.", func(s *sample) float64 { return float64(s.namesakes) })
	m.gauge("map_entries", "Instances in the map.", func(s *sample) float64 { return float64(s.entries) })
	m.gauge("unconfirmed", "Instances that this node took over or restored, or is about to, whose clients haven't spoken to it.",
		func(s *sample) float64 { return float64(s.unconfirmed) })
	m.gauge("map_tombstones", "Removals that are remembered.", func(s *sample) float64 { return float64(s.tombstones) })
	m.counter("registered_total", "Instances said whole, with something new.", func(s *sample) float64 { return float64(s.counts.Registered) })
	m.counter("unchanged_total", "Instances said, with nothing new.", func(s *sample) float64 { return float64(s.counts.Unchanged) })
	m.counter("updated_total", "Instances of which some fields were changed.", func(s *sample) float64 { return float64(s.counts.Updated) })
	m.counter("overridden_total", "Overrides of a status taken from operators.", func(s *sample) float64 { return float64(s.counts.Overridden) })
	m.gauge("map_overrides", "Overrides of a status in the map.", func(s *sample) float64 { return float64(s.overridden) })
	m.counter("unregistered_total", "Instances removed by their clients.", func(s *sample) float64 { return float64(s.counts.Unregistered) })
	m.counter("repeated_total", "Instances authored again because another node had.", func(s *sample) float64 { return float64(s.counts.Repeated) })
	m.counter("lost_total", "Registrations given up because another node has a later word.", func(s *sample) float64 { return float64(s.counts.Lost) })
	m.counter("taken_over_total", "Instances taken over from dead nodes.", func(s *sample) float64 { return float64(s.counts.TakenOver) })
	m.limit("connections", func(c *Config) int { return c.MaxConnections })
	m.limit("registrations_per_connection", func(c *Config) int { return c.MaxRegistrations })
}

func (m *metrics) leases() {
	for c := range lease.Classes {
		labels := prometheus.Labels{"class": c.String()}
		class := func(kind prometheus.ValueType, name, help string, of func(*sample) float64) {
			m.add(kind, name, help, labels, of)
		}
		class(prometheus.GaugeValue, "leases", "Leases held, running and queued.", func(s *sample) float64 { return float64(s.state.leases[c].Held) })
		class(prometheus.GaugeValue, "eviction_queue", "Leases that have ended and wait for their eviction.", func(s *sample) float64 { return float64(s.state.leases[c].Queued) })
		class(prometheus.GaugeValue, "eviction_queue_oldest_seconds", "How long the first of them has waited.", func(s *sample) float64 { return s.state.leases[c].Oldest.Seconds() })
		class(prometheus.GaugeValue, "eviction_quota", "Evictions that one window allows.", func(s *sample) float64 { return float64(s.state.leases[c].Quota) })
		class(prometheus.GaugeValue, "eviction_quota_left", "Evictions that are allowed now.", func(s *sample) float64 { return float64(s.state.leases[c].Left) })
		class(prometheus.GaugeValue, "eviction_hold_seconds", "How long none will be evicted at all.", func(s *sample) float64 { return s.state.leases[c].Hold.Seconds() })
		class(prometheus.GaugeValue, "eviction_releasing", "Queued leases that an operator has released.", func(s *sample) float64 { return float64(s.state.leases[c].Releasing) })
		class(prometheus.CounterValue, "evictions_total", "Instances evicted as the quota allowed.", func(s *sample) float64 { return float64(s.counts.Evicted[c]) })
		class(prometheus.CounterValue, "evictions_released_total", "Instances that left by an operator's release.", func(s *sample) float64 { return float64(s.counts.Released[c]) })
		for why := range lease.Reasons {
			m.add(prometheus.GaugeValue, "eviction_held", "1 while this is a reason why no more may be evicted now.",
				prometheus.Labels{"class": c.String(), "reason": why.String()},
				func(s *sample) float64 { return flag(s.state.leases[c].Holds[why] > 0) })
		}
	}
	m.gauge("clients_heard", "Clients that hold registrations here and are heard.", func(s *sample) float64 { return float64(s.heard) })
	m.gauge("clients_silent", "Clients whose leases have all ended, without their closing the connection.", func(s *sample) float64 { return float64(s.silent) })
	m.limit("silent_clients", func(c *Config) int { return c.SilentClients })
}

func (m *metrics) forwards() {
	m.gauge("forwards", "Renewals that wait for the nodes that own the instances.", func(s *sample) float64 { return float64(s.forwarding) })
	m.limit("forwards", func(c *Config) int { return c.MaxForwards })
	m.counter("forwarded_total", "Renewals passed on to the nodes that own the instances.", func(s *sample) float64 { return float64(s.counts.Forwarded) })
	m.counter("forwards_acknowledged_total", "Of them, acknowledged.", func(s *sample) float64 { return float64(s.counts.Acknowledged) })
	m.counter("forwards_denied_total", "Of them, for instances that the other node doesn't own.", func(s *sample) float64 { return float64(s.counts.Denied) })
	m.counter("forwards_unanswered_total", "Of them, not acknowledged in time.", func(s *sample) float64 { return float64(s.counts.Unanswered) })
	m.counter("forwards_refused_total", "Renewals that found no room to wait.", func(s *sample) float64 { return float64(s.counts.ForwardsRefused) })
	m.counter("copied_total", "Instances taken over because their owner didn't answer for a renewal.", func(s *sample) float64 { return float64(s.counts.Copied) })
	m.counter("renewed_for_others_total", "Renewals that other nodes passed on to this one.", func(s *sample) float64 { return float64(s.counts.RenewedForOthers) })
}

func (m *metrics) loop() {
	m.gauge("commands", "Batches and requests that wait for the loop.", func(s *sample) float64 { return float64(s.commands) })
	m.limit("commands", func(c *Config) int { return c.MaxCommands })
	m.gauge("incoming", "Messages of other nodes that wait for the loop.", func(s *sample) float64 { return float64(s.link.Waiting) })
	m.limit("incoming", func(c *Config) int { return c.MaxIncoming })
	m.gauge("inbox_entries", "Entries that wait for what is missing before them.", func(s *sample) float64 { return float64(s.state.replica.Waiting) })
	m.limit("inbox_entries", func(c *Config) int { return c.MaxWaiting })
	m.gauge("incarnations", "Runs of write nodes that the vector counts. Old ones leave after a week.", func(s *sample) float64 { return float64(s.state.replica.Incarnations) })
	m.limit("incarnations", func(c *Config) int { return c.replica().MaxIncarnations })
	m.gauge("answers", "Pulls of other nodes that are being answered.", func(s *sample) float64 { return float64(s.state.replica.Answers) })
}

func (m *metrics) store() {
	m.gauge("store_on", "1 if the registry is kept on disk.", func(s *sample) float64 { return flag(s.state.store.on) })
	m.gauge("store_failing", "1 while the store can't be written.", func(s *sample) float64 { return flag(s.state.store.Failing) })
	m.gauge("store_slow", "1 while acknowledgements don't wait for the store because it is slow.", func(s *sample) float64 { return flag(s.state.store.slow()) })
	m.gauge("store_dirty", "Entries that aren't stored as they are now.", func(s *sample) float64 { return float64(s.state.store.Dirty) })
	m.gauge("store_waiting", "Acknowledgements that wait for the store.", func(s *sample) float64 { return float64(s.state.store.waiting) })
	m.gauge("store_bytes", "Bytes of the file.", func(s *sample) float64 { return float64(s.state.store.bytes) })
	m.counter("store_batches_total", "Batches written.", func(s *sample) float64 { return float64(s.state.store.Written) })
	m.counter("store_failures_total", "Batches that couldn't be written.", func(s *sample) float64 { return float64(s.state.store.Failed) })
	m.counter("store_lost_total", "Times that the store lost everything and was begun anew.", func(s *sample) float64 { return float64(s.state.store.Lost) })
}

func (m *metrics) replication() {
	m.gauge("members", "Nodes that are heard.", func(s *sample) float64 { return float64(len(s.members)) })
	m.counter("inbox_dropped_total", "Deltas that found no room to wait.", func(s *sample) float64 { return float64(s.state.replica.DeltasDropped) })
	m.counter("deltas_total", "Deltas applied.", func(s *sample) float64 { return float64(s.state.replica.DeltasApplied) })
	m.counter("pulls_total", "Pulls begun.", func(s *sample) float64 { return float64(s.state.replica.Pulls) })
	m.counter("pulls_failed_total", "Pulls given up.", func(s *sample) float64 { return float64(s.state.replica.PullsFailed) })
	m.counter("answers_total", "Pulls of other nodes answered.", func(s *sample) float64 { return float64(s.state.replica.AnswersBegun) })
	m.counter("answers_refused_total", "Pulls of other nodes refused, being busy.", func(s *sample) float64 { return float64(s.state.replica.AnswersRefused) })
	m.counter("digest_mismatches_total", "Beacons whose digest differed at an equal vector.",
		func(s *sample) float64 { return float64(s.state.replica.DigestMismatches) })

	m.gauge("nats_connected", "1 while connected to NATS.", func(s *sample) float64 { return flag(s.link.Connected) })
	m.counter("nats_reconnects_total", "Connections to NATS after the first.", func(s *sample) float64 { return float64(s.link.Reconnects) })
	m.counter("nats_received_bytes_total", "Bytes received through NATS.", func(s *sample) float64 { return float64(s.link.ReceivedBytes) })
	m.counter("nats_sent_bytes_total", "Bytes sent through NATS.", func(s *sample) float64 { return float64(s.link.SentBytes) })
	m.counter("nats_send_errors_total", "Messages that went nowhere.", func(s *sample) float64 { return float64(s.link.SendErrors) })
	m.counter("nats_dropped_total", "Times that NATS dropped messages this node was too slow for.", func(s *sample) float64 { return float64(s.link.Dropped) })
	m.counter("nats_undecodable_total", "Messages of other nodes that made no sense.", func(s *sample) float64 { return float64(s.link.Undecodable) })
}

// Describe tells Prometheus what there is.
func (m *metrics) Describe(out chan<- *prometheus.Desc) {
	for _, r := range m.read {
		out <- r.desc
	}
}

// Collect reads it.
func (m *metrics) Collect(out chan<- prometheus.Metric) {
	now := &sample{
		state:    *m.server.state.Load(),
		link:     m.server.link.Stats(),
		commands: len(m.server.loop.commands),
		config:   &m.server.config,
	}
	for _, r := range m.read {
		out <- prometheus.MustNewConstMetric(r.desc, r.kind, r.of(now))
	}
}

func flag(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
