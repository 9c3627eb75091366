// Package dev runs whole clusters on one machine, for people who try Heureka,
// for the load test and for cluster tests.
//
// A [Plan] says how many nodes there are and fixes their names and ports. A
// [Cluster] runs nodes in this process; [Processes] gives each node a process of
// its own, which can be killed without touching the others. What a node is stays
// with write-node/server and read-node/server; here is only how several are put
// together.
package dev
