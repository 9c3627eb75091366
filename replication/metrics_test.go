package replication

import (
	"testing"

	"heureka/cluster"
	"heureka/internal/ops"

	"github.com/prometheus/client_golang/prometheus"
)

// nodeMetrics collects what a node would from one moment of its replica and link.
type nodeMetrics struct {
	ops.Readings[nodeMetrics]
	replica cluster.Stats
	link    Stats
}

func (n *nodeMetrics) Collect(out chan<- prometheus.Metric) { n.Readings.Collect(out, n) }

func TestMetricsTellWhatTheyAreNamedFor(t *testing.T) {
	n := &nodeMetrics{
		Readings: ops.NewReadings[nodeMetrics](""),
		replica: cluster.Stats{Waiting: 1, DeltasDropped: 2, Incarnations: 3, DeltasApplied: 4, Pulls: 5, PullsFailed: 6,
			AnswersBegun: 7, DigestMismatches: 8},
		link: Stats{Waiting: 11, Connected: true, Reconnects: 13, ReceivedBytes: 14, SentBytes: 15, Dropped: 16, Undecodable: 17},
	}
	ReplicaMetrics(n.Readings, cluster.Config{MaxWaiting: 21, MaxIncarnations: 22}, func(n *nodeMetrics) *cluster.Stats { return &n.replica })
	LinkMetrics(n.Readings, Config{Incoming: 23}, func(n *nodeMetrics) *Stats { return &n.link })
	want := map[string]float64{
		"inbox_entries": 1, "inbox_dropped_total": 2, "incarnations": 3, "deltas_total": 4, "pulls_total": 5,
		"pulls_failed_total": 6, "answers_total": 7, "digest_mismatches_total": 8,
		"incoming": 11, "nats_connected": 1, "nats_reconnects_total": 13, "nats_received_bytes_total": 14,
		"nats_sent_bytes_total": 15, "nats_dropped_total": 16, "nats_undecodable_total": 17,
		"limit inbox_entries": 21, "limit incarnations": 22, "limit incoming": 23,
	}
	reg := prometheus.NewRegistry()
	reg.MustRegister(n)
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			name := f.GetName()
			for _, label := range m.GetLabel() {
				name += " " + label.GetValue()
			}
			if got := m.GetGauge().GetValue() + m.GetCounter().GetValue(); got != want[name] {
				t.Errorf("%s is %v, want %v", name, got, want[name])
			}
			delete(want, name)
		}
	}
	if len(want) > 0 {
		t.Errorf("nothing is told of %v", want)
	}
}
