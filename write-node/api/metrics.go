package api

import (
	"strconv"

	"heureka/wire"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts what goes over the service port.
type Metrics struct {
	messages    *prometheus.CounterVec // by type
	acks        prometheus.Counter
	again       prometheus.Counter
	errors      *prometheus.CounterVec // by code and its name
	plain       *prometheus.CounterVec // by operation
	connections prometheus.Gauge
	unwritten   prometheus.Gauge
}

// NewMetrics returns the metrics, registered.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	counter := func(name, help string) prometheus.CounterOpts {
		return prometheus.CounterOpts{Namespace: "heureka", Subsystem: "write", Name: name, Help: help}
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "heureka", Subsystem: "write", Name: name, Help: help})
	}
	m := &Metrics{
		messages:    prometheus.NewCounterVec(counter("messages_total", "Messages from clients on registration channels, by type."), []string{"type"}),
		acks:        prometheus.NewCounter(counter("acks_total", "Messages acknowledged.")),
		again:       prometheus.NewCounter(counter("again_total", "Times that a client was asked to say an instance again.")),
		errors:      prometheus.NewCounterVec(counter("errors_total", "Errors answered, by code."), []string{"code", "name"}),
		plain:       prometheus.NewCounterVec(counter("plain_total", "Requests over plain HTTP, by operation."), []string{"operation"}),
		connections: gauge("connections", "Registration channels open."),
		unwritten:   gauge("unwritten_batches", "Batches of messages whose answers haven't left yet."),
	}
	for _, k := range wire.Kinds() {
		m.error(k.Code)
	}
	reg.MustRegister(m.messages, m.acks, m.again, m.errors, m.plain, m.connections, m.unwritten)
	return m
}

// count counts a message to a client.
func (m *Metrics) count(out wire.Message) {
	switch out := out.(type) {
	case *wire.Ack:
		m.acks.Inc()
	case *wire.Again:
		m.again.Inc()
	case *wire.Error:
		m.error(out.Code).Inc()
	}
}

func (m *Metrics) error(code wire.Code) prometheus.Counter {
	return m.errors.WithLabelValues(strconv.Itoa(int(code)), code.Kind().Name)
}
