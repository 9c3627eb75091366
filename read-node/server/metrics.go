package server

import (
	"strconv"
	"sync/atomic"
	"time"

	"heureka/cluster"
	"heureka/internal/ops"
	"heureka/read-node/resume"
	"heureka/read-node/session"
	"heureka/replication"
	"heureka/wire"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics is what the node counts. Most of it is read, when asked for, from the
// copy that the loop made last; the rest is registered as it is.
type metrics struct {
	ops.Readings[sample]
	server      *Server
	link        atomic.Pointer[replication.Link] // nil until Run
	errors      *prometheus.CounterVec
	queries     prometheus.Counter
	propagation prometheus.Histogram
}

// sample is one moment of the node.
type sample struct {
	state
	link     replication.Stats
	taking   session.Stats
	portions int
	sessions int
	opening  int
	fleet    fleet
	waiting  time.Duration
	commands int
	surveys  int
	queries  int
}

func newMetrics(s *Server) *metrics {
	m := &metrics{
		Readings: ops.NewReadings[sample]("heureka_read_"),
		server:   s,
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
	for _, k := range wire.Kinds() {
		m.error(k.Code)
	}
	m.view()
	m.sessions()
	m.writing()
	m.patterns()
	m.fleet()
	m.requests()
	replication.ReplicaMetrics(m.Readings, s.config.replica(), func(s *sample) *cluster.Stats { return &s.replica })
	replication.LinkMetrics(m.Readings, s.config.link(), func(s *sample) *replication.Stats { return &s.link })
	return m
}

func (m *metrics) view() {
	m.Flag("ready", "1 once the view has been complete.", func(s *sample) bool { return s.ready })
	m.Gauge("unconfirmed", "Instances that write nodes restored or took over, or are about to, whose clients haven't spoken to them.",
		func(s *sample) int { return s.unconfirmed })
	m.Flag("stale", "1 while no write node is heard.", func(s *sample) bool { return s.stale })
	m.Flag("behind", "1 while something that was heard of is missing.", func(s *sample) bool { return s.behind })
	m.Counter("standstills_total", "Times that the node stood still for three heartbeats and more.", func(s *sample) uint64 { return s.standstills })
	m.Gauge("view_entries", "Instances that are shown.", func(s *sample) int { return s.hub.Instances })
	m.Gauge("view_doubts", "Removals that aren't shown yet.", func(s *sample) int { return s.replica.Doubts })
	m.Counter("changes_total", "Changes of the view.", func(s *sample) uint64 { return s.hub.Changes })
}

func (m *metrics) sessions() {
	m.Gauge("sessions", "Subscribers connected.", func(s *sample) int { return s.sessions })
	m.Limit("sessions", m.server.config.MaxSessions)
	m.Gauge("opening", "Subscribers connected who haven't been told everything yet.", func(s *sample) int { return s.opening })
	m.Limit("opening", m.server.config.MaxOpening)
	m.Gauge("groups", "Distinct sets of interests.", func(s *sample) int { return s.hub.Groups })
	m.Gauge("walking_groups", "Sets of interests without a log of their own: full subscriptions, and what didn't fit.",
		func(s *sample) int { return s.hub.Walking })
	m.Gauge("paced_sessions", "Subscribers whose next frame waits for their pace.", func(s *sample) int { return s.hub.Paced })
	m.Gauge("references", "Places in all groups' logs, and in what resuming subscribers have still to hear.", func(s *sample) int { return s.hub.References })
	m.Limit("references", m.server.config.MaxReferences)
	m.Gauge("shared_bytes", "Bytes of frames kept to be shared.", func(s *sample) int { return s.hub.SharedBytes })
	m.Limit("shared_bytes", m.server.config.SharedBytes)
	m.Gauge("encoded_bytes", "Bytes of instances kept as JSON.", func(s *sample) int { return s.hub.EncodedBytes })
	m.Limit("encoded_bytes", m.server.config.EncodedBytes)
	m.Counter("encoded_total", "Instances put into JSON.", func(s *sample) uint64 { return s.hub.Encoded })
	m.Counter("frames_total", "Frames handed to sessions.", func(s *sample) uint64 { return s.hub.Frames })
	m.Counter("frame_bytes_total", "Bytes of frames handed to sessions.", func(s *sample) uint64 { return s.hub.Bytes })
	m.Counter("heartbeats_total", "Frames handed to sessions with a heartbeat.", func(s *sample) uint64 { return s.hub.Heartbeats })
	m.Counter("replacements_total", "Sessions that were too far behind for changes and got a snapshot.",
		func(s *sample) uint64 { return s.hub.Replaced })
	m.Counter("switches_total", "Changes of interest that needed no snapshot.", func(s *sample) uint64 { return s.hub.Switched })
	m.Counter("resumes_total", "Tokens answered by what was missed.", func(s *sample) uint64 { return s.hub.Resumed })
	m.Gauge("resumes_waiting", "Subscribers with a token that wait for this node to come as far.", func(s *sample) int { return s.desk.Waiting })
	for _, reason := range resume.Reasons() {
		m.With(prometheus.Labels{"reason": reason}).Counter("refused_tokens_total", "Tokens that didn't count.",
			func(s *sample) uint64 { return s.desk.Refused[reason] })
	}
	m.Counter("outweighed_tokens_total", "Tokens that counted where a snapshot was shorter, or what was missed had no room or was too much.",
		func(s *sample) uint64 { return s.hub.Outweighed })
	m.Limit("missed", m.server.config.MaxMissed)
	m.Seconds("subscribing_seconds", "Time that Subscribes have taken of the loop since the node started.",
		func(s *sample) time.Duration { return s.subscribing })
	m.Counter("given_up_total", "Subscribers ended for want of room.", func(s *sample) uint64 { return s.hub.GivenUp })
}

func (m *metrics) writing() {
	m.Counter("frames_at_once_total", "Frames that left when they were handed to their session.", func(s *sample) uint64 { return s.atOnce })
	m.Counter("frames_patiently_total", "Frames that left as their subscriber took them.", func(s *sample) uint64 { return s.taking.Patiently })
	m.Gauge("sessions_stuck", "Subscribers that don't take what is written to them now.", func(s *sample) int { return s.taking.Stuck })
	m.Counter("sessions_given_up_total", "Subscribers that took no byte for the patience.", func(s *sample) uint64 { return s.taking.GivenUp })
	m.Gauge("portions", "Portions of frames that wait for a writer.", func(s *sample) int { return s.portions })
	m.Limit("portions", m.server.config.MaxPortions)
}

func (m *metrics) fleet() {
	m.Gauge("fleet_readers", "Read nodes that take subscribers, this one counted if it does.", func(s *sample) int { return s.fleet.Readers })
	m.Gauge("fleet_average", "Subscribers that each read node has on average.", func(s *sample) int { return int(s.fleet.Average + 0.5) })
	m.Counter("shed_total", "Subscribers asked to go elsewhere because this node had more than others.", func(s *sample) uint64 { return s.fleet.Shed })
	m.Seconds("shed_waiting_seconds", "For how long nobody is asked, because those who were asked before have come back.",
		func(s *sample) time.Duration { return s.waiting })
}

func (m *metrics) patterns() {
	m.Gauge("patterns", "Distinct patterns that are matched.", func(s *sample) int { return s.hub.Index.Patterns })
	m.Limit("patterns", m.server.config.MaxPatterns)
	m.Counter("pattern_matches_total", "Matches of a pattern against a value.", func(s *sample) uint64 { return s.hub.Index.Matches })
	m.Gauge("verdict_bytes", "Bytes of what is remembered of which values match which patterns.", func(s *sample) int { return s.hub.Index.VerdictBytes })
	m.Limit("verdict_bytes", m.server.config.MaxVerdicts)
}

func (m *metrics) requests() {
	m.Gauge("queries", "Plain HTTP queries being answered.", func(s *sample) int { return s.queries })
	m.Limit("queries", m.server.config.MaxQueries)
	m.Gauge("surveys", "Subscriptions whose patterns are matched against the view now.", func(s *sample) int { return s.surveys })
	m.Limit("surveys", m.server.config.MaxSurveys)
	m.Gauge("commands", "Words of sessions and queries that wait for the loop.", func(s *sample) int { return s.commands })
	m.Limit("commands", m.server.config.MaxCommands)
}

// count counts an error by its code. Any goroutine may call it.
func (m *metrics) count(code wire.Code) { m.error(code).Inc() }

func (m *metrics) error(code wire.Code) prometheus.Counter {
	return m.errors.WithLabelValues(strconv.Itoa(int(code)), code.Kind().Name)
}

// Collect reads what is read.
func (m *metrics) Collect(out chan<- prometheus.Metric) {
	state := m.server.state.Load()
	in, opening, _ := m.server.sessions.tally()
	now := &sample{
		state:    *state,
		taking:   m.server.acceptor.Stats(),
		portions: len(m.server.loop.core.writers.work),
		sessions: in,
		opening:  opening,
		fleet:    m.server.fleetOf(state, in),
		waiting:  time.Duration(m.server.shedder.waiting.Load()),
		commands: len(m.server.loop.commands),
		surveys:  len(m.server.loop.surveys),
		queries:  len(m.server.queries),
	}
	if link := m.link.Load(); link != nil {
		now.link = link.Stats()
	}
	m.Readings.Collect(out, now)
}
