package bridge

import (
	"strconv"
	"sync/atomic"
	"time"

	"heureka/bridge/sides"
	"heureka/internal/ops"

	"github.com/prometheus/client_golang/prometheus"
)

const prefix = "heureka_bridge_"

// reading is what is read at one moment.
type reading struct {
	sides.Stats
	age        time.Duration // of what the old cluster was last heard to have
	known      bool
	mismatches uint64
}

// metrics are what a bridge tells of itself.
type metrics struct {
	bridge     *Bridge
	readings   ops.Readings[reading]
	words      *prometheus.Desc
	waiting    *prometheus.Desc
	requests   *prometheus.CounterVec
	mismatches atomic.Uint64
}

func newMetrics(b *Bridge) *metrics {
	m := &metrics{
		bridge: b, readings: ops.NewReadings[reading](prefix),
		words: prometheus.NewDesc(prefix+"words_total", "Answers to what the bridge told, by whom (heureka, or the number of the old server, from 1), action and status.",
			[]string{"to", "action", "code"}, nil),
		waiting: prometheus.NewDesc(prefix+"waiting", "Instances of which a target may have to be told.", []string{"to"}, nil),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: prefix + "requests_total", Help: "Requests: read (documents) and ask (single instances) of the old cluster, tell (batches to either side), batch (from the old cluster).",
		}, []string{"what", "result"}),
	}
	r := m.readings
	r.Gauge("old_instances", "Instances of the old cluster.", func(s *reading) int { return s.Old })
	r.Gauge("missing_instances", "Instances of the old cluster that it no longer shows, nobody having said that they were taken out.", func(s *reading) int { return s.Missing })
	r.Gauge("mirrored_instances", "Instances of the old cluster that Heureka shows as such.", func(s *reading) int { return s.Mirrored })
	r.Gauge("native_instances", "Instances whose clients registered in Heureka.", func(s *reading) int { return s.Natives })
	r.Gauge("copied_instances", "Instances of Heureka's that the old cluster holds.", func(s *reading) int { return s.Copies })
	r.Gauge("asking_instances", "Instances for which the old cluster is to be asked, one after the other.", func(s *reading) int { return s.Asking })
	r.Flag("shrunk", "Whether so much is missing in the old cluster that it isn't believed.", func(s *reading) bool { return s.Shrunk })
	r.Flag("emptied", "Whether so much has gone from Heureka at once that the old cluster isn't told yet.", func(s *reading) bool { return s.Emptied })
	r.Flag("level", "Whether all that Heureka has is known.", func(s *reading) bool { return s.known })
	r.Seconds("age_seconds", "Since when the old cluster hasn't been read; since the start, if never.", func(s *reading) time.Duration { return s.age })
	r.Counter("left_out_total", "Times that an instance was left out: beyond a limit, unreadable, or saying too little to be registered.", func(s *reading) uint64 { return s.LeftOut })
	r.Counter("mismatches_total", "Times that what had changed in the old cluster didn't add up to what it has.", func(s *reading) uint64 { return s.mismatches })
	return m
}

// count counts a request.
func (m *metrics) count(what string, err error) {
	result := "done"
	if err != nil {
		result = "failed"
	}
	m.requests.WithLabelValues(what, result).Inc()
}

// Describe tells Prometheus what there is.
func (m *metrics) Describe(out chan<- *prometheus.Desc) {
	m.readings.Describe(out)
	out <- m.words
	out <- m.waiting
}

// Collect reads all of it from one moment.
func (m *metrics) Collect(out chan<- prometheus.Metric) {
	b := m.bridge
	b.mu.Lock()
	r := reading{Stats: b.sides.Stats(), age: b.now().Mono - b.sides.Heard(), known: b.sides.IsLevel(), mismatches: m.mismatches.Load()}
	b.mu.Unlock()
	m.readings.Collect(out, &r)
	for w, n := range r.Words {
		out <- prometheus.MustNewConstMetric(m.words, prometheus.CounterValue, float64(n), label(w.Target), w.Action, strconv.Itoa(w.Code))
	}
	for t, n := range r.Waiting {
		out <- prometheus.MustNewConstMetric(m.waiting, prometheus.GaugeValue, float64(n), label(sides.Target(t)))
	}
}

func label(t sides.Target) string {
	if t == sides.Heureka {
		return "heureka"
	}
	return strconv.Itoa(int(t))
}
