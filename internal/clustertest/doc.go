// Package clustertest has the tests of whole clusters: real nodes, real NATS
// between them, real websockets. It holds nothing but tests.
//
// A testCluster has its nodes in this process, on ports of the system's choosing.
// A fleet has the programs themselves, each in a process of its own, which is
// stopped, killed, or frozen and woken; a scene adds steady load and judges to it.
// A network puts the processes of a fleet, and the clients of its tests, into
// network namespaces, where cables are cut: that needs Linux, root and iproute2,
// and is skipped with a word where one of them is missing:
//
//	go test -v -run 'Partition|OneWay|Routes' ./internal/clustertest
//
// A driver is a process of some thousand subscriptions of the SDK, whose connections
// are read along and judged.
//
// A balancer is a real nginx or HAProxy before the read nodes of a fleet, with the
// configuration of deploy/balancer; without the program, the test is skipped.
//
// With -short no process is started.
//
// Every subscription in these tests is judged by the checkers of
// internal/promise from its first message to its last, whatever else the test is
// about. Nothing sleeps: tests wait for what subscribers are told and for what
// nodes say of themselves, and a fault lasts until its effect is seen.
package clustertest
