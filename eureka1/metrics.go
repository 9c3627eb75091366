package eureka1

import (
	"strconv"
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
	requests *prometheus.CounterVec // by operation and code
	passed   *prometheus.CounterVec // by result
}

// sample is one moment of a handler.
type sample struct {
	pages                  pages.Stats
	served                 served.Stats
	reads, writes, batches int
}

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
	}
	m.Gauge("reads", "Requests for documents being answered.", func(s *sample) int { return s.reads })
	m.Limit("reads", h.config.MaxReads)
	m.Gauge("writes", "Registrations, heartbeats and the like being answered.", func(s *sample) int { return s.writes })
	m.Limit("writes", h.config.MaxWrites)
	m.Gauge("batches", "Of these, batches from Eureka 1 servers.", func(s *sample) int { return s.batches })
	m.Limit("batches", h.config.MaxBatches)
	m.Gauge("instances", "Instances in the documents.", func(s *sample) int { return s.pages.Instances })
	m.Gauge("changed", "Instances in apps/delta.", func(s *sample) int { return s.pages.Changed })
	m.Limit("changed", pages.DefaultConfig().MaxChanged)
	m.Seconds("delta_reach_seconds", "How far back apps/delta is complete.", func(s *sample) time.Duration { return s.pages.Reach })
	m.Seconds("page_stands_seconds", "How old a document may get before it is brought up to date.", func(s *sample) time.Duration { return s.served.Stands })
	m.Counter("pages_made_total", "Documents brought up to date.", func(s *sample) uint64 { return uint64(s.served.Made) })
	m.Gauge("page_bytes", "Bytes kept of encoded documents.", func(s *sample) int { return int(s.served.Bytes) })
	m.Limit("page_bytes", h.config.MaxPages)
	registerer.MustRegister(m, m.requests, m.passed)
	return m
}

// count counts an answer.
func (m *metrics) count(op operation, code int) {
	m.requests.WithLabelValues(string(op), strconv.Itoa(code)).Inc()
}

// Collect reads what is read.
func (m *metrics) Collect(out chan<- prometheus.Metric) {
	h := m.handler
	m.Readings.Collect(out, &sample{
		pages: *h.feed.stats.Load(), served: h.feed.cache.Stats(), reads: len(h.reads), writes: len(h.writes), batches: len(h.batches),
	})
}
