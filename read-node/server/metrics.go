package server

import (
	"strconv"
	"sync/atomic"

	"heureka/replication"
	"heureka/wire"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics is what the node counts. Most of it is read, when asked for, from the
// copy that the loop made last.
type metrics struct {
	server      *Server
	link        atomic.Pointer[replication.Link] // nil until Run
	read        []reading
	errors      *prometheus.CounterVec
	queries     prometheus.Counter
	propagation prometheus.Histogram
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
	sessions int
	commands int
	surveys  int
	queries  int
	config   *Config
}

func newMetrics(s *Server) *metrics {
	m := &metrics{
		server: s,
		errors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "heureka_read_errors_total",
			Help: "Errors told to subscribers and to who asked over HTTP, and those that ended sessions.",
		}, []string{"code", "name"}),
		queries: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "heureka_read_queries_total", Help: "Plain HTTP queries.",
		}),
		propagation: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "heureka_read_propagation_seconds",
			Help:    "From the word of a client, by its write node's clock, to the frames of its subscribers, by this node's.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 16),
		}),
	}
	gauge := func(name, help string, of func(*sample) float64) {
		m.read = append(m.read, reading{prometheus.NewDesc("heureka_read_"+name, help, nil, nil), prometheus.GaugeValue, of})
	}
	counter := func(name, help string, of func(*sample) float64) {
		m.read = append(m.read, reading{prometheus.NewDesc("heureka_read_"+name, help, nil, nil), prometheus.CounterValue, of})
	}
	limit := func(name string, of func(*sample) float64) {
		desc := prometheus.NewDesc("heureka_read_limit", "What a setting bounds a number to.", nil, prometheus.Labels{"of": name})
		m.read = append(m.read, reading{desc, prometheus.GaugeValue, of})
	}

	gauge("ready", "1 once the view has been complete.", func(s *sample) float64 { return flag(s.ready) })
	gauge("unconfirmed", "Instances that write nodes restored or took over, or are about to, whose clients haven't spoken to them.",
		func(s *sample) float64 { return float64(s.unconfirmed) })
	gauge("stale", "1 while no write node is heard.", func(s *sample) float64 { return flag(s.stale) })
	gauge("behind", "1 while something that was heard of is missing.", func(s *sample) float64 { return flag(s.behind) })
	gauge("view_entries", "Instances that are shown.", func(s *sample) float64 { return float64(s.hub.Instances) })
	gauge("view_doubts", "Removals that aren't shown yet.", func(s *sample) float64 { return float64(s.replica.Doubts) })
	counter("changes_total", "Changes of the view.", func(s *sample) float64 { return float64(s.hub.Changes) })

	gauge("sessions", "Subscribers connected.", func(s *sample) float64 { return float64(s.sessions) })
	limit("sessions", func(s *sample) float64 { return float64(s.config.MaxSessions) })
	gauge("groups", "Distinct sets of interests.", func(s *sample) float64 { return float64(s.hub.Groups) })
	gauge("references", "Places in all groups' logs.", func(s *sample) float64 { return float64(s.hub.References) })
	limit("references", func(s *sample) float64 { return float64(s.config.MaxReferences) })
	gauge("shared_bytes", "Bytes of frames kept to be shared.", func(s *sample) float64 { return float64(s.hub.SharedBytes) })
	limit("shared_bytes", func(s *sample) float64 { return float64(s.config.SharedBytes) })
	counter("frames_total", "Frames handed to sessions.", func(s *sample) float64 { return float64(s.hub.Frames) })
	counter("frame_bytes_total", "Bytes of those.", func(s *sample) float64 { return float64(s.hub.Bytes) })
	counter("heartbeats_total", "Of those frames, heartbeats.", func(s *sample) float64 { return float64(s.hub.Heartbeats) })
	counter("replacements_total", "Sessions that were too far behind for changes and got a snapshot.",
		func(s *sample) float64 { return float64(s.hub.Replaced) })
	counter("switches_total", "Changes of interest that needed no snapshot.", func(s *sample) float64 { return float64(s.hub.Switched) })
	gauge("patterns", "Distinct patterns that are matched.", func(s *sample) float64 { return float64(s.hub.Index.Patterns) })
	limit("patterns", func(s *sample) float64 { return float64(s.config.MaxPatterns) })
	counter("pattern_matches_total", "Matches of a pattern against a value.", func(s *sample) float64 { return float64(s.hub.Index.Matches) })
	gauge("verdict_bytes", "Bytes of what is remembered of those.", func(s *sample) float64 { return float64(s.hub.Index.VerdictBytes) })
	limit("verdict_bytes", func(s *sample) float64 { return float64(s.config.MaxVerdicts) })

	gauge("queries", "Plain HTTP queries being answered.", func(s *sample) float64 { return float64(s.queries) })
	limit("queries", func(s *sample) float64 { return float64(s.config.MaxQueries) })
	gauge("surveys", "Subscriptions whose patterns are matched against the view now.", func(s *sample) float64 { return float64(s.surveys) })
	limit("surveys", func(s *sample) float64 { return float64(s.config.MaxSurveys) })
	gauge("commands", "Words of sessions and queries that wait for the loop.", func(s *sample) float64 { return float64(s.commands) })
	limit("commands", func(s *sample) float64 { return float64(s.config.MaxCommands) })
	gauge("incoming", "Messages of other nodes that wait for the loop.", func(s *sample) float64 { return float64(s.link.Waiting) })
	limit("incoming", func(s *sample) float64 { return float64(s.config.MaxIncoming) })
	gauge("inbox_entries", "Entries that wait for what is missing before them.", func(s *sample) float64 { return float64(s.replica.Waiting) })
	limit("inbox_entries", func(s *sample) float64 { return float64(s.config.MaxWaiting) })
	gauge("incarnations", "Runs of write nodes that the vector counts. Old ones leave after a week.", func(s *sample) float64 { return float64(s.replica.Incarnations) })
	limit("incarnations", func(s *sample) float64 { return float64(s.config.replica().MaxIncarnations) })
	counter("inbox_dropped_total", "Deltas that found no room to wait.", func(s *sample) float64 { return float64(s.replica.DeltasDropped) })
	counter("deltas_total", "Deltas applied.", func(s *sample) float64 { return float64(s.replica.DeltasApplied) })
	counter("pulls_total", "Pulls begun.", func(s *sample) float64 { return float64(s.replica.Pulls) })
	counter("pulls_failed_total", "Pulls given up.", func(s *sample) float64 { return float64(s.replica.PullsFailed) })
	counter("answers_total", "Pulls of other nodes answered.", func(s *sample) float64 { return float64(s.replica.AnswersBegun) })
	counter("digest_mismatches_total", "Beacons whose digest differed at an equal vector.",
		func(s *sample) float64 { return float64(s.replica.DigestMismatches) })

	gauge("nats_connected", "1 while connected to NATS.", func(s *sample) float64 { return flag(s.link.Connected) })
	counter("nats_reconnects_total", "Connections to NATS after the first.", func(s *sample) float64 { return float64(s.link.Reconnects) })
	counter("nats_received_bytes_total", "Bytes received through NATS.", func(s *sample) float64 { return float64(s.link.ReceivedBytes) })
	counter("nats_sent_bytes_total", "Bytes sent through NATS.", func(s *sample) float64 { return float64(s.link.SentBytes) })
	counter("nats_dropped_total", "Times that NATS dropped messages this node was too slow for.", func(s *sample) float64 { return float64(s.link.Dropped) })
	counter("nats_undecodable_total", "Messages of other nodes that made no sense.", func(s *sample) float64 { return float64(s.link.Undecodable) })
	return m
}

// count counts an error by its code. Any goroutine may call it.
func (m *metrics) count(code wire.Code) {
	m.errors.WithLabelValues(strconv.Itoa(int(code)), code.Kind().Name).Inc()
}

// Describe tells Prometheus what there is.
func (m *metrics) Describe(out chan<- *prometheus.Desc) {
	for _, r := range m.read {
		out <- r.desc
	}
	m.errors.Describe(out)
	m.queries.Describe(out)
	m.propagation.Describe(out)
}

// Collect reads it.
func (m *metrics) Collect(out chan<- prometheus.Metric) {
	now := &sample{
		state:    *m.server.state.Load(),
		sessions: m.server.sessions.count(),
		commands: len(m.server.loop.commands),
		surveys:  len(m.server.loop.surveys),
		queries:  len(m.server.queries),
		config:   &m.server.config,
	}
	if link := m.link.Load(); link != nil {
		now.link = link.Stats()
	}
	for _, r := range m.read {
		out <- prometheus.MustNewConstMetric(r.desc, r.kind, r.of(now))
	}
	m.errors.Collect(out)
	m.queries.Collect(out)
	m.propagation.Collect(out)
}

func flag(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
