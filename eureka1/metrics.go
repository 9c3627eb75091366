package eureka1

import (
	"maps"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"heureka/eureka1/pages"
	"heureka/eureka1/served"
	"heureka/internal/ops"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics counts requests, and reads the rest when asked.
type metrics struct {
	ops.Readings[sample]
	handler  *Handler
	requests *prometheus.CounterVec                          // by operation and code
	passed   *prometheus.CounterVec                          // by result
	broken   *prometheus.CounterVec                          // by reason
	merges   *prometheus.CounterVec                          // by result
	counters atomic.Pointer[map[answered]prometheus.Counter] // of requests
}

// answered is what requests are counted by.
type answered struct {
	op   operation
	code int
}

// sample is one moment of a handler.
type sample struct {
	pages           pages.Stats
	served          served.Stats
	awake           bool
	pending         int // changes
	tally           *tally
	reads, slow     int
	writes, batches int
}

// How what is passed on ends.
const (
	passedAnswered    = "answered"
	passedRefused     = "refused"
	passedUnreachable = "unreachable"
	passedFailed      = "failed"
	passedCircular    = "circular"
)

// How the wait for what a write node has done ends.
const (
	mergedInTime = "merged"
	mergedLate   = "late"
)

// Why a document is broken off.
const (
	brokenStalled = "stalled"
	brokenCrowded = "crowded"
)

// newMetrics returns the metrics of a handler, registered. Prefix begins their names.
func newMetrics(h *Handler, prefix string, registerer prometheus.Registerer) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + "eureka1_" + name, Help: help}, labels)
	}
	m := &metrics{
		Readings: ops.NewReadings[sample](prefix + "eureka1_"),
		handler:  h,
		requests: counter("requests_total", "Requests of Eureka 1 clients, by what they were for and the status answered.", "operation", "code"),
		passed:   counter("passed_on_total", "Attempts to pass such a request on to a write node, by how they ended.", "result"),
		broken:   counter("broken_off_total", "Documents of which a client that was slow to take them lost the rest.", "reason"),
		merges:   counter("merges_total", "Waits to hear of what a write node has done for such a request, by how they ended.", "result"),
	}
	m.counters.Store(&map[answered]prometheus.Counter{})
	m.Gauge("reads", "Requests for documents being answered.", func(s *sample) int { return s.reads })
	m.Limit("reads", h.config.MaxReads)
	m.Gauge("slow", "Documents that clients are slow to take.", func(s *sample) int { return s.slow })
	m.Limit("slow", h.config.MaxSlow)
	m.Gauge("writes", "Registrations, heartbeats and the like being answered.", func(s *sample) int { return s.writes })
	m.Limit("writes", h.config.MaxWrites)
	m.Gauge("batches", "Batches from Eureka 1 servers being answered; they count as writes, too.", func(s *sample) int { return s.batches })
	m.Limit("batches", h.config.MaxBatches)
	m.Flag("awake", "Whether documents are kept, because somebody asked for some lately.", func(s *sample) bool { return s.awake })
	m.Counter("woken_total", "Times that the documents were gathered.", func(s *sample) uint64 { return uint64(s.tally.woken.Load()) })
	m.Counter("asleep_total", "Times that they were let go because nobody asked for any.", func(s *sample) uint64 { return uint64(s.tally.fell.Load()) })
	m.Counter("overruns_total", "Times that they were let go because too many changes were pending.", func(s *sample) uint64 { return uint64(s.tally.overrun.Load()) })
	m.Counter("late_total", "Requests that were refused because documents weren't gathered in time.", func(s *sample) uint64 { return uint64(s.tally.late.Load()) })
	m.Seconds("waited_seconds", "How long requests have waited for documents to be gathered, together.", func(s *sample) time.Duration { return time.Duration(s.tally.waited.Load()) })
	m.Gauge("pending", "Changes that are kept for the next request for documents.", func(s *sample) int { return s.pending })
	m.Limit("pending", maxPending)
	m.Gauge("instances", "Instances in the documents.", func(s *sample) int { return s.pages.Instances })
	m.Gauge("changed", "Instances in apps/delta.", func(s *sample) int { return s.pages.Changed })
	m.Limit("changed", pages.DefaultConfig().MaxChanged)
	m.Seconds("delta_reach_seconds", "How far back apps/delta is complete.", func(s *sample) time.Duration { return s.pages.Reach })
	m.Seconds("page_stands_seconds", "How old a document may get before it is brought up to date.", func(s *sample) time.Duration { return s.served.Stands })
	m.Counter("pages_made_total", "Documents brought up to date.", func(s *sample) uint64 { return uint64(s.served.Made) })
	m.Counter("pages_filed_total", "Documents put in a file in memory, because they are asked for often.", func(s *sample) uint64 { return uint64(s.served.Filed) })
	m.Counter("pages_unfiled_total", "Documents that should have been put in a file in memory, but the system gave none, or that would have been too much. They are sent all the same.", func(s *sample) uint64 { return uint64(s.served.Unfiled) })
	m.Gauge("page_file_bytes", "Bytes of documents in files in memory, also of those that have been replaced and are still being sent.", func(s *sample) int { return int(s.served.InFiles) })
	m.Limit("page_file_bytes", h.config.MaxPages)
	m.Gauge("page_bytes", "Bytes kept of encoded documents, with their files in memory.", func(s *sample) int { return int(s.served.Bytes) })
	m.Limit("page_bytes", h.config.MaxPages)
	m.begin()
	registerer.MustRegister(m, m.requests, m.passed, m.broken, m.merges)
	return m
}

// begin has what people are to be warned of there from the start: of a counter that
// comes with its first event, nobody sees that it rises.
func (m *metrics) begin() {
	for _, op := range operations() {
		m.counter(answered{op, http.StatusServiceUnavailable})
	}
	for _, reason := range []string{brokenStalled, brokenCrowded} {
		m.broken.WithLabelValues(reason)
	}
	if m.handler.writer != nil {
		return // nothing is passed on
	}
	for _, result := range []string{passedAnswered, passedRefused, passedUnreachable, passedFailed, passedCircular} {
		m.passed.WithLabelValues(result)
	}
	for _, result := range []string{mergedInTime, mergedLate} {
		m.merges.WithLabelValues(result)
	}
}

// count counts an answer. Counters are kept at hand: to find one by its labels costs
// as much as to find out where a path leads.
func (m *metrics) count(op operation, code int) {
	which := answered{op, code}
	counter, ok := (*m.counters.Load())[which]
	if !ok {
		counter = m.counter(which)
	}
	counter.Inc()
}

// counter finds a counter and keeps it: there are few operations, and few statuses
// that they are answered with.
func (m *metrics) counter(which answered) prometheus.Counter {
	counter := m.requests.WithLabelValues(string(which.op), strconv.Itoa(which.code))
	for {
		old := m.counters.Load()
		more := maps.Clone(*old)
		more[which] = counter
		if m.counters.CompareAndSwap(old, &more) {
			return counter
		}
	}
}

// Collect reads what is read.
func (m *metrics) Collect(out chan<- prometheus.Metric) {
	h := m.handler
	s := sample{tally: &h.feed.tally, reads: len(h.reads), slow: len(h.slow), writes: len(h.writes), batches: len(h.batches)}
	s.pages, s.served, s.pending, s.awake = h.feed.sample()
	m.Readings.Collect(out, &s)
}
