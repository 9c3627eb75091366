package ops

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Readings are the metrics that are read, when Prometheus asks, from one moment S
// of what a node knows of itself. All are listed before the first is read; from
// then on any goroutine may read them.
type Readings[S any] struct {
	prefix string
	labels prometheus.Labels
	list   *[]reading[S]
}

type reading[S any] struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	of   func(*S) float64
}

// NewReadings returns a list, still empty, of metrics whose names begin with
// prefix.
func NewReadings[S any](prefix string) Readings[S] {
	return Readings[S]{prefix: prefix, list: new([]reading[S])}
}

// With returns the same list, in which what is added through it has these labels.
func (r Readings[S]) With(labels prometheus.Labels) Readings[S] {
	r.labels = labels
	return r
}

// Gauge adds a number that goes up and down.
func (r Readings[S]) Gauge(name, help string, of func(*S) int) {
	r.add(prometheus.GaugeValue, name, help, func(s *S) float64 { return float64(of(s)) })
}

// Seconds adds a time that goes up and down.
func (r Readings[S]) Seconds(name, help string, of func(*S) time.Duration) {
	r.add(prometheus.GaugeValue, name, help, func(s *S) float64 { return of(s).Seconds() })
}

// Flag adds what is 1 while it holds, and 0 otherwise.
func (r Readings[S]) Flag(name, help string, of func(*S) bool) {
	r.add(prometheus.GaugeValue, name, help, func(s *S) float64 {
		if of(s) {
			return 1
		}
		return 0
	})
}

// Counter adds a number that only grows.
func (r Readings[S]) Counter(name, help string, of func(*S) uint64) {
	r.add(prometheus.CounterValue, name, help, func(s *S) float64 { return float64(of(s)) })
}

// Limit adds what a setting bounds the number of that name to.
func (r Readings[S]) Limit(of string, most int) {
	r.With(prometheus.Labels{"of": of}).Gauge("limit", "What a setting bounds a number to.", func(*S) int { return most })
}

func (r Readings[S]) add(kind prometheus.ValueType, name, help string, of func(*S) float64) {
	*r.list = append(*r.list, reading[S]{prometheus.NewDesc(r.prefix+name, help, nil, r.labels), kind, of})
}

// Describe tells Prometheus what there is.
func (r Readings[S]) Describe(out chan<- *prometheus.Desc) {
	for _, one := range *r.list {
		out <- one.desc
	}
}

// Collect reads all of it from one moment.
func (r Readings[S]) Collect(out chan<- prometheus.Metric, now *S) {
	for _, one := range *r.list {
		out <- prometheus.MustNewConstMetric(one.desc, one.kind, one.of(now))
	}
}
