package server

import (
	"time"

	"heureka/cluster"
	"heureka/internal/ops"
	"heureka/replication"
	"heureka/write-node/lease"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are read, when asked for, from the copy that the loop made last.
type metrics struct {
	ops.Readings[sample]
	server *Server
}

// sample is one moment of the node.
type sample struct {
	state
	link     replication.Stats
	commands int
}

func newMetrics(s *Server) *metrics {
	m := &metrics{ops.NewReadings[sample]("heureka_write_"), s}
	m.registrations()
	m.leases()
	m.forwards()
	m.store()
	m.cluster()
	replication.ReplicaMetrics(m.Readings, s.config.replica(), func(s *sample) *cluster.Stats { return &s.replica })
	replication.LinkMetrics(m.Readings, s.config.link(), func(s *sample) *replication.Stats { return &s.link })
	return m
}

func (m *metrics) registrations() {
	m.Flag("ready", "1 once the registry has been complete.", func(s *sample) bool { return s.ready })
	m.Flag("behind", "1 while something that was heard of is missing.", func(s *sample) bool { return s.behind })
	m.Gauge("namesakes", "Other write nodes that bear this one's name. Names must be unique.", func(s *sample) int { return s.namesakes })
	m.Gauge("map_entries", "Instances in the map.", func(s *sample) int { return s.entries })
	m.Gauge("unconfirmed", "Instances that this node took over or restored, or is about to, whose clients haven't spoken to it.",
		func(s *sample) int { return s.unconfirmed })
	m.Gauge("map_tombstones", "Removals that are remembered.", func(s *sample) int { return s.tombstones })
	m.Counter("registered_total", "Instances said whole, with something new.", func(s *sample) uint64 { return s.counts.Registered })
	m.Counter("unchanged_total", "Instances said, with nothing new.", func(s *sample) uint64 { return s.counts.Unchanged })
	m.Counter("updated_total", "Instances of which some fields were changed.", func(s *sample) uint64 { return s.counts.Updated })
	m.Counter("overridden_total", "Overrides of a status taken from operators.", func(s *sample) uint64 { return s.counts.Overridden })
	m.Gauge("map_overrides", "Overrides of a status in the map.", func(s *sample) int { return s.overridden })
	m.Counter("unregistered_total", "Instances removed by their clients.", func(s *sample) uint64 { return s.counts.Unregistered })
	m.Counter("repeated_total", "Instances authored again because another node had.", func(s *sample) uint64 { return s.counts.Repeated })
	m.Counter("lost_total", "Registrations given up because another node has a later word.", func(s *sample) uint64 { return s.counts.Lost })
	m.Counter("taken_over_total", "Instances taken over from dead nodes.", func(s *sample) uint64 { return s.counts.TakenOver })
	m.Limit("connections", m.server.config.MaxConnections)
	m.Limit("registrations_per_connection", m.server.config.MaxRegistrations)
	m.Gauge("commands", "Batches and requests that wait for the loop.", func(s *sample) int { return s.commands })
	m.Limit("commands", m.server.config.MaxCommands)
	m.Counter("gatherings_total", "Waits, of 500 µs at most, for more to be published together.", func(s *sample) uint64 { return s.waited.times })
	m.Counter("gatherings_in_vain_total", "Those that lasted as long.", func(s *sample) uint64 { return s.waited.inVain })
}

func (m *metrics) leases() {
	for c := range lease.Classes {
		m.class(c)
	}
	m.Gauge("clients_heard", "Clients that hold registrations here and are heard.", func(s *sample) int { return s.heard })
	m.Gauge("clients_silent", "Clients whose leases have all ended, without their closing the connection.", func(s *sample) int { return s.silent })
	m.Limit("silent_clients", m.server.config.SilentClients)
	m.Counter("standstills_total", "Times that the node stood still for longer than a client may be silent.", func(s *sample) uint64 { return s.counts.Standstills })
	m.Counter("standstills_given_up_total", "Connections that ended because the node stood still.", func(s *sample) uint64 { return s.counts.GivenUp })
}

func (m *metrics) class(c lease.Class) {
	of := m.With(prometheus.Labels{"class": c.String()})
	of.Gauge("leases", "Leases held, running and queued.", func(s *sample) int { return s.leases[c].Held })
	of.Gauge("eviction_queue", "Leases that have ended and wait for their eviction.", func(s *sample) int { return s.leases[c].Queued })
	of.Seconds("eviction_queue_oldest_seconds", "How long the first lease in the eviction queue has waited.", func(s *sample) time.Duration { return s.leases[c].Oldest })
	of.Gauge("eviction_quota", "Evictions that one window allows.", func(s *sample) int { return s.leases[c].Quota })
	of.Gauge("eviction_quota_left", "Evictions that are allowed now.", func(s *sample) int { return s.leases[c].Left })
	of.Seconds("eviction_hold_seconds", "How long none will be evicted at all.", func(s *sample) time.Duration { return s.leases[c].Hold })
	of.Gauge("eviction_releasing", "Queued leases that an operator has released.", func(s *sample) int { return s.leases[c].Releasing })
	of.Counter("evictions_total", "Instances evicted as the quota allowed.", func(s *sample) uint64 { return s.counts.Evicted[c] })
	of.Counter("evictions_released_total", "Instances that left by an operator's release.", func(s *sample) uint64 { return s.counts.Released[c] })
	for why := range lease.Reasons {
		m.With(prometheus.Labels{"class": c.String(), "reason": why.String()}).Flag("eviction_held",
			"1 while this is a reason why no more may be evicted now.",
			func(s *sample) bool { return s.leases[c].Holds[why] > 0 })
	}
}

func (m *metrics) forwards() {
	m.Gauge("forwards", "Renewals that wait for the nodes that own the instances.", func(s *sample) int { return s.forwarding })
	m.Limit("forwards", m.server.config.MaxForwards)
	m.Counter("forwarded_total", "Renewals passed on to the nodes that own the instances.", func(s *sample) uint64 { return s.counts.Forwarded })
	m.Counter("forwards_acknowledged_total", "Renewals passed on and acknowledged by the other node.", func(s *sample) uint64 { return s.counts.Acknowledged })
	m.Counter("forwards_denied_total", "Renewals passed on for instances that the other node doesn't own.", func(s *sample) uint64 { return s.counts.Denied })
	m.Counter("forwards_unanswered_total", "Renewals passed on and not acknowledged in time.", func(s *sample) uint64 { return s.counts.Unanswered })
	m.Counter("forwards_refused_total", "Renewals that found no room to wait.", func(s *sample) uint64 { return s.counts.ForwardsRefused })
	m.Counter("copied_total", "Instances taken over because their owner didn't answer for a renewal.", func(s *sample) uint64 { return s.counts.Copied })
	m.Counter("renewed_for_others_total", "Renewals that other nodes passed on to this one.", func(s *sample) uint64 { return s.counts.RenewedForOthers })
}

func (m *metrics) store() {
	m.Flag("store_on", "1 if the registry is kept on disk.", func(s *sample) bool { return s.store.on })
	m.Flag("store_failing", "1 while the store can't be written.", func(s *sample) bool { return s.store.Failing })
	m.Flag("store_slow", "1 while acknowledgements don't wait for the store because it is slow.", func(s *sample) bool { return s.store.slow() })
	m.Gauge("store_dirty", "Entries that aren't stored as they are now.", func(s *sample) int { return s.store.Dirty })
	m.Gauge("store_waiting", "Acknowledgements that wait for the store.", func(s *sample) int { return s.store.waiting })
	m.Gauge("store_bytes", "Bytes of the file.", func(s *sample) int { return int(s.store.bytes) })
	m.Counter("store_batches_total", "Batches written.", func(s *sample) uint64 { return s.store.Written })
	m.Counter("store_failures_total", "Batches that couldn't be written.", func(s *sample) uint64 { return s.store.Failed })
	m.Counter("store_lost_total", "Times that the store lost everything and was begun anew.", func(s *sample) uint64 { return s.store.Lost })
}

// cluster lists what only write nodes tell of it.
func (m *metrics) cluster() {
	m.Gauge("members", "Nodes that are heard.", func(s *sample) int { return len(s.members) })
	m.Gauge("answers", "Pulls of other nodes that are being answered.", func(s *sample) int { return s.replica.Answers })
	m.Counter("answers_refused_total", "Pulls of other nodes refused, being busy.", func(s *sample) uint64 { return s.replica.AnswersRefused })
	m.Counter("nats_send_errors_total", "Messages that went nowhere.", func(s *sample) uint64 { return s.link.SendErrors })
}

// Collect reads it.
func (m *metrics) Collect(out chan<- prometheus.Metric) {
	m.Readings.Collect(out, &sample{
		state:    *m.server.state.Load(),
		link:     m.server.link.Stats(),
		commands: len(m.server.loop.commands),
	})
}
