// Package clustertest has the tests of whole clusters: real nodes in one
// process, real NATS between them, real websockets, on ports of the system's
// choosing. It holds nothing but tests.
//
// Every subscription in these tests is judged by the checkers of
// internal/promise from its first message to its last, whatever else the test is
// about. Nothing sleeps: tests wait for what subscribers are told.
package clustertest
