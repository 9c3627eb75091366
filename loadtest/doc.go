// Command loadtest puts a cluster under load and judges it: so many services
// register, so many subscribers watch, so many changes a second for so long. It
// reports how long changes took from being sent to being seen, and at the end
// whether every subscriber's view is what is registered, by the checkers of
// internal/promise. It ends with 1 if a promise was broken.
//
// Without nodes it runs a cluster in its own process: convenient, and the nodes
// then share the processor with the driver.
//
// It talks to nodes over plain websockets and not through the client package:
// what reaches a subscriber is judged message by message, and nothing hides a
// lost connection, which ends the test.
//
//	publishers (connections) --> write nodes --> read nodes --> subscribers
//	     |                                                          |
//	     +-- acknowledged content ---> Converge <--- views ---------+
//
// One goroutine writes and one reads for each publisher, one reads for each
// subscriber; run.go starts all of them, takes them from phase to phase and
// waits for them.
package main
