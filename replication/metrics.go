package replication

import (
	"heureka/cluster"
	"heureka/internal/ops"
)

// ReplicaMetrics lists what nodes of both roles tell of their replica.
func ReplicaMetrics[S any](to ops.Readings[S], limits cluster.Config, of func(*S) *cluster.Stats) {
	to.Gauge("inbox_entries", "Entries that wait for what is missing before them.", func(s *S) int { return of(s).Waiting })
	to.Limit("inbox_entries", limits.MaxWaiting)
	to.Counter("inbox_dropped_total", "Deltas that found no room to wait.", func(s *S) uint64 { return of(s).DeltasDropped })
	to.Gauge("incarnations", "Runs of write nodes that the vector counts. Old ones leave after a week.", func(s *S) int { return of(s).Incarnations })
	to.Limit("incarnations", limits.MaxIncarnations)
	to.Counter("deltas_total", "Deltas applied.", func(s *S) uint64 { return of(s).DeltasApplied })
	to.Counter("pulls_total", "Pulls begun.", func(s *S) uint64 { return of(s).Pulls })
	to.Counter("pulls_failed_total", "Pulls given up.", func(s *S) uint64 { return of(s).PullsFailed })
	to.Counter("answers_total", "Pulls of other nodes answered.", func(s *S) uint64 { return of(s).AnswersBegun })
	to.Counter("digest_mismatches_total", "Beacons whose digest differed at an equal vector.", func(s *S) uint64 { return of(s).DigestMismatches })
}

// LinkMetrics lists what nodes of both roles tell of their link.
func LinkMetrics[S any](to ops.Readings[S], limits Config, of func(*S) *Stats) {
	to.Gauge("incoming", "Messages of other nodes that wait for the loop.", func(s *S) int { return of(s).Waiting })
	to.Limit("incoming", limits.Incoming)
	to.Flag("nats_connected", "1 while connected to NATS.", func(s *S) bool { return of(s).Connected })
	to.Counter("nats_reconnects_total", "Connections to NATS after the first.", func(s *S) uint64 { return of(s).Reconnects })
	to.Counter("nats_received_bytes_total", "Bytes received through NATS.", func(s *S) uint64 { return of(s).ReceivedBytes })
	to.Counter("nats_sent_bytes_total", "Bytes sent through NATS.", func(s *S) uint64 { return of(s).SentBytes })
	to.Counter("nats_dropped_total", "Times that NATS dropped messages this node was too slow for.", func(s *S) uint64 { return of(s).Dropped })
	to.Counter("nats_undecodable_total", "Messages of other nodes that made no sense.", func(s *S) uint64 { return of(s).Undecodable })
}
