// Package replication carries the messages of replicas over core NATS. It is the
// only importer of nats.go and nats-server; what the messages mean is decided in
// package cluster.
//
// A [Link] is one node's connection. With no URLs it is a write node that embeds
// a nats-server, whose routes to the other write nodes' servers make the
// cluster; with URLs it is a client of the servers there, those embedded ones or
// a NATS that the user runs anyway.
//
//	heureka.<cluster>.all.<kind>.<id>   to all: beacons and deltas of the incarnation with that id
//	heureka.<cluster>.to.<id>           to one incarnation: pulls and their chunks
//
// One subscription takes in everything to all, so that a node's deltas and the
// beacon that counts them arrive in the order in which they were published.
//
// NATS delivers at most once and drops what a slow consumer doesn't take. So a
// Link promises nothing beyond: what arrives is whole, and arrives once. While
// it is disconnected, sending fails at once instead of filling a buffer with
// what a pull repairs better; it reconnects for ever.
//
// Nodes of both roles tell the same of the replica and the link that they have:
// [ReplicaMetrics] and [LinkMetrics].
package replication
