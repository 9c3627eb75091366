package ops

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// moment is what a node might know of itself.
type moment struct {
	queued int
	oldest time.Duration
	full   bool
	sent   uint64
}

// node collects its readings from one moment.
type node struct {
	Readings[moment]
	now moment
}

func (n *node) Collect(out chan<- prometheus.Metric) { n.Readings.Collect(out, &n.now) }

func TestReadingsTellOneMoment(t *testing.T) {
	n := &node{Readings: NewReadings[moment]("x_")}
	n.Gauge("queued", "How many wait.", func(m *moment) int { return m.queued })
	n.Limit("queued", 7)
	n.Seconds("oldest_seconds", "How long.", func(m *moment) time.Duration { return m.oldest })
	for _, class := range []string{"own", "adopted"} {
		n.With(prometheus.Labels{"class": class}).Flag("full", "1 while full.", func(m *moment) bool { return m.full == (class == "own") })
	}
	n.Counter("sent_total", "How many left.", func(m *moment) uint64 { return m.sent })
	n.now = moment{queued: 3, oldest: 1500 * time.Millisecond, full: true, sent: 9}
	want := `# HELP x_full 1 while full.
# TYPE x_full gauge
x_full{class="adopted"} 0
x_full{class="own"} 1
# HELP x_limit What a setting bounds a number to.
# TYPE x_limit gauge
x_limit{of="queued"} 7
# HELP x_oldest_seconds How long.
# TYPE x_oldest_seconds gauge
x_oldest_seconds 1.5
# HELP x_queued How many wait.
# TYPE x_queued gauge
x_queued 3
# HELP x_sent_total How many left.
# TYPE x_sent_total counter
x_sent_total 9
`
	reg := prometheus.NewRegistry()
	reg.MustRegister(n)
	answer := httptest.NewRecorder()
	adminHandler(reg, quiet()).ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	if got := answer.Body.String(); !strings.HasSuffix(got, want) {
		t.Errorf("told\n%s\nwant at the end\n%s", got, want)
	}
}
